"""Legal lists: the clause that kept boxes, or rows that are shown, break first."""

from __future__ import annotations

from typing import Any, List, Tuple

import numpy as np

from conformance.judging.judge import Judge
from conformance.judging.rounding import Rounded
from conformance.judging.suppression import Fault, Suppression, fault
from conformance.ops.nms.overlaps import Pairs, pairs, suppression
from conformance.ops.nms.rows import Entered, below_the_cut, best, broken_row, entered, one_class_each, shown


def blamed(kept: Any, found: Pairs, scene: Suppression) -> Tuple[str, str] | None:
    """The clause that a list of kept boxes breaks first, and why; None if it is legal."""
    seen = fault(kept, scene)
    return None if seen is None else (_clause_of(seen, [int(k) for k in kept], found, scene), seen.reason)


def _clause_of(seen: Fault, kept: Any, found: Pairs, scene: Suppression) -> str:
    """What the boxes that may have led to a fault have in common."""
    if seen.what in ("repeated", "order"):
        return "NMS-1"
    if seen.what == "too many":
        return "NMS-5"
    if seen.by is not None and found.equal[seen.by, seen.box]:
        return "NMS-7"
    if seen.what == "kept":
        return "NMS-2"
    before = [k for k in kept if scene.scores[k] >= scene.scores[seen.box]]
    if found.no_area[seen.box] or (seen.by is None and any(found.infinite[k] for k in before)):
        return "NMS-6"
    if any(found.other[k, seen.box] and found.over[k, seen.box] for k in before):
        return "NMS-4"
    return "NMS-7" if seen.by is None and any(found.equal[k, seen.box] for k in before) else "NMS-3"


def pairs_of(case: Any, judge: Judge) -> Pairs:
    classes = case.arguments.get("classes", np.zeros(len(case.scores), np.int64))
    return pairs(Rounded(case.boxes, judge.precision), classes, case.iou_threshold, case.dialect, judge.precision)


def broken_list(keep: Any, case: Any, found: Pairs, judge: Judge) -> Tuple[str, str] | None:
    keep, count = np.asarray(keep), len(case.scores)
    if keep.ndim != 1 or not (np.isfinite(keep).all() and (keep == np.floor(keep)).all()):
        return "NMS-1", f"expected a list of indices, got shape {keep.shape}"
    if keep.size and not (keep.min() >= 0 and keep.max() < count):
        return "NMS-1", f"expected indices 0 … {count - 1}, got {keep.min():g} … {keep.max():g}"
    return blamed(keep, found, suppression(case.scores, found))


def broken_rows(rows: Any, case: Any, judge: Judge) -> Tuple[str, str] | None:
    """Match the rows with candidates, then judge the list of those."""
    broken = broken_row(rows, case, judge.precision)
    if broken:
        return broken
    own, once = entered(case, judge.precision), case.dialect.candidates_per_box == "best"
    chosen = shown(rows, own, own.anchors if once else np.arange(len(own.anchors)))
    if once:
        twice = _shown_in_two_classes(chosen, own)
        if twice:
            return "DTN-2", twice
        chosen, own = _standing(chosen, own, case, judge)
    most = case.dialect.max_nms
    if len(own.scores) > most:
        left_out = below_the_cut(chosen, own, most)
        if left_out is not None:
            return "DTN-1", f"anchor {own.anchors[left_out]} is shown, which is not among the {most} best that enter"
        chosen, own = _entering(chosen, own, most, case, judge)
    found = pairs(own.boxes, own.labels, case.iou_threshold, case.dialect, judge.precision)
    broken = blamed(chosen, found, suppression(own.scores, found, case.max_det))
    lonely = broken and broken[0] == "NMS-3" and broken[1].endswith(("no kept box before it overlaps it", "nothing is kept"))
    if lonely:
        return "NMS-5" if case.max_det < len(own.scores) else "DTN-1", broken[1]
    return broken


def _shown_in_two_classes(chosen: List[int], own: Entered) -> str:
    """Which two rows show one box in two classes, in words; "" if none do."""
    for i, candidate in enumerate(chosen):
        for j, other in enumerate(chosen[:i]):
            if own.anchors[other] == own.anchors[candidate] and other != candidate:
                return f"rows {j} and {i} both show anchor {own.anchors[candidate]}, as class {own.labels[other]} and as {own.labels[candidate]}"
    return ""


def _standing(chosen: List[int], own: Entered, case: Any, judge: Judge) -> Tuple[List[int], Entered]:
    """The candidates, each box in one class, and the indices among them of those that are shown."""
    stand = one_class_each(chosen, own, _falls(chosen, own, case, judge))
    return [stand.index(c) for c in chosen], own.at(stand)


def _entering(chosen: List[int], own: Entered, most: int, case: Any, judge: Judge) -> Tuple[List[int], Entered]:
    """The candidates that enter the suppression, and the indices among them of those that are shown."""
    enter = best(chosen, own, most, _falls(chosen, own, case, judge))
    return [enter.index(c) for c in chosen], own.at(enter)


def _falls(chosen: List[int], own: Entered, case: Any, judge: Judge) -> np.ndarray:
    """(M,) larger where a better candidate that is shown is likelier to have dropped one."""
    found = pairs(own.boxes, own.labels, case.iou_threshold, case.dialect, judge.precision)
    precedes = own.scores[chosen][:, np.newaxis] >= own.scores
    near = 2 * found.may[chosen].astype(int) + found.equal[chosen]
    return (near * precedes).max(axis=0, initial=0)
