"""Golden tensors, for places where the suite cannot run: cases with their answers and bounds, and what writes and checks them."""
