"""Decisions: where implementations of the head differ on purpose, as data. A row per field of a `Dialect`.

From this table follow what a dialect accepts, its documentation, who does otherwise, and which clauses a decision
touches. Values are named after what happens; the first is YOLOV8's. What each does in detail stands where the function
of that name is, in the module of the clause.
"""

from __future__ import annotations

from typing import Any, Dict, NamedTuple, Tuple, Union

from refimpl import decisions_beyond


class Value(NamedTuple):
    """A legal value of a field, what it means, and who decides so."""

    value: Any
    meaning: str
    who: str = ""


class Decision(NamedTuple):
    """A field with a few legal values, the first YOLOV8's; the question it answers, and the clauses it touches."""

    field: str
    question: str
    clauses: Tuple[str, ...]
    values: Tuple[Value, ...]


class Number(NamedTuple):
    """A field that is a number >= least, or None if `optional`: what it is, clauses it touches, who has another."""

    field: str
    meaning: str
    clauses: Tuple[str, ...]
    least: float
    whole: bool = False
    optional: bool = False
    who: str = ""


_IOU, _TAL, _SCORES = ("IOU-1", "IOU-2", "IOU-3", "IOU-4"), ("TAL-4", "TAL-5"), ("TAL-7",)
_SIDE_EPS = (
    ("height", "ε is added to the height, in areas and in the aspect ratio", "Ultralytics, YOLOv9, YOLOv6"),
    ("aspect", "ε is added to the height in the aspect ratio only", "mmyolo, LibreYOLO, luxonis-train"),
    ("height_and_aspect", "ε is added to the height, and once more in the aspect ratio", "MindYOLO"),
    ("none", "nothing is added to a side", "torchvision, super-gradients, PaddleDetection"),
)


def _decision(field: str, question: str, clauses: Tuple[str, ...], *values: Tuple) -> Decision:
    return Decision(field, question, clauses, tuple(Value(*value) for value in values))


