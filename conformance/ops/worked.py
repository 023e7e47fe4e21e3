"""Worked examples: one for each op, computed by the reference, with a picture of the same numbers."""

from __future__ import annotations

from typing import Callable, Dict

from conformance.ops.boxes import worked as boxes
from conformance.ops.assigner import worked as claims
from conformance.ops.head import worked as detection
from conformance.ops.losses import worked as losses
from conformance.ops.overlaps import worked as overlaps
from conformance.ops.targets import worked as targets
from conformance.ops.example import Disagrees, Example

__all__ = ["Disagrees", "EXAMPLES", "Example"]

EXAMPLES: Dict[str, Callable[[], Example]] = {
    make.__name__: make
    for make in (
        boxes.make_anchors, boxes.dist2bbox, boxes.bbox2dist, boxes.decode_boxes,
        overlaps.iou, overlaps.giou, overlaps.diou, overlaps.ciou, targets.pad_targets,
        targets.candidates_in_gts, targets.alignment_metric, claims.select_topk, claims.resolve_conflicts, claims.assign,
        losses.bce_loss, losses.dfl_loss, losses.bbox_loss, detection.detection_loss,
    )
}  # fmt: skip
"""By op, in the order of the protocol."""
