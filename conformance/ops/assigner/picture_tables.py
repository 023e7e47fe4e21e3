"""Tables: anchors by ground truths, for the steps of the assigner that see no boxes."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence, Tuple

import numpy as np

from conformance.paper.markup import Markup
from conformance.ops.subject import Subject
from conformance.paper.marks import WIDTH, label, legend, mark, picture, rectangle, short, words

ROWS, COLUMNS = 14, 3
"""Anchors and ground truths shown at most; those that differ first."""

_TOP, _LEFT, _ROW = 28, 76, 26


def topk(subject: Subject, key: str) -> Markup | None:
    """What each box claims of its metrics."""
    case, b = subject.case, subject.image
    metric, k = case.metric[b], case.dialect.topk
    better = (metric[:, None, :] > metric[:, :, None]).sum(-1)
    rivals = (metric[:, None, :] >= metric[:, :, None]).sum(-1) - 1
    free = (better < k) & (rivals >= k)
    marks = {name: np.asarray(answer["claimed"])[b] == 1 for name, answer in _both(subject) if "claimed" in answer}
    meanings = _meanings("claimed")
    said = f"metric of each anchor for each ground truth; each claims the {k} largest"
    rows = np.flatnonzero(case.mask_gt[b, :, 0])
    return _table(key, b, metric, {**marks, "square": free}, meanings, said, rows, subject.index[1:2])


def conflicts(subject: Subject, key: str) -> Markup | None:
    """Which claimant each anchor goes to, by the overlaps."""
    case, b = subject.case, subject.image
    claimed, overlaps = np.asarray(case.mask_pos)[b] == 1, case.overlaps[b]
    largest = overlaps == overlaps.max(axis=0, initial=-np.inf)
    free = largest & (largest.sum(0) > 1) & (claimed.sum(0) > 1)
    rows = np.arange(len(claimed))
    marks = {name: _owned(answer, b, rows) for name, answer in _both(subject) if "target_gt_idx" in answer}
    meanings = _meanings("owner")
    said = "overlap of each anchor with each ground truth; shaded where it is claimed"
    return _table(key, b, overlaps, {**marks, "square": free}, meanings, said, rows, (), claimed)


def _meanings(what: str) -> Sequence[Tuple[str, str]]:
    marks = ("ring", f"{what}, says the reference"), ("cross", f"{what}, says the candidate")
    return (*marks, ("square", "a tie: either"))


def _both(subject: Subject) -> Tuple[Tuple[str, Dict[str, Any]], ...]:
    return ("ring", subject.expected), ("cross", subject.got)


def _owned(answer: Dict[str, Any], b: int, rows: np.ndarray) -> np.ndarray:
    """Whether a ground truth owns an anchor (G, A)."""
    fg = np.asarray(answer["fg_mask"])[b] == 1
    return (np.asarray(answer["target_gt_idx"])[b] == rows[:, None]) & fg


def _table(
    key: str,
    b: int,
    values: np.ndarray,
    marks: Dict[str, np.ndarray],
    meanings: Sequence[Tuple[str, str]],
    said: str,
    rows: np.ndarray,
    first: Sequence[int],
    shaded: Any = None,
) -> Markup | None:
    """A column for each ground truth, a row for each anchor."""
    columns = [g for g in (*first, *rows) if g in rows]
    columns = list(dict.fromkeys(columns))[:COLUMNS]
    if not columns or not values.shape[1]:
        return None
    ring, cross = marks.get("ring"), marks.get("cross")
    differs = ring[columns] != (ring if cross is None else cross)[columns]
    interest = 2.0 * differs.any(0) + ring[columns].any(0) + marks["square"][columns].any(0)
    anchors = np.sort(np.argsort(-interest, kind="stable")[:ROWS])
    width = (WIDTH - _LEFT) / COLUMNS
    drawn: List[Markup] = [label(_LEFT + width * i + 8, 18, f"gt {g}", "strong") for i, g in enumerate(columns)]
    for j, a in enumerate(anchors):
        y = _TOP + _ROW * j
        drawn.append(label(4, y + 17, f"anchor {a}", "soft"))
        for i, g in enumerate(columns):
            x = _LEFT + width * i
            fill = "cell shared" if shaded is not None and shaded[g, a] else "cell"
            drawn += [rectangle(x, y, width, _ROW, fill), label(x + 8, y + 17, short(values[g, a]), "small")]
            drawn += [mark(name, (x + width - 16, y + _ROW / 2)) for name, at in marks.items() if at[g, a]]
    bottom = _TOP + _ROW * len(anchors)
    shown = [entry for entry in meanings if entry[0] in marks and marks[entry[0]][np.ix_(columns, anchors)].any()]
    legends, below = legend(bottom + 4, *shown)
    left_out = values.shape[1] - len(anchors)
    lines = [f"image {b}: {said}"] + [f"{left_out} anchors that do not differ are left out"] * (left_out > 0)
    text, end = words(bottom + below, lines)
    height = bottom + below + end
    description = f"{said}. {_told(columns, anchors, differs)}"
    return picture(f"{key}-table", "Anchors by ground truths", description, height, *drawn, legends, text)


def _told(columns: Sequence[int], anchors: np.ndarray, differs: np.ndarray) -> str:
    found = [f"anchor {a} of gt {g}" for i, g in enumerate(columns) for a in anchors if differs[i, a]]
    return f"Reference and candidate differ at {', '.join(found[:ROWS])}." if found else ""


PICTURES = {"select_topk": (topk,), "resolve_conflicts": (conflicts,)}