DECISIONS: Dict[str, Decision] = {d.field: d for d in (
    _decision("overlap", "overlap u of the metric", ("TAL-2", "TAL-3", "TAL-4", "TAL-5", "TAL-7"),
              ("ciou", "CIoU, not below 0", "Ultralytics, YOLOv9, mmyolo"),
              ("iou", "IoU, not below 0", "PaddleDetection, super-gradients, YOLOv6, luxonis-train, mmdetection"),
              ("ciou_unclamped", "CIoU as it is; its size counts in the metric", "keras-cv")),
    _decision("side_eps", "ε of a side", _IOU, *_SIDE_EPS),
    _decision("overlap_side_eps", "ε of a side in the overlap of the metric", ("TAL-2", "TAL-3"),
              (None, "as `side_eps`"), *_SIDE_EPS),
    _decision("union_eps", "ε of the union", _IOU,
              ("plus", "U + ε", "Ultralytics"), ("max", "max(U, ε)", "mmdetection"),
              ("twice", "U + 2ε", "keras-cv"), ("none", "U", "torchvision, luxonis-train")),
    _decision("enclosing_eps", "ε of the enclosing area in GIoU", ("IOU-2",), ("plus", "E + ε", "Ultralytics"),
              ("none", "E", "torchvision, luxonis-train"), ("max", "max(E, ε)", "mmdetection")),
    _decision("negative_sides", "side of an inverted box in its area", _IOU,
              ("signed", "negative, as it is", "Ultralytics"), ("zero", "0", "super-gradients, PaddleDetection, YOLOv6")),
    _decision("negative_hull", "side of the enclosing box of inverted boxes", ("IOU-2", "IOU-3", "IOU-4"),
              ("signed", "negative, as it is", "Ultralytics"), ("zero", "0", "mmyolo, mmdetection")),
    _decision("ciou_range", "range CIoU is clamped to", ("IOU-4", "BOX-1"), (None, "none", "Ultralytics"),
              ((-1, 1), "−1 … 1, and no gradient beyond", "mmyolo, mmdetection")),
    _decision("nan_is", "value of 0 / 0 in the IoU family", _IOU, (None, "not a number", "torchvision"),
              (0, "0", "luxonis-train")),
    _decision("alpha_rule", "trade-off α of CIoU", ("IOU-4",), ("eps", "v / (1 − IoU + v + ε)", "Ultralytics"),
              ("gated", "v / (1 − IoU + v) where IoU > ½, else 0", "mmdetection"),
              ("floor", "v / (1 − IoU + v), the denominator kept off 0", "YOLOX")),
    _decision("constant_alpha", "whether α of CIoU is a constant of its gradient", ("IOU-4g",),
              (True, "it is", "Ultralytics"), (False, "it is differentiated", "keras-cv")),
    _decision("aspect_factor", "factor of the aspect term v", ("IOU-4",), ("outside", "4/π² · Δ²", "Ultralytics"),
              ("inside", "(4/π² · Δ)²", "keras-cv")),
    _decision("inside_edges", "whether an anchor on the edge of a box is a candidate", ("TAL-1",),
              (False, "it is not: distance > inside_eps", "Ultralytics"), (True, "it is: distance ≥ 0", "LibreYOLO")),
    _decision("widen_gts", "short sides of a ground truth in the in-box test", ("TAL-1",),
              ("never", "as they are", "Ultralytics before 8.4.0"),
              ("to_second_stride", "below the second stride, or the only one: widened to it", "Ultralytics from 8.4.128 on"),
              ("below_first_to_second", "below the first stride: widened to the second",
               "Ultralytics 8.4.0 – 8.4.127, luxonis-train, yolo-mlx")),
    _decision("range_limit", "whether a candidate must reach the farthest side of its box with R bins", ("TAL-1",),
              (False, "it need not", "Ultralytics"), (True, "farthest side / stride ≤ R − 1.01", "LibreYOLO")),
    _decision("topk_among", "anchors among which a box takes its k best", ("TAL-1", "TAL-4"),
              ("inside", "those inside it", "Ultralytics"),
              ("all_then_inside", "all by their metric; claims outside are then dropped", "mmdetection"),
              ("all", "those inside it, filled up by any other, which stay, with metric and overlap 0", "LabelAssigner")),
    _decision("claim_above", "metric a claim must be above", ("TAL-4",),
              (None, "none: 0 is a low score", "Ultralytics"), (0, "0", "LibreYOLO, mmdetection, keras-cv"), (1e-9, "1e-9", "")),
    _decision("at_least_one", "what a box without claims gets", ("TAL-1", "TAL-4"), (False, "nothing", "Ultralytics"),
              (True, "the anchor of largest metric above 0, inside or not", "LibreYOLO")),
    _decision("owner_among", "boxes among which a contested anchor finds its owner", ("TAL-5",),
              ("inside", "all that contain it, claimants or not", "Ultralytics from 8.0.52 on"),
              ("all", "all", "Ultralytics before 8.0.52, YOLOv9, mmyolo"),
              ("claimants", "those that claim it", "mmdetection, keras-cv, LibreYOLO")),
    _decision("owner_by", "by what a contested anchor finds its owner", ("TAL-5",),
              ("overlap", "largest overlap", "Ultralytics"), ("metric", "largest metric", "rewrites")),
    _decision("owner_above", "overlap an owner must be above", ("TAL-4", "TAL-5"),
              (None, "none", "Ultralytics"), (0, "0", "keras-cv")),
    _decision("outside_metric", "metric of an owner that does not contain its anchor", ("TAL-7",),
              ("zero", "0", "yolo-mlx"), ("own", "its own", "YOLOv9, mmyolo, MindYOLO, PaddleDetection")),
    _decision("normalised_over", "anchors whose best metric and overlap scale the scores of a box", _SCORES,
              ("owned", "those it owns", "Ultralytics"), ("claimed", "those it claimed", "keras-cv")),
    _decision("score_of", "whose scaled metric is the target score", _SCORES,
              ("owner", "that of the owner", "Ultralytics"), ("best_claimant", "the largest of all claimants", "keras-cv")),
    _decision("cls_loss", "classification loss", ("DET-2",), ("bce", "binary cross-entropy", "Ultralytics"),
              ("varifocal", "varifocal, ¾ and 2", "PaddleDetection, super-gradients, YOLOv6")),
    _decision("box_loss", "measure of the box loss", ("BOX-1", "DET-1"), ("ciou", "CIoU", "Ultralytics"),
              ("giou", "GIoU", "PaddleDetection, super-gradients, YOLOv6"), ("siou", "SIoU", "YOLOv6")),
    _decision("normaliser", "divisor S of the losses", ("DET-1", "DET-2", "DET-3"),
              ("at_least_one", "max(Σ target_scores, 1)", "Ultralytics"),
              ("if_positive", "Σ target_scores, if it is above 0", "YOLOv6")),
    _decision("times_batch", "whether the total is multiplied by B", ("DET-4",), (True, "it is", "Ultralytics"),
              (False, "it is not", "LibreYOLO, luxonis-train, super-gradients, PaddleDetection, YOLOv6, keras-cv")),
    _decision("target_mask", "which labelled boxes take part", ("TGT-3",),
              ("positive_sum", "those whose coordinates sum to more than 0", "Ultralytics"),
              ("all", "all", "LibreYOLO, MindYOLO, PaddleDetection, keras-cv")),
    *(_decision(*row) for row in decisions_beyond.ROWS),
)}  # fmt: skip
"""The fields with few values, in the order of the recipe."""

