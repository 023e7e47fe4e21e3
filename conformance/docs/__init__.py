"""The spec as pages: `make spec` writes docs/ from the clauses, the reference's docstrings and what the suite measured."""
