"""Distances and boxes: ltrb to corners and back, and the decoding of bins."""

from refimpl import bbox2dist, decode_boxes, dist2bbox

TITLE = "Distances and boxes"
OPS = (dist2bbox, bbox2dist, decode_boxes)
