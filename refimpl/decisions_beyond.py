"""Decisions beyond the head, as data: in what suppression, image geometry, proposals, pooling and schedules differ.

Values are named after what happens; of each decision the first is what Ultralytics, or else torchvision, does.
"""

from __future__ import annotations

from typing import Any, Tuple

Row = Tuple[Any, ...]
"""field; the question it answers; clauses it touches; then for each value: value, meaning, who decides so."""

_FIVE = ("GEO-2", "GEO-3", "GEO-4", "GEO-5")

SUPPRESSION: Tuple[Row, ...] = (
    ("nms_compare", "overlap equal to the threshold", ("NMS-7",),
     ("strict", "keeps the box", "torchvision, onnxruntime, TensorFlow"), ("at_least", "drops it", "OpenVINO, lsnms")),
    ("nms_threshold", "number the overlap is compared with", ("NMS-2", "NMS-3"),
     ("float64", "the threshold as given", "torchvision, supervision"),
     ("float32", "the threshold rounded to float32", "onnxruntime, TensorFlow, OpenCV, Paddle")),
    ("nms_sort_corners", "whether corners are put in order first", ("NMS-2", "NMS-3"),
     (False, "they are not: sides may be negative", "torchvision, Ultralytics, Paddle"),
     (True, "they are", "onnxruntime, TensorFlow, OpenVINO")),
    ("nms_pixel_offset", "px added to every side", ("NMS-2", "NMS-3"), (0, "none", "torchvision"),
     (1, "one: corners are the first and the last pixel", "py-faster-rcnn")),
    ("nms_nan", "box whose overlap is 0 / 0", ("NMS-6",), ("keeps", "stays", "torchvision, Paddle, supervision"),
     ("drops", "falls", "Ultralytics TorchNMS")),
    ("nms_classes", "boxes of two classes", ("NMS-4",), ("apart", "never meet", "onnxruntime, torchvision's loop"),
     ("offset", "are moved 7680 px apart", "Ultralytics"), ("ignored", "meet as if they were of one", "agnostic_nms")),
    ("candidates_per_box", "rows for a box of which several classes pass", ("DTN-2",),
     ("best", "one, of the most probable", "Ultralytics predict"), ("every", "one for each class", "Ultralytics val")),
)  # fmt: skip

IMAGES: Tuple[Row, ...] = (
    ("float_rule", "arithmetic of sizes", ("GEO-1", "SIZ-1", "SIZ-2", *_FIVE), ("exact", "rational: a whole side stays whole", ""),
     ("float64", "operation by operation as released code, which may end one pixel or stride off", "Ultralytics")),
    ("short_side", "rounding of the short side of a loaded image", ("GEO-1",), ("up", "up", "Ultralytics"),
     ("down", "down", "YOLOX"), ("nearest", "to the nearest pixel", "LetterBox")),
    ("letterbox_rounding", "halves of a side in a letterbox", _FIVE, ("half_even", "to the even neighbour", "Python"),
     ("half_up", "upwards", "C++ ports")),
    ("letterbox_enlarges", "whether an image smaller than its frame is enlarged", _FIVE, (True, "it is", "Ultralytics"),
     (False, "it is not", "scaleup=False")),
    ("letterbox_centred", "whether padding stands on both sides", ("GEO-3", "GEO-4", "GEO-5"), (True, "it does", "Ultralytics"),
     (False, "right and below only", "YOLOX, center=False")),
    ("letterbox_pads", "where padding ends", ("GEO-3", "GEO-4", "GEO-5"), ("whole", "at the frame", "Ultralytics"),
     ("to_stride", "at the next multiple of the largest stride", "auto=True")),
    ("label_ratio", "ratio that boxes are letterboxed by", ("GEO-4",), ("unrounded", "r", "Ultralytics"),
     ("rounded", "that of the pixels, side in whole px over original side", "albumentations")),
    ("restore_gain", "gain that boxes are restored by", ("GEO-5",), ("per_axis", "that of the pixels, one for each axis", "Ultralytics 8.4"),
     ("one", "r for both", "Ultralytics before 8.4")),
    ("restore_padding", "padding that is taken off", ("GEO-5",), ("rounded", "what the image was padded by", "Ultralytics 8.4"),
     ("unrounded", "half of W − w · r, rounded", "Ultralytics before 8.4")),
    ("hue_gain", "how a gain changes hue", ("AUG-5",), ("adds", "x + 180 g", "Ultralytics from 8.3.79 on"),
     ("multiplies", "x · (1 + g)", "Ultralytics before 8.3.79, YOLOv5")),
    ("mixup_rounding", "fraction of a mixed level", ("MIX-2",), ("down", "is cut off", "Ultralytics, YOLOX"),
     ("nearest", "is rounded", "albumentations")),
)  # fmt: skip

