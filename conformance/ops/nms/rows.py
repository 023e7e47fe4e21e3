"""Rows of detections: which candidate each of them shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, List, NamedTuple, Tuple

import numpy as np

from conformance.judging.rounding import Precision, Rounded
from refimpl.boxes import xywh2xyxy


class Entered(NamedTuple):
    """Candidates: boxes (M, 4) error-carrying, xyxy; scores (M,); labels (M,); anchors (M,)."""

    boxes: Rounded
    scores: np.ndarray
    labels: np.ndarray
    anchors: np.ndarray


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


def matched(rows: Any, case: Any, precision: Precision) -> Tuple[List[int], Entered]:
    """Indices of the candidates that the rows show, each a different one if there is one, and the candidates.

    Of classes that are equally probable the one that is shown stands for its box; the first, where none is.
    """
    rows, own = np.asarray(rows, np.float64), entered(case, precision)
    chosen: List[int] = []
    for row in rows:
        fitting = np.flatnonzero(_fits(row, own)).tolist()
        chosen.append(next((c for c in fitting if c not in chosen), fitting[0]))
    if case.dialect.candidates_per_box == "every":
        return chosen, own
    shown = set(own.anchors[chosen].tolist())
    stand = [
        c for c in range(len(own.anchors))
        if c in chosen or (own.anchors[c] not in shown and own.anchors[c] not in own.anchors[:c])
    ]  # fmt: skip
    kept = Entered(own.boxes[stand], own.scores[stand], own.labels[stand], own.anchors[stand])
    return [stand.index(c) for c in chosen], kept


def _fits(row: np.ndarray, candidates: Entered) -> np.ndarray:
    """Which candidates a row may show."""
    off = np.abs(candidates.boxes.value - row[:4])
    return (off <= candidates.boxes.error).all(axis=1) & (candidates.scores == row[4]) & (candidates.labels == row[5])
