"""Golden cases of regions."""

from __future__ import annotations

import dataclasses
from typing import Any, Dict

import numpy as np

from conformance.cases.case import Case
from conformance.cases.stored import Definition, exactly, gradient_case
from conformance.judging.rounding import Precision
from conformance.ops.regions.proposed import regions
from refimpl import YOLOV8

SEED = "seed 001, section RPN"
CLIP_FIRST = dataclasses.replace(YOLOV8, propose_order="clip_first")
ANCHORS = [[0, 0, 4, 40], [10, 0, 30, 20], [12, 0, 32, 20], [50, 0, 70, 20], [60, 40, 110, 70]]


def proposals(id: str, clauses: Any, why: str, source: str, dialect: Any = YOLOV8, **changed: Any) -> Definition:
    """A case of `propose` on the same anchors."""
    inputs = {
        "deltas": np.zeros((5, 4)), "scores": [0.875, 0.75, 0.625, 0.5, 0.375], "anchors": ANCHORS, "image_size": (64, 96),
        "pre_nms_topk": 6000, "post_nms_topk": 300, "iou_threshold": 0.5, "min_size": 5.0,
    }  # fmt: skip
    return Definition(id, "propose", clauses, why, source, {**inputs, **changed}, dialect)


GOLDEN = (
    Definition(
        "anchors-of-a-cell", "rpn_anchors", ("RPN-1", "RPN-2"), "catches: width over height; sizes first; x before y",
        "arXiv:1506.01497; torchvision's 90 × 182 for Detectron2's 90.5 × 181",
        {"feature_shape": (2, 3), "stride": 16, "sizes": [128, 45], "ratios": [0.5, 1, 2]},
    ),
    Definition(
        "deltas-there", "encode_deltas", ("DLT-1",), "catches: shifts in px, growth without its logarithm", "arXiv:1311.2524",
        {"anchors": [[0, 0, 10, 20], [3, 5, 19, 9]], "boxes": [[10, 0, 20, 40], [3, 5, 19, 9]]},
    ),
    Definition(
        "deltas-back", "decode_deltas", ("DLT-2",), "catches: growth that is not clamped: 16 px become 2375, not 1000",
        "py-faster-rcnn", {"anchors": [[0, 0, 10, 20], [5000, 5000, 5016, 5016]], "deltas": [[1, 0.5, 0, 0.75], [0, 0, 5, -5]]},
    ),
    gradient_case(
        "gradient-deltas-back", "decode_deltas", ("DLT-2g",), "catches: a clamped growth that passes its gradient", "Detectron2",
        {"anchors": [[0, 0, 10, 20], [0, 0, 16, 16]], "deltas": [[1, 0.5, 0.25, -0.75], [0, 0, 5, 1]]},
        cotangent=[[1, -1, 2, 0.5], [1, 1, -2, 2]],
    ),
    Definition(
        "clipped-boxes", "clip_boxes", ("CLP-1",), "catches: W − 1; height for width", "py-faster-rcnn",
        {"boxes": [[-3, 5, 30, 99], [40, -9, 50, -2], [1, 2, 3, 4]], "image_size": (20, 30)},
    ),
    proposals(
        "proposals-of-an-image", ("RPN-3", "RPN-4", "RPN-6", "RPN-7"), "catches: small boxes kept, nothing suppressed or clipped", SEED,
    ),
    proposals(
        "proposals-small-among-the-best", ("RPN-5",), "catches: small boxes dropped before the best N₁ are taken",
        "py-faster-rcnn; OpenVINO 11004", pre_nms_topk=4,
    ),
    proposals(
        "proposals-clip-first", ("RPN-5",), "catches: the same where they are dropped before", "py-faster-rcnn", CLIP_FIRST, pre_nms_topk=4,
    ),
    proposals("proposals-nothing-left", ("RPN-3", "RPN-6"), "catches: a phantom region of score 0", "Paddle 3.3.1", min_size=1000.0),
)  # fmt: skip


def _proposed(case: Case, expected: Any, precision: Precision) -> Dict[str, np.ndarray]:
    """Boxes carry the error of decoding; scores are exact."""
    worst = regions(case, precision).boxes.error.max(axis=0, initial=0)
    return {
        "rois": np.broadcast_to(worst, expected["rois"].shape).copy(),
        "roi_scores": np.zeros(expected["roi_scores"].shape),
    }


BOUNDS = {"rpn_anchors": exactly("anchors"), "propose": _proposed}
