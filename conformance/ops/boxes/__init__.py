"""Distances and boxes: ltrb to corners and back, and the decoding of bins."""
