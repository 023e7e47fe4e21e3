"""Worked examples of the later stages of the assigner, and of the whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Tuple

import numpy as np

import refimpl
from conformance.paper.markdown import number, numbers, table
from conformance.ops.targets.worked import alignment_metric, candidates_in_gts
from conformance.ops.example import Example, agreed, example
from conformance.paper.svg import Frame, Picture, chart
from refimpl import YOLOV8

METRICS = ((0.1, 0.4, 0.05, 0.3, 0.2, 0.0), (0.0, 0.0, 0.2, 0.0, 0.0, 0.0))
CLAIMED = ((1, 1, 0, 0, 0), (0, 1, 1, 1, 0), (0, 0, 0, 1, 0))
OVERLAPS = ((0.5, 0.6, 0.1, 0.0, 0.0), (0.0, 0.4, 0.7, 0.3, 0.0), (0.2, 0.8, 0.9, 0.5, 0.6))
TWO = replace(YOLOV8, num_classes=2, topk=5, strides=(8,))
"""The dialect of the whole: two classes, five claims, one level."""
BOXES = ((2.0, 2.0, 18.0, 22.0), (10.0, 6.0, 31.0, 30.0))


def select_topk() -> Example:
    """Two boxes, three claims each; the second has one metric above 0."""
    dialect = replace(YOLOV8, topk=3)
    metric = np.array([METRICS])
    claimed = refimpl.select_topk(metric, np.ones((1, 2, 1)), dialect=dialect)[0]
    rows, shapes = [], []
    for g, (t, own) in enumerate(zip(METRICS, claimed)):
        rows.append((str(g), numbers(t), ", ".join(map(str, np.flatnonzero(own)))))
        frame = Frame(50 + 280 * g, 150, 38, -250)
        shapes += chart(t, ["c" if yes else "off" for yes in own], frame, range(len(t)), f"metric of box {g}")
        shapes += [frame.dot((a, t[a] + 0.03), "c", 3) for a in np.flatnonzero(own)]
    agreed("select_topk", claimed.sum(axis=1), [dialect.topk] * len(METRICS))
    described = f"Bars of the metric of each anchor, for each box; green and a dot mark the {dialect.topk} claimed ones."
    picture = Picture("select_topk", "Each box claims its best anchors", described, (570, 200), tuple(shapes))
    words = (
        f"k = {dialect.topk}. Box 1 has {np.count_nonzero(METRICS[1])} anchor above 0 and claims others all the same: "
        "which ones is left open, here the first."
    )
    return example(picture, words, table(("box", "t of anchors 0 … 5", "claims"), rows))


def resolve_conflicts() -> Example:
    """Three boxes, five anchors; one contested anchor goes to a box that did not claim it."""
    mask, overlaps = np.array([CLAIMED]), np.array([OVERLAPS])
    owners = refimpl.resolve_conflicts(mask, overlaps, dialect=YOLOV8)
    owner, fg = owners.target_gt_idx[0], owners.fg_mask[0]
    agreed("resolve_conflicts", owners.mask_pos[0].sum(axis=0), fg)
    rows, shapes = [], []
    for a in range(5):
        claims = [str(g) for g in np.flatnonzero(mask[0, :, a])]
        rows.append(
            (str(a), ", ".join(claims) or "none", numbers(overlaps[0, :, a]), str(owner[a]) if fg[a] else "background")
        )
    frame = Frame(90, 40, 80, 40)
    for g in range(3):
        shapes += [frame.label((0, g + 0.5), f"box {g}", (-10, 5), kind="end")]
        for a in range(5):
            cell = (a + 0.04, g + 0.08, a + 0.96, g + 0.92)
            shapes += [frame.box(cell, "c" if owners.mask_pos[0, g, a] else "grid")]
            shapes += [frame.dot((a + 0.16, g + 0.27), "a", 4)] if mask[0, g, a] else []
            shapes += [frame.label((a + 0.55, g + 0.5), number(OVERLAPS[g][a]), (0, 5), kind="middle")]
    shapes += [frame.label((a + 0.5, 0), f"anchor {a}", (0, -8), kind="small middle") for a in range(5)]
    key = Frame(90, 172, 1, 1)
    shapes += [key.dot((7, 7), "a", 4), key.label((20, 12), "claimed", kind="small")]
    shapes += [key.box((120, 0, 134, 14), "c"), key.label((142, 12), "owned in the end", kind="small")]
    described = (
        "Overlaps of three boxes with five anchors: a dot marks a claim, green the owner. Anchor 1, claimed by boxes 0 "
        "and 1, goes to box 2, which did not claim it."
    )
    picture = Picture("resolve_conflicts", "Who owns a contested anchor", described, (510, 200), tuple(shapes))
    headings = ("anchor", "claimed by", "u of boxes 0, 1, 2", "owner")
    words = "Anchors 1 and 3 are contested; anchor 2 is not, so it stays where it is although box 2 overlaps it more:"
    return example(picture, words, table(headings, rows))


def scene() -> Tuple[Any, ...]:
    """The arguments of `assign`: anchors that each predict a box around themselves, two boxes that overlap."""
    grid, stride = refimpl.make_anchors([(4, 4)], dialect=TWO)
    points = grid * stride
    scores = np.linspace((0.2, 0.9), (0.8, 0.3), len(points))[np.newaxis]
    boxes = np.concatenate([points - (9, 8), points + (9, 10)], axis=-1)[np.newaxis]
    return scores, boxes, points, np.array([[[0], [1]]]), np.array([BOXES]), np.ones((1, 2, 1))


def assign() -> Example:
    """Two boxes that overlap, stage by stage."""
    scores, boxes, points, labels, gts, mask = scene()
    inside = refimpl.candidates_in_gts(points, gts, mask, dialect=TWO)
    t, u = refimpl.alignment_metric(scores, boxes, labels, gts, inside, dialect=TWO)
    claimed = refimpl.select_topk(t, mask, dialect=TWO) & inside
    done = refimpl.assign(*scene(), dialect=TWO)
    owned = done.fg_mask & (done.target_gt_idx == np.arange(2)[:, np.newaxis])
    rows, positives = [], []
    for g in range(2):
        stages = (inside[0, g], claimed[0, g], owned[g])
        rows.append((str(g), numbers(gts[0, g]), *(", ".join(map(str, np.flatnonzero(stage))) for stage in stages)))
        best_t, best_u = (x[0, g][owned[g]].max() for x in (t, u))
        for a in np.flatnonzero(owned[g]):
            score = done.target_scores[0, a, labels[0, g, 0]]
            agreed("assign", [t[0, g, a] * best_u / (best_t + TWO.norm_eps)], [score])
            step = f"{number(t[0, g, a])} · {number(best_u)} / {number(best_t)} = {number(score)}"
            positives.append((str(a), str(g), number(t[0, g, a]), number(u[0, g, a]), step))
    words = (
        f"k = {TWO.topk}, {TWO.num_classes} classes, {len(points)} anchors at stride {TWO.strides[0]}; box 0 is of "
        "class 0, box 1 of class 1. The anchor at (x, y) predicts (x − 9, y − 8, x + 9, y + 10). Its scores are "
        f"{numbers(scores[0, 0])} at anchor 0, {numbers(scores[0, -1])} at the last, and evenly spaced between."
    )
    stages = table(("box", "px", "inside", "claims", "owns"), rows)
    headings = ("anchor", "owner", "t", "u", "target score t · max u / max t")
    return example(
        _assigned(points, done), words, stages, table(headings, sorted(positives, key=lambda row: int(row[0])))
    )


def _assigned(points: np.ndarray, done: Any) -> Picture:
    """The boxes, and the anchors with their owners."""
    frame = Frame(20, 15, 9, 9)
    shapes = [frame.box((0, 0, 32, 32), "line"), frame.box(BOXES[0], "a"), frame.box(BOXES[1], "b")]
    for a, point in enumerate(points):
        kind = "ab"[done.target_gt_idx[0, a]] if done.fg_mask[0, a] else "off"
        shapes.append(frame.dot(point, kind, 4 + 12 * done.target_scores[0, a].sum()))
        shapes.append(frame.label(point, str(a), (0, 30), kind="small middle"))
    described = (
        f"Two boxes over {len(points)} anchors. Each positive has the colour of its owner, and is as large as its "
        "target score; grey ones are background."
    )
    return Picture("assign", "Who learns what, and how strongly", described, (330, 320), tuple(shapes))


WORKED = {
    "candidates_in_gts": candidates_in_gts,
    "alignment_metric": alignment_metric,
    "select_topk": select_topk,
    "resolve_conflicts": resolve_conflicts,
    "assign": assign,
}
