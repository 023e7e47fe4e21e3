"""The assigner's ops: what each sees of a scene, and whether the events it was drawn for occur."""

from __future__ import annotations

from typing import Dict

import numpy as np

from conformance.ops import real_size
from conformance.cases.boxes import sides
from conformance.cases.case import Call, Case, Cases, also_asked_before, always
from conformance.cases.draws import choices, composite
from conformance.ops.assigner.claim_cases import CLAIMS, METRICS
from conformance.ops.assigner.scenes import HAIR, reach, scene_possible, scenes
from refimpl import alignment_metric, candidates_in_gts, resolve_conflicts, select_topk


def _gap(case: Case) -> np.ndarray:
    """Distance from each anchor to each edge of each real box: (B, G, A, 4), px, > 0 inside."""
    points, boxes = case.anchor_points, case.gt_bboxes[:, :, np.newaxis]
    gap = np.concatenate([points - boxes[..., :2], boxes[..., 2:] - points], axis=-1)
    return np.where(case.mask_gt[..., np.newaxis], gap, np.inf)


def _inside(case: Case) -> np.ndarray:
    return candidates_in_gts(case.anchor_points, case.gt_bboxes, case.mask_gt, dialect=case.dialect)


def _alignment(case: Case):
    return alignment_metric(
        case.pd_scores, case.pd_bboxes, case.gt_labels, case.gt_bboxes, _inside(case), dialect=case.dialect
    )


def _claims(case: Case) -> np.ndarray:
    return select_topk(_alignment(case).metric, case.mask_gt, dialect=case.dialect) & _inside(case)


def _owner_did_not_claim(case: Case) -> bool:
    claims = _claims(case)
    owners = resolve_conflicts(claims, _alignment(case).overlaps, dialect=case.dialect)
    return bool((owners.mask_pos & ~claims).any())


def _real_sides(case: Case) -> np.ndarray:
    return sides(case.gt_bboxes)[case.mask_gt[..., 0]]


GEOMETRY = {
    "lattice": always,
    "real": always,
    "H != W": lambda c: np.ptp(c.anchor_points[:, 0]) != np.ptp(c.anchor_points[:, 1]),
    "one level": lambda c: len(c.dialect.strides) == 1,
    "several images": lambda c: len(c.gt_bboxes) > 1,
    "crowd": lambda c: len(c.gt_bboxes) > 3 and c.gt_bboxes.shape[1] > 8 and len(c.anchor_points) >= 64,
    "on an edge": lambda c: bool((_gap(c) == 0).any()),
    "hair's breadth": lambda c: bool(np.isin(_gap(c), HAIR).any()),
    "close to an edge": lambda c: bool(((_gap(c) > 0) & (_gap(c) < 0.01)).any()),
    "zero area": lambda c: bool((_real_sides(c) == 0).any()),
    "inverted": lambda c: bool((_real_sides(c) < 0).any()),
    "negative coordinates": lambda c: bool((c.gt_bboxes[..., :2] < 0).all(-1).any()),
    "tiny box": lambda c: bool((_real_sides(c) < 8).any()),
    "padding in any row": lambda c: bool((~c.mask_gt).any()),
    "masked box": lambda c: bool((c.gt_bboxes[~c.mask_gt[..., 0]] != 0).any()),
}
PREDICTIONS = {
    "equal metrics": lambda c: np.ptp(c.pd_scores) == 0,
    "zero scores": lambda c: bool((c.pd_scores == 0).any()),
    "no overlap": lambda c: not _alignment(c).overlaps[0].any(),
    "perfect predictions": lambda c: bool((c.pd_bboxes[:, :, np.newaxis] == c.gt_bboxes[:, np.newaxis]).all(-1).any()),
    "duplicate boxes": lambda c: any(len(np.unique(b, axis=0)) < len(b) for b in c.gt_bboxes),
}
CONFLICTS = {
    "wanted by two": lambda c: bool((_claims(c).sum(1) >= 2).any()),
    "wanted by three": lambda c: bool((_claims(c).sum(1) >= 3).any()),
    "owner that did not claim": _owner_did_not_claim,
    "masked box in a conflict": lambda c: bool((~c.mask_gt).any() and (_claims(c).sum(1) >= 2).any()),
    "more boxes than anchors": lambda c: c.gt_bboxes.shape[1] > len(c.anchor_points),
    "empty image": lambda c: bool((~c.mask_gt).all(axis=1).any()),
    "no ground truths": lambda c: c.gt_bboxes.shape[1] == 0,
}

