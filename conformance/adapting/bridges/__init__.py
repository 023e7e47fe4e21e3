"""Frameworks that speak NumPy: tensors, arrays and gradients of each, for `as_arrays`."""
