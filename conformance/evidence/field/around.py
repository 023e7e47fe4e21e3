"""Bugs of what stands around the head: suppression, letterbox, pooling of regions, proposals."""

from __future__ import annotations

import numpy as np

from conformance.evidence.field.bug import Bug

RELEASED = "conformance.candidates.released"
INF = float("inf")

BUGS = (
    Bug(
        "ultralytics-six-anchors", "ultralytics", "8.4.190", f"{RELEASED}.ultralytics_around:factory", "detections",
        {
            "prediction": [[2.0] * 6, [2.0] * 6, [4.0] * 6, [4.0] * 6, [0.9, 0.1, 0.1, 0.1, 0.1, 0.1]],
            "score_threshold": 0.25, "iou_threshold": 0.5, "max_det": 300,
        },
        "a prediction of exactly six anchors is read as rows of an end-to-end head",
        "One anchor scores 0.9 > 0.25: one row (0, 0, 4, 4, 0.9, 0).\nThe last axis has 6 entries, so the five rows of "
        "xywh and score are taken for boxes, whose fifth number passes.",
        fields={"num_classes": 1},
    ),
    Bug(
        "ultralytics-infinite-box", "ultralytics", "8.4.190", f"{RELEASED}.ultralytics_around:factory", "nms",
        {
            "boxes": [[0.0, 0.0, 3.0, 3.0], [INF, 0.0, INF, 5.0], [1.0, 1.0, 3.0, 3.0]], "scores": [0.9, 0.8, 0.7],
            "iou_threshold": 0.5,
        },
        "a box that is not finite is dropped where any other box overlaps the best",
        "∞ − ∞ is no side, so it shares nothing with box 0, and box 2 shares 4 of 9 ≤ ½: all are kept.\n"
        "IoU = 0/NaN = NaN, and `iou <= 0.5` is false: dropped.",
    ),
    Bug(
        "ultralytics-class-offset", "ultralytics", "8.4.190", f"{RELEASED}.ultralytics_around:factory", "detections",
        {
            "prediction": np.concatenate(
                [[[12.0234375, 13.3515625], [2, 2], [4, 4], [4, 4]], np.zeros((79, 2)), [[0.875, 0.75]]]
            ),
            "score_threshold": 0.25, "iou_threshold": 0.5, "max_det": 300,
        },
        "classes are moved 7680 px apart, so that far on in the list of classes boxes are rounded to a sixteenth of a pixel",
        "Two boxes of class 79, 4 px wide, 1.328125 px apart: 2.671875 / 5.328125 = 0.501 > 0.5, one is dropped.\n"
        "At 79 · 7680 = 606720 float32 has steps of 1/16: 1.375 px apart, 2.625 / 5.375 = 0.488, both are kept.",
    ),
    Bug(
        "ultralytics-replaced-parameter", "ultralytics", "8.4.190", f"{RELEASED}.ultralytics_around:KeptAverage", "ema_update",
        {"average": [0.0], "value": [4.0], "decay": 0.5},
        "a parameter that is replaced after the first update is never averaged: the tensors of that update are kept",
        "0.5 · 0 + 0.5 · 4 = 2.\nThe first update saw a parameter of 1, which stays: 0.5 · 0 + 0.5 · 1 = 0.5.",
        before=({"average": [0.0], "value": [1.0], "decay": 0.5},),
    ),
    Bug(
        "torch-average-of-counts", "torch", "2.13.0", f"{RELEASED}.averages:counts", "ema_update",
        {"average": [0.0], "value": [1.0], "decay": 0.999},
        "a buffer of whole numbers, as the batches a BatchNorm has seen, is averaged and rounded down each time",
        "0.999 · 0 + 0.001 · 1 = 0.001.\nOf whole numbers that is 0, as it is after each later update by one.",
    ),
    Bug(
        "timm-average-of-counts", "timm", "1.0.31", f"{RELEASED}.timm:counts", "ema_update",
        {"average": [0.0], "value": [1.0], "decay": 0.999},
        "`ModelEmaV2` averages a buffer of whole numbers, as the batches a BatchNorm has seen, and rounds down each time",
        "0.999 · 0 + 0.001 · 1 = 0.001.\nOf whole numbers that is 0, as it is after each later update by one.",
    ),
    Bug(
        "onnx-reference-optional-inputs", "onnx", "1.23.2", f"{RELEASED}.onnx_reference:factory", "nms",
        {"boxes": [[0.0, 0.0, 4.0, 4.0], [10.0, 10.0, 14.0, 14.0]], "scores": [0.9, 0.8], "iou_threshold": 0.0},
        "the reference evaluator's NonMaxSuppression raises where the threshold, which is optional, is left out",
        "The two boxes are apart: 0 > 0 is false, both are kept.\nIt asks for the size of an input that is None.",
    ),
    Bug(
        "opencv-points", "opencv", "5.0.0", f"{RELEASED}.opencv:factory", "nms",
        {
            "boxes": [[0.0, 0.0, 0.0, 10.0], [500.0, 500.0, 500.0, 520.0]], "scores": [0.9, 0.8], "iou_threshold": 0.5,
        },
        "two boxes without area overlap wholly wherever they are, and one drops the other",
        "Both areas are 0, and so is what they share: both are kept.\nJaccard's distance of two empty sets is 0: overlap 1 > 0.5.",
    ),
    Bug(
        "opencv-classes-left-of-the-origin", "opencv", "5.0.0", f"{RELEASED}.opencv:factory", "batched_nms",
        {
            "boxes": [[-9.0, -9.0, -1.0, -1.0], [-9.0, -9.0, -1.0, -1.0]], "scores": [0.9, 0.8],
            "classes": np.array([0, 1]), "iou_threshold": 0.5,
        },
        "boxes of two classes drop each other where coordinates are negative",
        "Boxes of different classes do not meet: both are kept.\n"
        "Classes are moved apart by the largest coordinate, which is no farther than −1 + 1 = 0.",
    ),
    Bug(
        "lsnms-no-boxes", "lsnms", "0.5.0", f"{RELEASED}.lsnms:factory", "nms",
        {"boxes": np.zeros((0, 4)), "scores": np.zeros(0), "iou_threshold": 0.5},
        "an image without boxes raises",
        "None of no boxes is kept.\nThe least coordinate of none is asked for.",
    ),
    Bug(
        "torchvision-roi-align-outside", "torchvision", "0.28.0", f"{RELEASED}.torchvision_regions:factory", "roi_align",
        {
            "features": np.arange(12.0).reshape(1, 3, 4), "rois": [[5.0, 5.0, 8.0, 8.0]], "output_size": 1,
            "spatial_scale": 1.0, "sampling_ratio": 1, "aligned": False,
        },
        "the Python path of `roi_align` has no rule for samples outside the map, which its own kernel counts 0",
        "The sample (6.5, 6.5) lies 3.5 cells past the last column and 4.5 past the last row: 0.\n"
        "Clamped to the last cell it is 2 · 4 + 3 = 11.",
    ),
    Bug(
        "paddle-phantom-proposal", "paddlepaddle", "3.3.1", f"{RELEASED}.paddle_ops:factory", "propose",
        {
            "deltas": [[0.0, 0.0, 0.0, 0.0]], "scores": [0.9], "anchors": [[0.0, 0.0, 2.0, 2.0]], "image_size": (8, 8),
            "pre_nms_topk": 4, "post_nms_topk": 4, "iou_threshold": 0.5, "min_size": 4.0,
        },
        "where no box is large enough, one proposal (0, 0, 0, 0) of score 0 is answered",
        "2 px < 4 px: nothing is left.\nIt answers one row of zeros, and the count 1.",
    ),
    Bug(
        "paddle-smallest-side", "paddlepaddle", "3.3.1", f"{RELEASED}.paddle_ops:factory", "propose",
        {
            "deltas": [[0.0, 0.0, 0.0, 0.0]], "scores": [0.9], "anchors": [[1.0, 1.0, 1.5, 1.5]], "image_size": (8, 8),
            "pre_nms_topk": 4, "post_nms_topk": 4, "iou_threshold": 0.5, "min_size": 0.25,
        },
        "a smallest side below 1 px is taken for 1 px",
        "½ px ≥ ¼ px: the box is proposed.\nmax(0.25, 1) = 1 > ½: it is not.",
    ),
    Bug(
        "ultralytics-load-image", "ultralytics", "8.4.190", f"{RELEASED}.ultralytics_around:factory", "resized_shape",
        {"shape": (116, 87), "size": 320},
        "the short side of an image is one pixel too long where its share is whole: a ratio in binary is rounded up",
        "87 · 320/116 = 240.\n320/116 = 2.7586…, and 87 times its float64 is a hair above 240: ⌈…⌉ = 241.",
    ),
    Bug(
        "ultralytics-hue-180", "ultralytics", "8.4.190", f"{RELEASED}.ultralytics_around:factory", "hsv_tables",
        {"gains": [-1e-17, 0.0, 0.0]},
        "hue 0 becomes 180, which is no hue, where the gain is a hair below 0",
        "⌊0 − 180 · 1e-17⌋ mod 180 = −1 mod 180 = 179.\n(0 − 1.8e-15) % 180 rounds to 180.0, and is cast to 180.",
    ),
    Bug(
        "ultralytics-multi-scale", "ultralytics", "8.4.190", f"{RELEASED}.ultralytics_around:factory", "scaled_shape",
        {"shape": (608, 608), "size": 672, "stride": 32},
        "a batch is scaled to one stride more than its size where the quotient is whole",
        "608 · 672/608 = 672 = 21 · 32.\n608 · 1.105263… in float64 is a hair above 672: ⌈…/32⌉ · 32 = 704.",
    ),
    Bug(
        "paddle-roi-align-no-size", "paddlepaddle", "3.3.1", f"{RELEASED}.paddle_ops:factory", "roi_align",
        {
            "features": np.ones((1, 3, 4)), "rois": [[1.0, 1.0, 1.0, 1.0]], "output_size": 1, "spatial_scale": 1.0,
            "sampling_ratio": 0, "aligned": True,
        },
        "an aligned region without size is NaN, and one of negative size aborts the process with std::bad_alloc",
        "⌈0/1⌉ = 0 samples: the bin is empty and counts 0.\n0 is divided by the number of samples, which is 0 and not at least 1.",
    ),
    Bug(
        "paddle-roi-align-gradient", "paddlepaddle", "3.3.1", f"{RELEASED}.paddle_ops:factory", "roi_align",
        {
            "features": np.ones((1, 2, 2)), "rois": [[0.0, 0.0, 0.375, 0.375]], "output_size": 2, "spatial_scale": 1.0,
            "sampling_ratio": 1, "aligned": True,
        },
        "the gradient of an aligned region smaller than a cell is that of one as large as a cell",
        "All four samples lie before the first cell's centre, −0.41 and −0.22, and read cell (0, 0): 4 arrives there.\n"
        "With a side of 1 they lie at −0.25 and 0.25, and the neighbours get 0.25 · 1.75 = 0.4375.",
        gradient=True,
    ),
    Bug(
        "tensorflow-infinite-box", "tensorflow", "2.21", f"{RELEASED}.tensorflow_ops:factory", "nms",
        {
            "boxes": [[INF, 0.0, INF, 5.0], [0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 1.0, 2.0]], "scores": [1.0, 0.25, 0.375],
            "iou_threshold": 0.5,
        },
        "beside a box that is not finite, the others lose their scores and their order",
        "Box 0 has no area and overlaps nothing: all are kept, 0, 2, 1.\nIoU = 0/NaN is not ≤ 0.5, so that the weight of the others is 0.",
    ),
)  # fmt: skip
