"""The assigner once through, on the 84 anchors of seed 000: every stage, beside what the seed printed of it."""

from __future__ import annotations

from typing import Any, Dict, NamedTuple, Tuple

import numpy as np

import refimpl
from conformance.ops.page import Stored
from refimpl import Dialect

SHAPES = [(8, 8), (4, 4), (2, 2)]


class Scene(NamedTuple):
    """The batch of the seed and all that the reference makes of it; all but `targets` and `padded` is image 0.

    `claimed` is by metric alone; `owners` those of the seed's dialect, `usual` those of one that wants claims inside.
    """

    dialect: Dialect
    size: Tuple[int, int]
    anchors: refimpl.anchors.Anchors
    targets: np.ndarray
    padded: refimpl.targets.PaddedTargets
    inside: np.ndarray
    scores: np.ndarray
    alignment: refimpl.alignment.Alignment
    claimed: np.ndarray
    owners: refimpl.claims.Owners
    usual: refimpl.claims.Owners
    assigned: refimpl.tal.Assignment


def scene(stored: Stored) -> Scene:
    """Run the stages one after the other."""
    entry = next(case for case in stored.manifest["cases"] if case["id"] == "seed-000-assign")
    dialect = Dialect(**{**entry["dialect"], "strides": tuple(entry["dialect"]["strides"])})
    anchors = refimpl.make_anchors(SHAPES, dialect=dialect)
    targets, predicted = stored.tensors("seed-000-targets"), stored.tensors("seed-000-assign")
    size = tuple(int(side) for side in targets["in.image_size"])
    padded = refimpl.pad_targets(targets["in.targets"], int(targets["in.batch_size"]), size, dialect=dialect)
    points, (labels, boxes, mask) = anchors.anchor_points * anchors.stride_tensor, (part[:1] for part in padded)
    inside = refimpl.candidates_in_gts(points, padded.gt_bboxes, padded.mask_gt, dialect=dialect)
    found = predicted["in.pd_scores"], predicted["in.pd_bboxes"]
    alignment = refimpl.alignment_metric(*found, labels, boxes, inside[:1], dialect=dialect)
    claimed = refimpl.select_topk(alignment.metric, mask, dialect=dialect)
    owners = refimpl.resolve_conflicts(claimed, alignment.overlaps, dialect=dialect)
    usual = refimpl.resolve_conflicts(claimed & inside[:1], alignment.overlaps, dialect=dialect)
    assigned = refimpl.assign(*found, points, labels, boxes, mask, dialect=dialect)
    given = dialect, size, anchors, targets["in.targets"], padded
    return Scene(*given, inside, found[0], alignment, claimed, owners, usual, assigned)


def printed(stored: Stored) -> Tuple[int, int]:
    """How many numbers seed 000 printed of outputs, and how many of them the stored outputs round to."""
    compared = agreeing = 0
    for case in stored.manifest["cases"]:
        found: Dict[str, Any] = stored.tensors(case["id"]) if case["id"].startswith("seed-000-") else {}
        for name in [name for name in found if name.startswith("printed.") and f"out.{name[8:]}" in found]:
            digits, half, kept = found[name], found[f"{name}.half"], found[f"out.{name[8:]}"]
            there = ~np.isnan(digits)
            compared += int(there.sum())
            agreeing += int((np.abs(kept - digits) <= half)[there].sum())
    return compared, agreeing
