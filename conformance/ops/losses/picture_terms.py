"""Terms: what each foreground anchor adds to a box loss, as a table whose columns sum to the two losses."""

from __future__ import annotations

from typing import List, Sequence

import numpy as np

import refimpl
from conformance.paper.markup import Markup
from conformance.ops.subject import Subject
from conformance.paper.marks import WIDTH, label, line, picture, short, words

ROWS = 12
"""Anchors shown at most, the heaviest first."""

_HEADS = ("w", "1 − CIoU", "w(1 − CIoU)/S", "DFL", "w · DFL/S")
_RIGHT_ENDS = (118, 180, 260, 302, WIDTH - 4)
_ROW = 20


def terms(subject: Subject, key: str) -> Markup | None:
    """The addends of a box loss; None without foreground."""
    case, dialect = subject.case, subject.case.dialect
    foreground = np.asarray(case.fg_mask) == 1
    if not foreground.any():
        return None
    images, anchors = np.nonzero(foreground)
    pred, target = case.pred_bboxes[foreground], case.target_bboxes[foreground]
    weight = case.target_scores[foreground].sum(-1)
    with np.errstate(all="ignore"):
        distance = refimpl.bbox2dist(case.anchor_points[anchors], target, dialect=dialect)
        dfl = refimpl.dfl_loss(case.pred_dist[foreground], distance, dialect=dialect)
        gap = 1 - refimpl.ciou(pred, target, dialect=dialect)
        share = weight / case.target_scores_sum
        columns = np.stack([weight, gap, share * gap, dfl, share * dfl], axis=1)
    heaviest = np.argsort(-weight, kind="stable")[:ROWS]
    text, top = words(0, ["what each foreground anchor adds to the two losses, by the reference"])
    drawn: List[Markup] = [text, *_row(top + 14, "anchor", _HEADS)]
    for i, row in enumerate(heaviest):
        drawn += _row(top + 14 + _ROW * (i + 1), f"{anchors[row]} of image {images[row]}", [short(x) for x in columns[row]])
    bottom = top + 14 + _ROW * (len(heaviest) + 1)
    box, whole = short(columns[:, 2].sum()), short(columns[:, 4].sum())
    name = "all" if len(heaviest) == len(weight) else f"all {len(weight)}"
    drawn += [line((4, bottom - 14), (WIDTH - 4, bottom - 14), "axis"), *_row(bottom, name, ["", "", box, "", whole])]
    said = f"Box loss {box}, distribution loss {whole} of {len(weight)} foreground anchors"
    return picture(f"{key}-terms", "The terms of the two losses, by the reference", said, bottom + 10, *drawn)


def _row(y: float, name: str, cells: Sequence[str]) -> List[Markup]:
    """A name and right-aligned cells."""
    return [label(4, y, name, "small"), *(label(x, y, cell, "small end") for x, cell in zip(_RIGHT_ENDS, cells))]
