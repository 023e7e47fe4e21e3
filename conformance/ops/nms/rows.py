"""Rows of detections: which candidate each of them shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, List, NamedTuple, Set, Tuple

import numpy as np

from conformance.judging.rounding import Precision, Rounded
from refimpl.boxes import xywh2xyxy


class Entered(NamedTuple):
    """Candidates: boxes (M, 4) error-carrying, xyxy; scores (M,); labels (M,); anchors (M,)."""

    boxes: Rounded
    scores: np.ndarray
    labels: np.ndarray
    anchors: np.ndarray

    def at(self, some: List[int]) -> Entered:
        """Some of them."""
        return Entered(*(each[some] for each in self))


def entered(case: Any, precision: Precision, above: float | None = None) -> Entered:
    """Every (anchor, class) that may be shown; of classes that are equally probable, each.

    Parameters
    ----------
    above : the least score, left out itself; that of the case by default
    """
    probabilities = case.prediction[4:]
    limit = case.score_threshold if above is None else above
    passes = probabilities > limit
    if case.dialect.candidates_per_box == "best":
        passes = passes & (probabilities == probabilities.max(axis=0, initial=-np.inf))
    anchor, label = np.nonzero(passes.T)
    boxes = xywh2xyxy(Rounded(np.moveaxis(case.prediction[:4], 0, -1)[anchor].reshape(-1, 4), precision))
    return Entered(boxes, probabilities[label, anchor], label, anchor)


def broken_row(rows: Any, case: Any, precision: Precision) -> Tuple[str, str] | None:
    """The clause that a row breaks by itself, and why."""
    rows = np.asarray(rows, np.float64)
    if rows.ndim != 2 or rows.shape[1] != 6:
        return "DTN-3", f"expected shape (K, 6), got {rows.shape}"
    everything = entered(case.under(replace(case.dialect, candidates_per_box="every")), precision, -np.inf)
    own = entered(case, precision)
    for i, row in enumerate(rows):
        if _fits(row, own).any():
            continue
        known = np.flatnonzero(_fits(row, everything))
        if not len(known):
            return "DTN-3", f"row {i}, {np.array2string(row, precision=9)}, is the box, score and class of no anchor"
        anchor, score = everything.anchors[known[0]], everything.scores[known[0]]
        if score > case.score_threshold:
            return "DTN-2", f"row {i} shows anchor {anchor} with class {row[5]:g}, which is not its most probable"
        return (
            "DTN-1",
            f"row {i} shows anchor {anchor}, whose score {score:.9g} is not more than {case.score_threshold:.9g}",
        )
    return None


def shown(rows: Any, own: Entered, once: np.ndarray) -> List[int]:
    """Indices of the candidates that the rows show, of different boxes if that is possible.

    Parameters
    ----------
    once : (M,) whole numbers; no two candidates that have the same are shown
    """
    fitting = [np.flatnonzero(_fits(row, own)).tolist() for row in np.asarray(rows, np.float64)]
    taken: Dict[int, Tuple[int, int]] = {}
    for i in range(len(fitting)):
        _takes(i, fitting, once, taken, set())
    of_row = {row: candidate for row, candidate in taken.values()}
    return [of_row.get(i, fitting[i][0]) for i in range(len(fitting))]


def _takes(row: int, fitting: List[List[int]], once: np.ndarray, taken: Dict[int, Tuple[int, int]], tried: Set[int]) -> bool:
    """Give a row a candidate, and the row that has it another one if there is one.

    Parameters
    ----------
    taken : row and candidate, by what is taken once
    """
    for candidate in fitting[row]:
        name = int(once[candidate])
        if name not in tried:
            tried.add(name)
            if name not in taken or _takes(taken[name][0], fitting, once, taken, tried):
                taken[name] = (row, candidate)
                return True
    return False


def one_class_each(chosen: List[int], own: Entered, falls: np.ndarray) -> List[int]:
    """Indices of the candidates, one for each box: that which is shown, or, of a box that is not, that which falls first.

    Classes that are equally probable are all legal for a box that is left out, and any may be the one it fell in.

    Parameters
    ----------
    chosen : the candidates that are shown
    falls : (M,) whole numbers, larger where a better one that is shown is likelier to have dropped the candidate
    """
    seen = set(own.anchors[chosen].tolist())
    left = [c for c in np.argsort(-falls, kind="stable").tolist() if own.anchors[c] not in seen]
    first = {int(own.anchors[c]): c for c in reversed(left)}
    return sorted({*chosen, *first.values()})


def below_the_cut(chosen: List[int], own: Entered, most: int) -> int | None:
    """A candidate that is shown, though it is not among so many best; None if there is none. Of equal scores any may be."""
    in_order = sorted(chosen, key=lambda c: -own.scores[c])
    better = [(own.scores > own.scores[c]).sum() for c in in_order]
    ahead = [sum(own.scores[other] == own.scores[c] for other in in_order[:i]) for i, c in enumerate(in_order)]
    return next((c for c, n, m in zip(in_order, better, ahead) if n + m >= most), None)


def best(chosen: List[int], own: Entered, most: int, falls: np.ndarray) -> List[int]:
    """Indices of so many candidates of the best scores; of equal ones those that are shown, then those that fall first."""
    shown = np.isin(np.arange(len(own.scores)), chosen)
    return sorted(np.lexsort((-falls, ~shown, -own.scores))[:most].tolist())


def _fits(row: np.ndarray, candidates: Entered) -> np.ndarray:
    """Which candidates a row may show."""
    off = np.abs(candidates.boxes.value - row[:4])
    return (off <= candidates.boxes.error).all(axis=1) & (candidates.scores == row[4]) & (candidates.labels == row[5])
