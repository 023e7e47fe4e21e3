"""A fork: the parts that Ultralytics' training head is made of, by their names, in modules of other names."""
