"""Pictures of one call, as SVG: what was given, what the reference says of it, what the candidate says."""

from __future__ import annotations

import contextlib
from typing import Any, Callable, Dict, List, Tuple

from conformance.paper.markup import Markup
from conformance.ops.losses import picture_bins as bins, picture_curve as curve, picture_terms as terms
from conformance.ops.overlaps import picture as pairs
from conformance.ops.boxes import picture as placement
from conformance.ops.assigner import picture_scene as scene, picture_tables as tables
from conformance.reporting.strip import strip
from conformance.ops.subject import Subject, subject

__all__ = ["drawn", "pictures"]

Drawing = Callable[[Subject, str], "Markup | None"]

DRAWINGS: Dict[str, Tuple[Drawing, ...]] = {
    "make_anchors": (placement.anchors,),
    "dist2bbox": (placement.decoded,),
    "bbox2dist": (placement.measured,),
    "decode_boxes": (placement.decoded, bins.decoded),
    **{op: (pairs.overlap,) for op in ("iou", "giou", "diou", "ciou")},
    "pad_targets": (placement.padded,),
    "candidates_in_gts": (scene.candidates,),
    "alignment_metric": (pairs.aligned,),
    "select_topk": (tables.topk,),
    "resolve_conflicts": (tables.conflicts,),
    "assign": (scene.assignment,),
    "bce_loss": (curve.cross_entropy,),
    "dfl_loss": (bins.distribution,),
    "bbox_loss": (pairs.learned, bins.learned, terms.terms),
    "detection_loss": (scene.whole,),
}
"""What is drawn of each op; a drawing is None where there is nothing to see."""


def pictures(clause: Dict[str, Any], key: str) -> List[Markup]:
    """What there is to see of a broken clause, the scene first and the strip of errors last."""
    record, found = clause["counterexample"], []
    # A report is worth more than its pictures: what cannot be drawn is left out, and everything else is told.
    with contextlib.suppress(Exception):
        seen = subject(clause)
        found = [] if seen is None else drawn(seen, key)
    return found + ([strip(record["finding"], key)] if record["finding"] else [])


def drawn(seen: Subject, key: str) -> List[Markup]:
    """The pictures of one call.

    Parameters
    ----------
    key : tells their ids from others of the page
    """
    found = (draw(seen, key) for draw in DRAWINGS[seen.op])
    return [one for one in found if one is not None]
