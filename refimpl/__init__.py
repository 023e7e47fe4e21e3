"""A readable, exact NumPy reference of the YOLOv8 training head: anchors, decode, IoU family, assigner, losses.

`<op>_vjp` takes the arguments of an op and the gradient with respect to its results, and pulls it back to its inputs.
Every function takes `dialect=`, computes in float64 and checks its arguments at the door.
"""

from refimpl.errors import ArgumentError, ContractError, DialectError, NumberTypeError, RangeError, ShapeError
from refimpl.decisions import DECISIONS, NUMBERS
from refimpl.dialect import Dialect
from refimpl.presets import (
    DIFFERENTIATED_ALPHA, KERAS_CV, LABEL_ASSIGNER, LIBREYOLO9, LUXONIS, MINDYOLO, MMYOLO, PPYOLOE, PRESETS, TOOD,
    ULTRALYTICS_8_4, ULTRALYTICS_8_4_0, YOLO26, YOLO_MLX, YOLOV6, YOLOV8, YOLOV8_ANY_ORDER, YOLOV9
)  # fmt: skip
from refimpl.protocol import OPS

# The order of import is the order of reading, and that of the protocol.
# isort: off
from refimpl.anchors import Anchors, make_anchors
from refimpl.boxes import bbox2dist, dist2bbox, dist2bbox_vjp
from refimpl.decode import decode_boxes, decode_boxes_vjp
from refimpl.iou import ciou, diou, giou, iou
from refimpl.iou_gradients import PairGradient, ciou_vjp, diou_vjp, giou_vjp, iou_vjp
from refimpl.targets import PaddedTargets, pad_targets
from refimpl.alignment import Alignment, alignment_metric, candidates_in_gts
from refimpl.claims import Owners, resolve_conflicts, select_topk
from refimpl.tal import Assignment, assign
from refimpl.bce import bce_loss, bce_loss_vjp
from refimpl.dfl import dfl_loss, dfl_loss_vjp
from refimpl.losses import BoxLoss, BoxLossGradient, bbox_loss, bbox_loss_vjp
from refimpl.detection import DetectionLoss, detection_loss
from refimpl.detection_gradients import detection_loss_and_gradient, detection_loss_vjp
from refimpl.end_to_end import EndToEndGradient, end_to_end_loss, end_to_end_loss_vjp
from refimpl.tracing import trace
# isort: on

__version__ = "0.1.0"

__all__ = [
    *PRESETS,
    "Alignment", "Anchors", "ArgumentError", "Assignment", "BoxLoss", "BoxLossGradient", "ContractError",
    "DECISIONS", "DetectionLoss", "Dialect", "DialectError", "EndToEndGradient", "NUMBERS", "NumberTypeError", "OPS", "Owners",
    "PRESETS", "PaddedTargets", "PairGradient", "RangeError", "ShapeError",
    "alignment_metric", "assign", "bbox2dist", "bbox_loss", "bbox_loss_vjp", "bce_loss", "bce_loss_vjp", "candidates_in_gts",
    "ciou", "ciou_vjp", "decode_boxes", "decode_boxes_vjp", "detection_loss", "detection_loss_and_gradient",
    "detection_loss_vjp", "dfl_loss", "dfl_loss_vjp", "diou", "diou_vjp", "dist2bbox", "dist2bbox_vjp", "end_to_end_loss",
    "end_to_end_loss_vjp", "giou", "giou_vjp",
    "iou", "iou_vjp", "make_anchors", "pad_targets", "resolve_conflicts", "select_topk", "trace",
]  # fmt: skip
