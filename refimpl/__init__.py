"""A readable, exact NumPy reference of the YOLOv8 training head: anchors, decode, IoU family, assigner, losses.

Every function takes `dialect=`, computes in float64 and checks its arguments at the door.
"""

from refimpl._check import ContractError, NumberTypeError, RangeError, ShapeError
from refimpl.alignment import alignment_metric, candidates_in_gts
from refimpl.anchors import make_anchors
from refimpl.boxes import bbox2dist, dist2bbox
from refimpl.claims import resolve_conflicts, select_topk
from refimpl.detection import detection_loss
from refimpl.dfl import decode_boxes, dfl_loss
from refimpl.dialect import LABEL_ASSIGNER, PRESETS, ULTRALYTICS_8_4, YOLOV8, YOLOV8_ANY_ORDER, Dialect
from refimpl.iou import ciou, diou, giou, iou
from refimpl.losses import bbox_loss, bce_loss
from refimpl.tal import assign
from refimpl.targets import pad_targets

__all__ = [
    "ContractError",
    "Dialect",
    "LABEL_ASSIGNER",
    "NumberTypeError",
    "PRESETS",
    "RangeError",
    "ShapeError",
    "ULTRALYTICS_8_4",
    "YOLOV8",
    "YOLOV8_ANY_ORDER",
    "alignment_metric",
    "assign",
    "bbox2dist",
    "bbox_loss",
    "bce_loss",
    "candidates_in_gts",
    "ciou",
    "decode_boxes",
    "detection_loss",
    "dfl_loss",
    "diou",
    "dist2bbox",
    "giou",
    "iou",
    "make_anchors",
    "pad_targets",
    "resolve_conflicts",
    "select_topk",
]
