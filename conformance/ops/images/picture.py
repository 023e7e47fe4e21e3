"""Pictures of images: the letterboxed frame, boxes that move, and levels in words."""

from __future__ import annotations

from typing import Any, List

import numpy as np

from conformance.ops.picture_parts import boxes_drawn, boxes_placed, results_told
from conformance.ops.subject import Subject
from conformance.paper.markup import Markup


def frame(subject: Subject, key: str) -> Markup | None:
    """The scaled image in its frame."""
    boxes: List[Any] = [[(0, 0, *subject.case.new_shape[::-1])]]
    told = [f"image {subject.case.shape} in a frame of {subject.case.new_shape}, (h, w)"]
    for name, answer in (("expected", subject.expected), ("got", subject.got)):
        known = "size" in answer and "padding" in answer
        if known:
            (height, width), (left, top, right, bottom) = (np.nan_to_num(answer[part]) for part in ("size", "padding"))
            told.append(
                f"{name} size {(int(height), int(width))}, padding {tuple(map(int, (left, top, right, bottom)))}"
            )
        boxes.append([(left, top, left + width, top + height)] if known else [])
    return boxes_drawn(key, "An image in its frame", boxes, told)


PICTURES = {
    "resized_shape": (results_told("The scaled sides", "shape", "size"),),
    "letterbox_geometry": (frame, results_told("Size, padding and ratio", "shape", "new_shape")),
    "letterbox_boxes": (boxes_placed("moved", "Boxes in the frame", lambda case: [(0, 0, *case.new_shape[::-1])]),),
    "restore_boxes": (boxes_placed("restored", "Boxes on the image", lambda case: [(0, 0, *case.image_shape[::-1])]),),
    "denormalise_boxes": (boxes_placed("corners", "Boxes in px", lambda case: [(0, 0, *case.shape[::-1])]),),
    "flip_boxes": (boxes_placed("flipped", "Boxes in the mirror", lambda case: case.boxes),),
    "warp_boxes": (boxes_placed("warped", "Warped boxes", lambda case: case.boxes),),
    "keep_boxes": (
        boxes_placed("kept_boxes", "Boxes that are left", lambda case: case.arguments["after"]),
        results_told("Boxes that stay"),
    ),
    "mosaic_layout": (boxes_placed("paste", "Where images are pasted"), results_told("The layout", "size")),
    "hsv_tables": (results_told("The first levels of hue"),),
    "mixup": (results_told("Mixed levels", "lam"),),
}
