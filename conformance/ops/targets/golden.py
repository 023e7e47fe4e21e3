"""Labelled boxes to padded slots."""

from __future__ import annotations

import dataclasses

import numpy as np

from conformance.cases.stored import Definition
from refimpl import YOLOV8

EIGHT_CLASSES = dataclasses.replace(YOLOV8, num_classes=8)

GOLDEN = (
    Definition(
        "targets-wide-image", "pad_targets", ("TGT-1", "TGT-2", "TGT-3"),
        "catches: x scaled by the height, one scale for both (YOLOv6 0.4.1), corners without the half",
        "YOLOv6 before 494f58f; a rewrite with x2 = cx + w",
        {"targets": [[0, 3, 0.5, 0.25, 0.25, 0.125], [0, 7, 0.25, 0.75, 0.5, 0.25], [1, 1, 0.75, 0.5, 0.125, 1]],
         "batch_size": 2, "image_size": (64, 160)},
        EIGHT_CLASSES,
    ),
    Definition(
        "targets-unsorted", "pad_targets", ("TGT-2",),
        "catches: slots counted by offsets that take the targets as sorted by image",
        "Ultralytics >= 8.4.25 raises IndexError; https://github.com/ultralytics/ultralytics/pull/23966",
        {"targets": [[1, 0, 0.5, 0.5, 0.25, 0.25], [0, 1, 0.5, 0.5, 0.5, 0.5], [1, 2, 0.25, 0.25, 0.25, 0.5],
                     [0, 3, 0.75, 0.75, 0.125, 0.25], [1, 4, 0.5, 0.25, 0.5, 0.25]],
         "batch_size": 2, "image_size": (64, 64)},
        EIGHT_CLASSES,
    ),
    Definition(
        "targets-empty-images", "pad_targets", ("TGT-2", "TGT-3"),
        "catches: images numbered by the distinct indices that occur, so that an image without boxes shifts the next",
        "by hand",
        {"targets": [[1, 5, 0.5, 0.5, 0.25, 0.25], [3, 6, 0.5, 0.5, 0.5, 0.5], [3, 2, 0.25, 0.5, 0.25, 0.5]],
         "batch_size": 5, "image_size": (32, 64)},
        EIGHT_CLASSES,
    ),
    Definition(
        "targets-none", "pad_targets", ("TGT-3",),
        "catches: a maximum over no counts, or one padding slot too many, in a batch without boxes",
        "https://github.com/jahongir7174/YOLOv8-pt/issues/17 and others fail on empty batches",
        {"targets": np.zeros((0, 6)), "batch_size": 2, "image_size": (64, 64)},
        EIGHT_CLASSES,
    ),
    Definition(
        "targets-negative-sum", "pad_targets", ("TGT-3",),
        "catches: a mask by row or by label: the box (-100, -100, 40, 40) is dropped, (-40, -40, 41, 40) has a sum above 0",
        "Ultralytics 8.4.190, run: the loss is the same without that box",
        {"targets": [[0, 1, -0.234375, -0.234375, 1.09375, 1.09375], [0, 2, 0.00390625, 0, 0.6328125, 0.625],
                     [0, 3, 0, 0, 0.5, 0.5]],
         "batch_size": 1, "image_size": (128, 128)},
        EIGHT_CLASSES,
    ),
    Definition(
        "seed-004-padding", "pad_targets", ("TGT-2", "TGT-3"),
        "catches: a mask that counts classes instead of boxes: images of two, one and three objects",
        "seed 004: the mask; the boxes are ours",
        {"targets": [[0, 0, 0.5, 0.5, 0.25, 0.5], [0, 1, 0.25, 0.5, 0.25, 0.25], [1, 4, 0.5, 0.5, 0.75, 0.25],
                     [2, 0, 0.25, 0.5, 0.25, 0.5], [2, 5, 0.75, 0.75, 0.25, 0.25], [2, 6, 0.5, 0.25, 0.125, 0.125]],
         "batch_size": 3, "image_size": (64, 64)},
        EIGHT_CLASSES,
        {"mask_gt": [[["1"], ["1"], ["0"]], [["1"], ["0"], ["0"]], [["1"], ["1"], ["1"]]]},
    ),
)
