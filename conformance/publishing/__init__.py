"""The spec as pages: `make spec` writes them from the clauses, the reference's docstrings and what the suite measured."""
