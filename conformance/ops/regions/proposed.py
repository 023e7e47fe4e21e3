"""Legal proposals: which lists of regions are right, given that boxes are only known to a bound."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, List, NamedTuple, Tuple

import numpy as np

from conformance.judging.rounding import Precision, Rounded
from conformance.judging.suppression import Suppression, fault
from conformance.ops.nms.overlaps import pairs, suppression
from refimpl.deltas import decode_deltas
from refimpl.proposals import clip_boxes, shorter_side


class Regions(NamedTuple):
    """Of N anchors.

    Attributes
    ----------
    boxes : (N, 4) error-carrying, clipped.
    large_may, large_must : (N,) bool, whether both sides may, or must, reach the least size, on the image if it must be.
    """

    boxes: Rounded
    large_may: np.ndarray
    large_must: np.ndarray


def regions(case: Any, precision: Precision) -> Regions:
    """Decode, clip and measure every anchor."""
    dialect = case.dialect
    decoded = decode_deltas(Rounded(case.anchors, precision), Rounded(case.deltas, precision), dialect=dialect)
    boxes = clip_boxes(decoded, case.image_size, dialect=dialect)
    side = shorter_side(boxes, dialect=dialect)
    least = Rounded(np.float64(case.min_size), precision)
    if dialect.min_size_compare == "strict":
        may, must = side.hi > least.lo, side.lo > least.hi
    else:
        may, must = side.hi >= least.lo, side.lo >= least.hi
    if dialect.propose_border == "drop":
        height, width = case.image_size
        room = np.array([width, height, width, height], np.float64)
        may = may & ((decoded.hi >= 0) & (decoded.lo <= room)).all(axis=1)
        must = must & ((decoded.lo >= 0) & (decoded.hi <= room)).all(axis=1)
    return Regions(boxes, may, must)


def broken(rois: Any, scores: Any, case: Any, precision: Precision) -> Tuple[str, str] | None:
    """The clause that proposals break first, and why; None if they are legal."""
    rois, scores = np.asarray(rois, np.float64), np.asarray(scores, np.float64)
    if rois.ndim != 2 or rois.shape[1:] != (4,) or scores.shape != rois.shape[:1]:
        return "RPN-6", f"expected shapes (K, 4) and (K,), got {rois.shape} and {scores.shape}"
    found = regions(case, precision)
    chosen: List[int] = []
    for i, (roi, score) in enumerate(zip(rois, scores)):
        fitting = _fitting(roi, score, found.boxes, case.scores)
        if not len(fitting):
            return (
                "RPN-6",
                f"{i}, {np.array2string(roi, precision=9)} with score {score:.9g}, is the clipped box of no anchor",
            )
        chosen.append(next((a for a in fitting if a not in chosen), fitting[0]))
    told = _illegal(chosen, found, case, precision)
    if told and told[0] != "RPN-6" and _illegal(chosen, found, _other_order(case), precision) is None:
        return "RPN-5", f"{told[1]}; they would be right if the stages ran in another order"
    return told


def _fitting(roi: np.ndarray, score: float, boxes: Rounded, scores: np.ndarray) -> List[int]:
    near = (np.abs(boxes.value - roi) <= boxes.error).all(axis=1)
    return np.flatnonzero(near & (scores == score)).tolist()


def _other_order(case: Any) -> Any:
    order = "clip_first" if case.dialect.propose_order == "best_first" else "best_first"
    return case.under(replace(case.dialect, propose_order=order))


def _illegal(chosen: List[int], found: Regions, case: Any, precision: Precision) -> Tuple[str, str] | None:
    small = [a for a in chosen if not found.large_may[a]]
    if small:
        sides = found.boxes.value[small[0], 2:] - found.boxes.value[small[0], :2]
        return "RPN-3", f"anchor {small[0]} is proposed, whose box is {sides[0]:.6g} by {sides[1]:.6g} px"
    may, must = _entering(found, case)
    late = [a for a in chosen if not may[a]]
    if late:
        return (
            "RPN-4",
            f"anchor {late[0]} is proposed, whose score {case.scores[late[0]]:.9g} is not among the best {case.pre_nms_topk}",
        )
    return _suppressed(chosen, must & found.large_must, found, case, precision)


def _entering(found: Regions, case: Any) -> Tuple[np.ndarray, np.ndarray]:
    """Which anchors may, and which must, be among the best N₁; equal scores in any order."""
    s, n = case.scores, case.pre_nms_topk
    first = case.dialect.propose_order == "clip_first"
    may, must = (found.large_may, found.large_must) if first else (np.ones(len(s), bool),) * 2
    ahead = (s[np.newaxis] > s[:, np.newaxis]) & must
    beside = (s[np.newaxis] >= s[:, np.newaxis]) & may & ~np.eye(len(s), dtype=bool)
    return ahead.sum(axis=1) < n, beside.sum(axis=1) < n


def _suppressed(
    chosen: List[int], must: np.ndarray, found: Regions, case: Any, precision: Precision
) -> Tuple[str, str] | None:
    """Whether what must enter is proposed, or overlapped by what is."""
    among = sorted({*chosen, *np.flatnonzero(must).tolist()})
    compared = pairs(found.boxes[among], np.zeros(len(among), np.int64), case.iou_threshold, case.dialect, precision)
    scene: Suppression = suppression(case.scores[among], compared, case.post_nms_topk)
    seen = fault([among.index(a) for a in chosen], scene)
    if seen is None:
        return None
    box = f"anchor {among[seen.box]}"
    if seen.what in ("repeated", "order", "too many"):
        return "RPN-4", f"{box}: {seen.reason}"
    if seen.what == "dropped" and seen.by is None:
        side = shorter_side(found.boxes, dialect=case.dialect).value[among[seen.box]]
        exact = side == case.min_size
        return (
            "RPN-3" if exact else "RPN-4",
            f"{box} is left out, which no better one overlaps; its shorter side is {side:.6g} px",
        )
    against = f"anchor {among[seen.by]}" if seen.by is not None else "none"
    return "RPN-7", f"{box} is {seen.what}; most of all {against} overlaps it"
