"""A conformance suite for implementations of the YOLOv8 training head: plug one in, get a verdict per clause."""
