"""Stored tensors with their provenance, and the programs that write and check them."""
