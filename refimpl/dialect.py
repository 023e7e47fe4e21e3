"""Dialects: every decision in which implementations of the YOLOv8 training head differ, as one frozen record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Tuple

from refimpl.errors import RangeError


@dataclass(frozen=True)
class Dialect:
    """Hyperparameters and decisions of one implementation family.

    Attributes
    ----------
    name : what the dialect describes.
    num_classes : C >= 1.
    reg_max : R >= 2, DFL bins per side, 0 … R − 1.
    strides : px per grid cell, one for each of the L levels.
    topk : k >= 1, anchors a ground truth may claim.
    alpha, beta : exponents of score and overlap in the alignment metric.
    box_gain, cls_gain, dfl_gain : weights of the three components of the loss.
    iou_eps : added to heights, unions and enclosing measures of the IoU family.
    inside_eps : px, an anchor is inside a box if it is farther than this from every edge.
    norm_eps : added to the largest metric when target scores are normalised.
    min_gt_side : px, a shorter side of a ground truth is widened to it for the in-box test only; 0 for never.
    claims_inside : whether a top-k anchor outside the box is dropped (True), or becomes a positive (False).
    any_target_order : whether targets may come unsorted by image. The reference takes any order; candidates are
        asked for it only where this is True.
    constant_alpha : whether α of CIoU is a constant of its gradient (True), or differentiated.
    fewer_anchors_than_topk : whether A < k is served (all anchors are then claimed).
    """

    name: str
    num_classes: int = 80
    reg_max: int = 16
    strides: Tuple[int, ...] = (8, 16, 32)
    topk: int = 10
    alpha: float = 0.5
    beta: float = 6.0
    box_gain: float = 7.5
    cls_gain: float = 0.5
    dfl_gain: float = 1.5
    iou_eps: float = 1e-7
    inside_eps: float = 1e-9
    norm_eps: float = 1e-9
    min_gt_side: float = 0
    claims_inside: bool = True
    constant_alpha: bool = True
    any_target_order: bool = False
    fewer_anchors_than_topk: bool = False

    def __post_init__(self) -> None:
        for field, least in (("num_classes", 1), ("reg_max", 2), ("topk", 1)):
            if getattr(self, field) < least:
                raise RangeError(f"{field}: expected at least {least}, got {getattr(self, field)}")
        if not self.strides or min(self.strides) <= 0:
            raise RangeError(f"strides: expected one positive stride per level, got {self.strides}")
        if self.min_gt_side < 0:
            raise RangeError(f"min_gt_side: expected at least 0 px, got {self.min_gt_side}")

    @property
    def largest_distance(self) -> float:
        """Largest ltrb distance a DFL target may have, grid: R − 1 − 0.01, so that its right bin exists."""
        return self.reg_max - 1 - 0.01


YOLOV8 = Dialect(name="YOLOV8")
"""Ultralytics 8.0.52 – 8.3.252; seeds 001, 003 and 004."""

YOLOV8_ANY_ORDER = Dialect(name="YOLOV8_ANY_ORDER", any_target_order=True)
"""The same with targets in any order, which Ultralytics serves before 8.4.25 and not from then on."""

ULTRALYTICS_8_4 = Dialect(name="ULTRALYTICS_8_4", min_gt_side=16)
"""Ultralytics 8.4.128 and later: sides shorter than strides[1] are widened to it."""

DIFFERENTIATED_ALPHA = Dialect(name="DIFFERENTIATED_ALPHA", constant_alpha=False)
"""YOLOV8 in every value, but α of CIoU is differentiated, as keras-cv does."""

LABEL_ASSIGNER = Dialect(name="LABEL_ASSIGNER", claims_inside=False)
"""Seeds 000 and 002: top-k is masked by padding only, so a box with fewer than k good anchors is given some outside it."""

PRESETS: Dict[str, Dialect] = {
    preset.name: preset for preset in (YOLOV8, YOLOV8_ANY_ORDER, ULTRALYTICS_8_4, DIFFERENTIATED_ALPHA, LABEL_ASSIGNER)
}
