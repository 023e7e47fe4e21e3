"""Foreground anchors of a batch: the inputs of the box loss."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

import numpy as np
from hypothesis import strategies as st

from conformance.cases.boxes import grid_points, upright
from conformance.cases.case import Case, Cases, also_asked_before, always
from conformance.cases.logits import extreme, logits_like, past_the_bins
from conformance.cases.draws import choices, composite, in_precision, numbers, realness, served_with
from refimpl import Dialect


def with_bins(served: Sequence[Dialect]) -> List[Dialect]:
    """The dialects with bins: one bin is none, and such a head learns its distances themselves."""
    return [dialect for dialect in served if dialect.reg_max > 1]


@composite
def _foregrounds(draw, event, precision, served):
    """One batch of assigned anchors: predictions near their targets, one class per foreground anchor."""
    if event == "two classes on an anchor":
        served = served_with(served, num_classes=lambda classes: classes > 1)
    dialect = draw(st.sampled_from(served))
    images = 2 if event == "several images" else draw(st.integers(1, 2), label="B")
    anchors = 20 if event == "many" else draw(st.integers(1, 3), label="A")
    real = draw(realness(event), label="real")
    points = draw(grid_points(anchors), label="anchor_points")
    shape = (images, anchors)
    reach = min(6, past_the_bins(dialect) - 1.25)
    near = draw(numbers((*shape, 8), 0.25, reach, step=0.25, precision=precision, real=real), label="ltrb")
    target, pred = _boxes(event, points, near, dialect)
    fg = draw(choices(shape, (True, False)), label="fg_mask")
    fg.flat[0] = True
    if event == "no foreground":
        fg[:] = False
    weight = draw(numbers(shape, 1 / 16, 1, step=1 / 16, precision=precision, real=real), label="weight") * fg
    if event == "zero weight":
        weight.flat[0] = 0
    label = draw(choices(shape, range(dialect.num_classes)), label="class")
    scores = weight[..., np.newaxis] * (label[..., np.newaxis] == np.arange(dialect.num_classes))
    if event == "scores on the background":
        fg.flat[0], scores[0, 0] = False, 0.5
    if event == "two classes on an anchor":
        scores[0, 0, :2] = 0.25, 0.5
    kind = event if event in ("saturated", "huge") else "real" if real else "lattice"
    total = draw(numbers((), 1, 8, step=0.5, precision=precision, real=real), label="target_scores_sum")
    arguments: Dict[str, Any] = {
        "pred_dist": draw(logits_like(kind, (*shape, 4 * dialect.reg_max), precision)),
        "pred_bboxes": in_precision(pred, precision),
        "anchor_points": points,
        "target_bboxes": in_precision(target, precision),
        "target_scores": in_precision(scores, precision),
        "target_scores_sum": np.asarray(total, np.float64),
        "fg_mask": fg,
    }
    if dialect.reg_max == 1:
        stride = draw(choices((anchors, 1), dialect.strides), label="stride_tensor")
        size = draw(st.tuples(st.integers(1, 40), st.integers(1, 40)), label="image_size, in cells of the first map")
        first = dialect.strides[0]
        arguments.update(stride_tensor=stride.astype(np.float64), image_size=(first * size[0], first * size[1]))
    return Case.of(dialect, arguments)


def _boxes(event, points, near, dialect):
    """Target and prediction around each anchor, from the distances to the sides of both."""
    if event == "past the last bin":
        near[..., 0] = past_the_bins(dialect) + 0.5
    if event == "anchor outside":
        near[..., 2] = -0.25
    target = upright(points - near[..., :2], near[..., :2] + near[..., 2:4])
    pred = upright(points - near[..., 4:6], near[..., 4:6] + near[..., 6:] + [0.25, 0])  # At its simplest no perfect one.
    if event == "perfect":
        pred = target
    if event == "far apart, extreme aspect":  # high and narrow, low and wide: CIoU is below −1
        target[..., 2:] = target[..., :2] + [0.5, 6]
        pred = target[..., [0, 1, 0, 1]] + np.array([100, 60, 132, 60.5])
    return target, pred


def _possible(event, precision, served):
    return any(event != "two classes on an anchor" or dialect.num_classes > 1 for dialect in served)


FOREGROUNDS = also_asked_before(
    Cases(
        {
            "lattice": always,
            "real": always,
            "several images": lambda c: len(c.fg_mask) > 1 and c.fg_mask.any(axis=1).any(),
            "far apart, extreme aspect": lambda c: bool((c.pred_bboxes[..., 0] > c.target_bboxes[..., 2] + 50).any()),
            "perfect": lambda c: bool((c.pred_bboxes == c.target_bboxes).all()),
            "saturated": extreme("pred_dist", 80),
            "huge": extreme("pred_dist", 1000),
            "many": lambda c: len(c.anchor_points) > 16,
            "scores on the background": lambda c: bool(c.target_scores[~c.fg_mask].any()),
            "two classes on an anchor": lambda c: bool(((c.target_scores > 0).sum(-1) > 1)[c.fg_mask].any()),
            "no foreground": lambda c: not c.fg_mask.any(),
            "zero weight": lambda c: bool((c.target_scores.sum(-1)[c.fg_mask] == 0).any()),
            "past the last bin": lambda c: bool(
                ((c.anchor_points - c.target_bboxes[..., :2])[c.fg_mask] > past_the_bins(c.dialect) - 1).any()
            ),
            "anchor outside": lambda c: bool(((c.target_bboxes[..., 2:] < c.anchor_points)[c.fg_mask]).any()),
        },
        _foregrounds,
        _possible,
    ),
    lambda c: {"pred_dist": c.pred_dist[..., ::-1].copy(), "pred_bboxes": c.target_bboxes, "target_scores": 1 - c.target_scores},
)
