"""The ops, a folder for each family: clauses, cases, mutants, and all else that is known of an op beside its reference function."""
