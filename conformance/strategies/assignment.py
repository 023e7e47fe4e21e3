"""The assigner's ops: what each sees of a scene, and whether the events it was drawn for occur."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from conformance.strategies.boxes import sides
from conformance.strategies.case import Case, Cases, always
from conformance.strategies.numbers import choices, lattices, numbers
from conformance.strategies.scenes import HAIR, scene_possible, scenes
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
    owners = resolve_conflicts(claims, _alignment(case).overlaps)
    return bool((owners.mask_pos & ~claims).any())


def _real_sides(case: Case) -> np.ndarray:
    return sides(case.gt_bboxes)[case.mask_gt[..., 0]]


GEOMETRY = {
    "lattice": always,
    "real": always,
    "H != W": lambda c: np.ptp(c.anchor_points[:, 0]) != np.ptp(c.anchor_points[:, 1]),
    "one level": lambda c: len(c.dialect.strides) == 1,
    "several images": lambda c: len(c.gt_bboxes) > 1,
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
    "more boxes than anchors": lambda c: c.gt_bboxes.shape[1] > len(c.anchor_points),
    "empty image": lambda c: bool((~c.mask_gt).all(axis=1).any()),
    "no ground truths": lambda c: c.gt_bboxes.shape[1] == 0,
}

CANDIDATES = Cases(
    GEOMETRY,
    lambda *how: scenes(*how).map(
        lambda c: Case(c.dialect, {n: c.arguments[n] for n in ("anchor_points", "gt_bboxes", "mask_gt")})
    ),
    scene_possible,
)

_UPRIGHT = {name: occurs for name, occurs in GEOMETRY.items() if name not in ("inverted", "hair's breadth")}


@st.composite
def _masked_scenes(draw, *how):
    """A scene with a mask as the assigner makes it, some candidates taken out."""
    case = draw(scenes(*how))
    inside = _inside(case)
    names = ("pd_scores", "pd_bboxes", "gt_labels", "gt_bboxes")
    mask = inside & draw(choices(inside.shape, (True, True, True, False)), label="kept")
    return Case(case.dialect, {**{n: case.arguments[n] for n in names}, "mask": mask})


ALIGNMENTS = Cases(
    {
        **{n: always for n in ("lattice", "real", "H != W", "one level", "padding in any row")},
        "several images": lambda c: len(c.gt_bboxes) > 1,
        "negative coordinates": lambda c: bool((c.gt_bboxes < 0).any()),
        "zero scores": PREDICTIONS["zero scores"],
        "perfect predictions": PREDICTIONS["perfect predictions"],
        "no overlap": lambda c: bool((c.pd_bboxes >= 2048).any()),
    },
    lambda *how: _masked_scenes(*how),
    scene_possible,
)

ASSIGNMENTS = Cases({**_UPRIGHT, **PREDICTIONS, **CONFLICTS}, scenes, scene_possible)


@st.composite
def _metrics(draw, event, precision, served):
    dialect = draw(st.sampled_from(served))
    anchors = dialect.topk + (0 if event == "k anchors" else draw(st.integers(1, 4), label="A − k"))
    images, gts = draw(st.integers(1, 2), label="B"), draw(st.integers(1, 3), label="G")
    shape = (images, gts, anchors)
    if event == "all zero":
        metric = np.zeros(shape)
    elif event in ("few above zero", "minute"):
        metric = draw(choices(shape, (0.0, 0.0, 0.5, 1.0)), label="metric")
    else:
        metric = draw(numbers(shape, 0, 1, step=1 / 8, precision=precision, real=event == "real"), label="metric")
    if event == "minute":
        metric = metric * 2.0**-40 + draw(lattices(shape, 0, 8)) * 2.0**-60
    if event == "equal":
        metric = np.broadcast_to(metric[..., :1], shape).copy()
    mask = np.ones((images, gts, 1), bool)
    if event == "padding":
        row = draw(st.integers(0, gts - 1), label="padding")
        metric[:, row], mask[:, row] = 0, False
    return Case(dialect, {"metric": metric, "mask_gt": mask})


METRICS = Cases(
    {
        "lattice": always,
        "real": always,
        "all zero": lambda c: not c.metric.any(),
        "few above zero": always,
        "minute": lambda c: bool(c.metric.max() < 1e-9),
        "equal": lambda c: bool((c.metric == c.metric[..., :1]).all()),
        "k anchors": lambda c: c.metric.shape[-1] == c.dialect.topk,
        "padding": lambda c: bool((~c.mask_gt).any()),
    },
    _metrics,
)


_WANTED = {
    "wanted by two": 2,
    "wanted by three": 3,
    "equal overlaps": 2,
    "wanted without overlap": 2,
    "owner that did not claim": 3,
}
"""Boxes that claim the first anchor."""


@st.composite
def _claimed(draw, event, precision, served):
    """Claims and overlaps: overlaps are positive where an anchor is claimed, and in some other places."""
    images, anchors = draw(st.integers(1, 2), label="B"), draw(st.integers(1, 4), label="A")
    wanted = _WANTED.get(event, 0)
    gts = max(wanted, draw(st.integers(1, 3), label="G"))
    shape = (images, gts, anchors)
    claims = draw(choices(shape, (False, True)), label="mask_pos")
    real = event == "real" or draw(st.booleans(), label="real")
    overlaps = draw(numbers(shape, 1 / 16, 1, step=1 / 16, precision=precision, real=real), label="overlaps")
    overlaps = np.where(claims | draw(choices(shape, (False, True)), label="inside"), overlaps, 0)
    rows = draw(st.permutations(range(gts)), label="rows")[:wanted]
    claims[0, rows, 0] = True
    overlaps[0, rows, 0] = np.maximum(overlaps[0, rows, 0], 1 / 16)
    if event == "equal overlaps":
        overlaps[0, :, 0] = 0.5
    if event == "wanted without overlap":
        overlaps[0, :, 0] = 0
    if event == "owner that did not claim":
        claims[0, rows[0], 0], overlaps[0, :, 0] = False, overlaps[0, :, 0] / 2
        overlaps[0, rows[0], 0] = 0.75
    return Case(draw(st.sampled_from(served)), {"mask_pos": claims, "overlaps": overlaps})


CLAIMS = Cases(
    {
        "lattice": always,
        "real": always,
        "wanted by two": lambda c: bool((c.mask_pos.sum(1) >= 2).any()),
        "wanted by three": lambda c: bool((c.mask_pos.sum(1) >= 3).any()),
        "wanted without overlap": lambda c: bool(((c.mask_pos.sum(1) >= 2) & (c.overlaps.max(1) == 0)).any()),
        "equal overlaps": lambda c: bool((c.overlaps[0, :, 0] == 0.5).all()),
        "owner that did not claim": lambda c: bool(
            (resolve_conflicts(c.mask_pos, c.overlaps).mask_pos & ~c.mask_pos).any()
        ),
    },
    _claimed,
)
