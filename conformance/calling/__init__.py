"""Calling a candidate: it is found and loaded, its tensors go in and out, its errors are told from ours."""