NUMBERS: Dict[str, Number] = {n.field: n for n in (
    Number("num_classes", "C", (), 1, whole=True),
    Number("reg_max", "R, bins per side, 0 … R − 1; 1 for raw distances without bins", ("DEC-2", "DEC-3", "DFL-1", "BOX-2"),
           1, whole=True, who="17: PaddleDetection, super-gradients, YOLOv6; 1: YOLO26"),
    Number("topk", "k, anchors a box may claim", ("TAL-4",), 1, whole=True, who="13: mmdetection, PaddleDetection"),
    Number("topk2", "anchors a box may keep after conflicts, None for all", _TAL, 1, whole=True, optional=True,
           who="1: YOLO26"),
    Number("alpha", "exponent of the score", ("TAL-3",), 0, who="1: mmdetection, PaddleDetection, YOLOv6"),
    Number("beta", "exponent of the overlap", ("TAL-3",), 0),
    Number("box_gain", "weight of the box loss", ("DET-1",), 0, who="2.5: PaddleDetection, super-gradients, YOLOv6"),
    Number("cls_gain", "weight of the classification loss", ("DET-2",), 0,
           who="1: PaddleDetection, super-gradients, YOLOv6"),
    Number("dfl_gain", "weight of the distribution loss", ("DET-3",), 0, who="0.5: PaddleDetection; 0: keras-cv"),
    Number("iou_eps", "ε of the IoU family", _IOU, 0, who="1e-10: PaddleDetection, super-gradients, YOLOv6"),
    Number("overlap_eps", "ε of the overlap of the metric", ("TAL-2", "TAL-3"), 0,
           who="1e-9: yolo-mlx, PaddleDetection, YOLOv6; 1e-6: mmdetection; 0: luxonis-train"),
    Number("inside_eps", "px, an anchor is inside a box if it is farther than this from every edge", ("TAL-1",), -1,
           who="0: keras-cv; 0.01: mmdetection"),
    Number("norm_eps", "added to the largest metric when scores are scaled", ("TAL-7",), 0, who="1e-7: mmdetection"),
    *(Number(*row) for row in decisions_beyond.NUMBERS),
)}  # fmt: skip
"""The fields that are numbers."""

FIELDS: Dict[str, Union[Decision, Number]] = {**DECISIONS, **NUMBERS}
"""All fields that are described."""
