"""Worked examples: one for each op, computed by the reference, with a picture of the same numbers."""

from __future__ import annotations

from typing import Callable, Dict

from conformance.docs.worked import boxes, claims, detection, losses, overlaps, targets
from conformance.docs.worked.example import Disagrees, Example

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