CANDIDATES = also_asked_before(
    Cases(
        GEOMETRY,
        lambda *how: scenes(*how).map(
            lambda c: Case.of(c.dialect, {n: c.arguments[n] for n in ("anchor_points", "gt_bboxes", "mask_gt")})
        ),
        scene_possible,
    ),
    lambda c: {"anchor_points": c.anchor_points[::-1].copy()},
)

_UPRIGHT = {name: occurs for name, occurs in GEOMETRY.items() if name not in ("inverted", "hair's breadth")}


@composite
def _masked_scenes(draw, event, precision, served):
    """A scene with a mask as the assigner makes it, some candidates taken out (of a crowd none: too many to draw)."""
    case = draw(scenes(event, precision, served))
    inside = _inside(case)
    names = ("pd_scores", "pd_bboxes", "gt_labels", "gt_bboxes")
    mask = inside if event == "crowd" else inside & draw(choices(inside.shape, (True, True, True, False)), label="kept")
    return Case.of(case.dialect, {**{n: case.arguments[n] for n in names}, "mask": mask})


ALIGNMENTS = also_asked_before(
    Cases(
        {
            **{n: always for n in ("lattice", "real", "H != W", "one level", "padding in any row")},
            "several images": lambda c: len(c.gt_bboxes) > 1,
            "crowd": lambda c: len(c.gt_bboxes) > 3 and c.gt_bboxes.shape[1] > 8 and c.mask.shape[-1] >= 64,
            "negative coordinates": lambda c: bool((c.gt_bboxes < 0).any()),
            "zero scores": PREDICTIONS["zero scores"],
            "perfect predictions": PREDICTIONS["perfect predictions"],
            "no overlap": lambda c: bool((c.pd_bboxes >= 2048).any()),
        },
        _masked_scenes,
        scene_possible,
    ),
    lambda c: {"pd_scores": np.ones_like(c.pd_scores), "pd_bboxes": c.pd_bboxes[:, ::-1].copy()},
)

ASSIGNMENTS = also_asked_before(
    Cases(
        {**_UPRIGHT, **PREDICTIONS, **CONFLICTS, real_size.EVENT: lambda c: real_size.occurs(len(c.anchor_points))},
        scenes, scene_possible, large=frozenset({real_size.EVENT}),
    ),
    lambda c: {"pd_scores": np.ones_like(c.pd_scores), "pd_bboxes": c.pd_bboxes[:, ::-1].copy()},
)



def strides_told(call: Call) -> Dict[str, np.ndarray] | None:
    """What its dialect reads of the strides, by where the anchors lie; None where an anchor may be of two levels."""
    if "stride_tensor" in call.arguments or not call.dialect.range_limit:
        return {}
    points, strides = call.arguments["anchor_points"], np.array(call.dialect.strides, float)
    fits = ((points[:, np.newaxis] / strides[:, np.newaxis] - 0.5) % 1 == 0).all(axis=-1)
    if (fits.sum(axis=1) != 1).any():
        return None
    return reach(call.dialect, strides[fits.argmax(axis=1)][:, np.newaxis])


OPTIONAL = {"assign": strides_told}
"""From a call, the optional arguments that its dialect reads; None where they cannot be told."""

CASES = {
    "candidates_in_gts": CANDIDATES,
    "alignment_metric": ALIGNMENTS,
    "select_topk": METRICS,
    "resolve_conflicts": CLAIMS,
    "assign": ASSIGNMENTS,
}
