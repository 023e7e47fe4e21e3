"""Presets: the dialects of packages, each the fields in which it differs from YOLOV8."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict

from refimpl.dialect import Dialect

YOLOV8 = Dialect(name="YOLOV8")
"""Ultralytics 8.0.52 – 8.3.252; seeds 001, 003 and 004."""

PRESETS: Dict[str, Dialect] = {"YOLOV8": YOLOV8}
"""All presets by name."""


def _preset(name: str, like: Dialect = YOLOV8, **fields: Any) -> Dialect:
    PRESETS[name] = replace(like, name=name, **fields)
    return PRESETS[name]


YOLOV8_ANY_ORDER = _preset("YOLOV8_ANY_ORDER", any_target_order=True)
"""The same with targets in any order, which Ultralytics serves before 8.4.25 and not from then on."""

ULTRALYTICS_8_4_0 = _preset("ULTRALYTICS_8_4_0", widen_gts="below_first_to_second")
"""Ultralytics 8.4.0 – 8.4.127: sides shorter than the first stride are widened to the second."""

ULTRALYTICS_8_4 = _preset("ULTRALYTICS_8_4", widen_gts="to_second_stride")
"""Ultralytics 8.4.128 and later: sides shorter than the second stride are widened to it."""

YOLO26 = _preset("YOLO26", ULTRALYTICS_8_4, reg_max=1)
"""Ultralytics 8.4.128 and later without bins, as the head of YOLO26 has it; its two branches are `end_to_end_loss`."""

YOLOV9 = _preset("YOLOV9", owner_among="all", outside_metric="own")
"""YOLOv9, and Ultralytics before 8.0.52: a contested anchor may go to a box that does not contain it."""

MMYOLO = _preset("MMYOLO", YOLOV9, side_eps="aspect", negative_hull="zero", ciou_range=(-1, 1))
"""mmyolo 0.6."""

MINDYOLO = _preset("MINDYOLO", YOLOV9, side_eps="height_and_aspect", target_mask="all")
"""MindYOLO 0.5."""

YOLO_MLX = _preset(
    "YOLO_MLX", owner_among="all", widen_gts="below_first_to_second", overlap_eps=1e-9, overlap_side_eps="aspect",
    side_eps="height_and_aspect",
)  # fmt: skip
"""yolo-mlx 0.4: an owner that does not contain its anchor scores 0."""

LIBREYOLO9 = _preset(
    "LIBREYOLO9", side_eps="aspect", inside_edges=True, range_limit=True, claim_above=0, at_least_one=True,
    owner_among="claimants", outside_metric="own", times_batch=False, target_mask="all",
)  # fmt: skip
"""LibreYOLO's YOLOv9 and MultimediaTechLab/YOLO."""

PPYOLOE = _preset(
    "PPYOLOE", overlap="iou", overlap_eps=1e-9, side_eps="none", negative_sides="zero", owner_among="all",
    outside_metric="own", cls_loss="varifocal", box_loss="giou", iou_eps=1e-10, reg_max=17, box_gain=2.5, cls_gain=1.0,
    dfl_gain=0.5, topk=13, alpha=1.0, times_batch=False, target_mask="all",
)  # fmt: skip
"""PP-YOLOE of PaddleDetection and super-gradients."""

YOLOV6 = _preset(
    "YOLOV6", PPYOLOE, normaliser="if_positive", target_mask="positive_sum", side_eps="height", overlap_side_eps="none",
    negative_sides="signed",
)  # fmt: skip
"""YOLOv6 0.4; its smaller models take SIoU in place of GIoU."""

LUXONIS = _preset(
    "LUXONIS", overlap="iou", overlap_eps=0, side_eps="aspect", union_eps="none", enclosing_eps="none", nan_is=0,
    owner_among="all", outside_metric="own", widen_gts="below_first_to_second", times_batch=False,
)  # fmt: skip
"""luxonis-train 0.6."""

TOOD = _preset(
    "TOOD", overlap="iou", overlap_eps=1e-6, union_eps="max", side_eps="none", inside_eps=0.01,
    topk_among="all_then_inside", claim_above=0, owner_among="claimants", norm_eps=1e-7, topk=13, alpha=1.0,
)  # fmt: skip
"""The assigner of TOOD in mmdetection 3.3."""

KERAS_CV = _preset(
    "KERAS_CV", overlap="ciou_unclamped", union_eps="twice", aspect_factor="inside", constant_alpha=False, inside_eps=0,
    claim_above=0, owner_among="claimants", owner_above=0, score_of="best_claimant", normalised_over="claimed",
    dfl_gain=0, times_batch=False, target_mask="all",
)  # fmt: skip
"""keras-cv 0.9, which has no distribution loss."""

DIFFERENTIATED_ALPHA = _preset("DIFFERENTIATED_ALPHA", constant_alpha=False)
"""YOLOV8 in every value, but α of CIoU is differentiated, as keras-cv does."""

LABEL_ASSIGNER = _preset("LABEL_ASSIGNER", topk_among="all")
"""LabelAssigner, a rewrite printed stage by stage (seeds 000 and 002): top-k is masked by padding only, so a box with
fewer than k good anchors is given some outside it."""
