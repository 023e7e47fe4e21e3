"""Help for adapters, that is for classes that offer a package's functions as ops: what each would have to write itself.

- `torch_types.in_own_dtype`: each op of a torch candidate runs with torch's default float type set to that of its arguments;
- `torch_types.Probabilities`: probabilities for code that expects logits and takes their sigmoid;
- `arrays.as_arrays`: a candidate in a framework that speaks NumPy (paddle, mlx, mindspore, tensorflow), with gradients;
- `calls.taking`, `calls.quietly`: a function of old and later signatures; a package that greets when it is imported;
- `owners.owners`: `target_gt_idx` of an assigner that returns labels, boxes, scores and foreground only.

An adapter whose implementation computes in one float type says so by `dtypes = ("float32",)`.
"""