REGIONS: Tuple[Row, ...] = (
    ("anchor_rounding", "what is rounded of a cell's anchors", ("RPN-1",), ("corners", "their corners", "torchvision"),
     ("none", "nothing", "Detectron2, mmdet"), ("sides", "the sides of one window, which is then enlarged", "py-faster-rcnn")),
    ("anchor_order", "outer loop of a cell's anchors", ("RPN-1",), ("ratios_first", "ratios", "torchvision, py-faster-rcnn"),
     ("sizes_first", "sizes", "Detectron2")),
    ("anchor_centre", "centre of a cell's anchors", ("RPN-1",), ("corner", "the corner of the cell", "torchvision"),
     ("middle", "the middle of the cell", "Detectron2 with offset 0.5")),
    ("region_pixel_offset", "px added to every side", ("DLT-1", "DLT-2", "CLP-1", "RPN-3"), (0, "none", "torchvision, Detectron2"),
     (1, "one: corners are the first and the last pixel", "py-faster-rcnn, Paddle and OpenVINO by a flag")),
    ("decoded_end", "last corner of a decoded box, where a pixel is added to sides", ("DLT-2",),
     ("last_pixel", "centre + side/2 − 1", "Paddle, OpenVINO"), ("past_it", "centre + side/2", "py-faster-rcnn")),
    ("delta_clamp", "growth past 1000/16", ("DLT-2", "DLT-2g"), ("above", "is clamped", "torchvision, Detectron2, Paddle"),
     ("both", "is clamped, and its inverse too", "mmdet"), ("none", "is taken", "py-faster-rcnn")),
    ("propose_order", "when boxes are clipped and small ones dropped", ("RPN-5",), ("best_first", "after the best N₁", "torchvision"),
     ("clip_first", "before them", "py-faster-rcnn")),
    ("propose_border", "boxes that cross the border", ("RPN-4", "RPN-6"), ("clip", "are clipped", "torchvision"),
     ("drop", "are left out", "seed 001")),
    ("min_size_compare", "side equal to the least size", ("RPN-3",), ("at_least", "is enough", "torchvision, Paddle"),
     ("strict", "is too small", "Detectron2, mmdet")),
)  # fmt: skip

POOLING: Tuple[Row, ...] = (
    ("roi_rounding", "halves of a region's corners", ("ROI-1",), ("half_away", "away from zero", "Caffe, torchvision"),
     ("half_even", "to the even cell", "torchvision before #923")),
    ("roi_bins", "edges of bins", ("ROI-3",), ("exact", "whole-number division", "OpenVINO's form"),
     ("float32", "products of a float32 quotient, which may end a cell off", "Caffe, torchvision, Paddle")),
)  # fmt: skip

TRAINING: Tuple[Row, ...] = (
    ("ema_ramp", "decay of the first updates", ("EMA-1",), ("exponential", "d · (1 − exp(−u/τ))", "Ultralytics"),
     ("constant", "d", "timm, torch swa_utils"), ("rational", "min(d, (1 + u)/(10 + u))", "TensorFlow"),
     ("power", "min(d, 1 − (1 + u)^(−2/3))", "timm V3, ema-pytorch")),
    ("lr_shape", "how the learning rate falls", ("LRS-1", "LRS-2"), ("linear", "along a line", "Ultralytics"),
     ("cosine", "along half a cosine", "cos_lr=True")),
    ("warmup_cap", "length of the warm-up", ("LRS-2", "LRS-3"), ("last_epoch", "E − 1 epochs at most", "Ultralytics 8.4"),
     ("hundred_steps", "100 steps at least", "Ultralytics before 8.4")),
    ("warmup_target", "rate the warm-up aims at", ("LRS-2",), ("epoch_rate", "that of the epoch it is in", "Ultralytics"),
     ("first_rate", "the first", "others")),
    ("warmup_end", "last step of the warm-up", ("LRS-2", "LRS-3"), ("included", "lands on its target", "Ultralytics 8.4"),
     ("left_out", "is none: momentum stays a step short", "Ultralytics before 8.4")),
)  # fmt: skip

ROWS: Tuple[Row, ...] = (*SUPPRESSION, *IMAGES, *REGIONS, *POOLING, *TRAINING)

NUMBERS: Tuple[Row, ...] = (
    ("max_nms", "boxes that enter the suppression at most", ("DTN-1",), 1, True, False, ""),
    ("keep_side", "px, a kept box is longer", ("AUG-4",), 0, False, False, ""),
    ("keep_area", "share of its area that a kept box keeps more than", ("AUG-4",), 0, False, False, "segments: 0.01"),
    ("keep_aspect", "a kept box is less than so many times as long as wide", ("AUG-4",), 1, False, False, "YOLOv5: 20"),
    ("ema_limit", "decay that the ramp approaches", ("EMA-1",), 0, False, False, ""),
    ("ema_tau", "updates, time constant of the ramp", ("EMA-1",), 0, False, False, ""),
    ("lr_first", "learning rate of the first epoch", ("LRS-2",), 0, False, False, ""),
    ("lr_final", "share of it that the schedule ends in", ("LRS-1", "LRS-2"), 0, False, False, ""),
    ("momentum", "after the warm-up", ("LRS-2",), 0, False, False, ""),
    ("warmup_momentum", "at the start of the warm-up", ("LRS-2",), 0, False, False, ""),
    ("warmup_epochs", "length of the warm-up", ("LRS-2", "LRS-3"), 0, False, False, ""),
    (
        "warmup_bias_rate",
        "learning rate of the biases at its start",
        ("LRS-2",),
        0,
        False,
        False,
        "0 with the automatic optimiser",
    ),
    ("nominal_batch", "images for each step of the optimiser", ("LRS-3",), 1, True, False, ""),
)
"""Fields that are numbers: field, meaning, clauses, least, whether whole, whether optional, who has another."""
