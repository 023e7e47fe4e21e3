"""Images: how they are scaled, padded, flipped, warped and mixed, and their boxes with them."""

from refimpl import (
    denormalise_boxes,
    flip_boxes,
    hsv_tables,
    keep_boxes,
    letterbox_boxes,
    letterbox_geometry,
    mixup,
    mosaic_layout,
    resized_shape,
    restore_boxes,
    warp_boxes,
)

TITLE = "Images and their boxes"
OPS = (
    resized_shape,
    letterbox_geometry,
    letterbox_boxes,
    restore_boxes,
    denormalise_boxes,
    flip_boxes,
    mosaic_layout,
    warp_boxes,
    keep_boxes,
    hsv_tables,
    mixup,
)
