"""Regions: anchors of several sizes, the deltas that move them, and the boxes that are proposed."""

from refimpl import clip_boxes, decode_deltas, encode_deltas, propose, rpn_anchors

TITLE = "Region proposals"
OPS = (rpn_anchors, encode_deltas, decode_deltas, clip_boxes, propose)
