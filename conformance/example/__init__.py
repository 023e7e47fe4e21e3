"""A detector of two layers in NumPy that learns coloured rectangles with the gradient of the reference: `make example`."""
