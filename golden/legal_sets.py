"""Which decisions are right where more than one may be: `lo` and `hi` of masks and labels, legal owners, counts.

A decision that float32 cannot take for certain is open in the stored case, too.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Mapping, Tuple

import numpy as np

from conformance.ops.head import legal_batches as batches
from conformance.ops.assigner.legal_sets import Claims, claims
from conformance.judging.rounding import PRECISIONS, Rounded
from conformance.ops.cases import Case
from golden.bounds import as_case
from refimpl import Dialect
from refimpl.alignment import edge_distance

Arguments = Mapping[str, Any]
Outputs = Mapping[str, np.ndarray]
Sets = Dict[str, np.ndarray]


def legal_sets(op: str, arguments: Arguments, dialect: Dialect, expected: Outputs) -> Sets:
    """`<output>.lo`, `.hi`, `.legal` and `.count` of every output that is a decision.

    Parameters
    ----------
    arguments : by name, as `rules.arguments` gives them
    expected : all outputs, by name
    """
    if op not in SETS:
        return {}
    return SETS[op](as_case(arguments, dialect), expected)


def _range(name: str, low: np.ndarray, high: np.ndarray) -> Sets:
    return {f"{name}.lo": low, f"{name}.hi": high}


def _where_judged(name: str, value: np.ndarray, judged: np.ndarray) -> Sets:
    """Whole numbers: the value itself where it is judged, any number elsewhere."""
    ends = np.iinfo(np.int64)
    return _range(name, np.where(judged, value, ends.min), np.where(judged, value, ends.max))


def _over_precisions(decide: Callable[[Any], Tuple[np.ndarray, np.ndarray]]) -> Tuple[np.ndarray, np.ndarray]:
    """(must, may) of the least and the most certain precision together."""
    musts, mays = zip(*(decide(precision) for precision in PRECISIONS.values()))
    return np.logical_and.reduce(musts), np.logical_or.reduce(mays)


def _pad_targets(case: Case, expected: Outputs) -> Sets:
    """A box is masked in if its coordinates may have a positive sum; nothing is asked of the label of padding."""
    def positive_sum(precision: Any) -> Tuple[np.ndarray, np.ndarray]:
        must, may = np.zeros((2,) + expected["mask_gt"].shape, bool)
        for b in range(case.batch_size):
            rows = case.targets[case.targets[:, 0] == b]
            total = batches.coordinate_sums(batches.pixel_boxes(rows[:, 2:], case.image_size, precision))
            must[b, : len(rows), 0], may[b, : len(rows), 0] = total.lo > 0, total.hi > 0
        return must, may

    labels = _where_judged("gt_labels", expected["gt_labels"], expected["mask_gt"])
    return {**labels, **_range("mask_gt", *_over_precisions(positive_sum))}


def _candidates_in_gts(case: Case, expected: Outputs) -> Sets:
    """Nothing is asked of rows that are masked out."""
    def inside(precision: Any) -> Tuple[np.ndarray, np.ndarray]:
        shape = expected["inside"].shape
        must, may = np.zeros(shape, bool), np.ones(shape, bool)
        for b, g, _ in np.argwhere(case.mask_gt):
            points, box = Rounded(case.anchor_points, precision), Rounded(case.gt_bboxes[b, g], precision)
            distance = edge_distance(points, box, dialect=case.dialect)
            must[b, g], may[b, g] = distance.lo > case.dialect.inside_eps, distance.hi > case.dialect.inside_eps
        return must, may

    return _range("inside", *_over_precisions(inside))


def _select_topk(case: Case, expected: Outputs) -> Sets:
    """The metric is given, so only equal ones leave a choice: claimed for certain is what has fewer than k rivals."""
    own, other = case.metric[..., :, np.newaxis], case.metric[..., np.newaxis, :]
    anchors, k, real = case.metric.shape[-1], case.dialect.topk, case.mask_gt
    must, may = (other >= own).sum(axis=-1) <= k, (other > own).sum(axis=-1) < k
    count = np.where(real, np.minimum(k, anchors), [0, anchors])
    return {**_range("claimed", must & real, may | ~real), "claimed.count": count}


def _resolve_conflicts(case: Case, expected: Outputs) -> Sets:
    """The overlaps are given, so only equal ones leave a choice."""
    claimed, u = case.mask_pos, case.overlaps
    contested = claimed.sum(axis=1, keepdims=True) > 1
    legal = np.where(contested, u == u.max(axis=1, keepdims=True, initial=0), claimed)
    fg = expected["fg_mask"]
    return {
        **_range("fg_mask", fg, fg),
        "target_gt_idx.legal": np.moveaxis(legal, 1, 2),
        **_range("mask_pos", expected["mask_pos"], expected["mask_pos"]),
    }


def _assign(case: Case, expected: Outputs) -> Sets:
    """Owners by the bounds of metric and overlap in float32, which hold in float64, too."""
    _, scenes = batches.scenes(*case.rounded(PRECISIONS["float32"]).values(), dialect=case.dialect)
    images = [_owners(claims(scene)) for scene in scenes]
    low, high, legal, count = (np.stack(parts) for parts in zip(*images))
    return {
        **_where_judged("target_labels", expected["target_labels"], expected["fg_mask"]),
        **_range("fg_mask", low, high),
        "fg_mask.count": count,
        "target_gt_idx.legal": legal,
    }


def _owners(allowed: Claims) -> Tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Least and greatest foreground (A,), legal owners (A, G) of an anchor in it, fewest and most such anchors (2,).

    A sole claimant owns the anchor; if two or more may claim it, whoever may overlap it most does.
    """
    sure, possible = allowed.must.sum(axis=0), allowed.may.sum(axis=0)
    legal = (allowed.may & (sure - allowed.must == 0)) | (allowed.near & (possible > 1))
    fewest = np.maximum((sure > 0).sum(), (allowed.must.sum(axis=1) + allowed.least).max(initial=0))
    most = np.minimum((possible > 0).sum(), (allowed.must.sum(axis=1) + allowed.most).sum())
    return sure > 0, legal.any(axis=0), legal.T, np.array([fewest, most])


SETS: Dict[str, Callable[[Case, Outputs], Sets]] = {
    "pad_targets": _pad_targets,
    "candidates_in_gts": _candidates_in_gts,
    "select_topk": _select_topk,
    "resolve_conflicts": _resolve_conflicts,
    "assign": _assign,
}
"""Ops that decide something."""
