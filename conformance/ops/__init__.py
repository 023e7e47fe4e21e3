"""The ops, a folder for each family: all that is known of an op beside its reference function."""
