"""Logits, bin distributions and foreground anchors: the inputs of decode and of the losses."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from conformance.strategies.boxes import grid_points, upright
from conformance.strategies.case import Case, Cases, always
from conformance.strategies.numbers import choices, in_precision, lattices, numbers, realness, served_with

SATURATED = (80.0, -80.0)
HUGE = (1000.0, -1000.0)


@st.composite
def logits_like(draw, event, shape, precision):
    """Draw logits that differ from bin to bin, so that losses depend on targets; or equal, or saturating ones."""
    if event == "equal logits":
        return np.full(shape, draw(st.sampled_from([0.0, 1.0, -3.0])))
    if event in ("saturated", "huge"):
        extreme = SATURATED if event == "saturated" else HUGE
        logits = draw(choices(shape, (0.0, *extreme, 1.0)), label="logits")
        if logits.size:
            logits.flat[draw(st.integers(0, logits.size - 1), label="extreme")] = extreme[0]
        return logits
    real = draw(realness(event), label="real")
    reach = draw(st.sampled_from([8, 40]), label="reach")
    logits = draw(numbers(shape, -reach, reach, step=1, precision=precision, real=real), label="logits")
    return in_precision(logits + np.arange(logits.size).reshape(shape) * 3 % 7, precision)


def _extreme(name, least):
    return lambda case: bool((np.abs(getattr(case, name)) >= least).any())


@st.composite
def _distributions(draw, event, precision, served):
    dialect = draw(st.sampled_from(served))
    images = draw(st.integers(1, 2), label="B")
    anchors = 20 if event == "many" else draw(st.integers(1, 3), label="A")
    logits = draw(logits_like(event, (images, anchors, 4 * dialect.reg_max), precision))
    return Case(dialect, {"pred_dist": logits, "anchor_points": draw(grid_points(anchors), label="anchor_points")})


DISTRIBUTIONS = Cases(
    {
        "lattice": always,
        "real": always,
        "equal logits": lambda c: c.pred_dist.min() == c.pred_dist.max(),
        "saturated": _extreme("pred_dist", 80),
        "huge": _extreme("pred_dist", 1000),
        "many": lambda c: len(c.anchor_points) > 16,
    },
    _distributions,
)


@st.composite
def _logit_targets(draw, event, precision, served):
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=3), label="shape"))
    if event == "empty":
        shape = (0, *shape)
    if event == "many":
        shape = (2, 140)
    logits = draw(logits_like(event, shape, precision))
    hard = event == "hard targets"
    targets = choices(shape, (0.0, 1.0)) if hard else numbers(shape, 0, 1, step=1 / 16, precision=precision, real=event == "real")
    return Case(draw(st.sampled_from(served)), {"logits": logits, "targets": draw(targets, label="targets")})


LOGIT_TARGETS = Cases(
    {
        "lattice": always,
        "real": always,
        "hard targets": lambda c: bool(np.isin(c.targets, (0, 1)).all()),
        "saturated": _extreme("logits", 80),
        "huge": _extreme("logits", 1000),
        "empty": lambda c: c.logits.size == 0,
        "many": lambda c: c.logits.size > 256,
    },
    _logit_targets,
)


def _past(c):
    return bool((c.target > c.dialect.reg_max - 1.01).any())


@st.composite
def _bin_targets(draw, event, precision, served):
    dialect = draw(st.sampled_from(served))
    count = {"empty": 0, "many": 20}[event] if event in ("empty", "many") else draw(st.integers(1, 4), label="N")
    logits = draw(logits_like(event, (count, 4 * dialect.reg_max), precision))
    last = dialect.reg_max - 1
    if event == "on a bin":
        target = draw(lattices((count, 4), 0, last - 1), label="target")
    else:
        target = draw(numbers((count, 4), 0, last - 0.25, step=0.25, precision=precision, real=event == "real"), label="target")
    side = draw(st.integers(0, 3), label="side")
    if event == "close to a bin":
        target[0, side] = draw(st.integers(1, max(last - 1, 1)), label="bin") + draw(st.sampled_from([-1, 1])) * 2.0**-12
    if event == "past the last bin":
        target[0, side] = last + draw(st.sampled_from([0.0, -0.005, 0.25, 1.0, 5.5]), label="past")
    if event == "below zero":
        target[0, side] = draw(st.sampled_from([-0.5, -0.005, -3.0]), label="below")
    return Case(dialect, {"pred_dist": logits, "target": in_precision(target, precision)})


BIN_TARGETS = Cases(
    {
        "lattice": lambda c: not _past(c),
        "real": always,
        "close to a bin": lambda c: bool((np.abs(c.target - np.round(c.target)) == 2.0**-12).any()),
        "on a bin": lambda c: bool((c.target == np.floor(c.target)).all()),
        "saturated": _extreme("pred_dist", 80),
        "huge": _extreme("pred_dist", 1000),
        "empty": lambda c: len(c.target) == 0,
        "many": lambda c: len(c.target) > 16,
    },
    _bin_targets,
)

OUTSIDE_BIN_TARGETS = Cases(
    {"past the last bin": _past, "below zero": lambda c: bool((c.target < 0).any())},
    _bin_targets,
)


@st.composite
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
    near = draw(numbers((*shape, 8), 0.25, min(6, dialect.reg_max - 1.25), step=0.25, precision=precision, real=real), label="ltrb")
    if event == "past the last bin":
        near[..., 0] = dialect.reg_max + 0.5
    if event == "anchor outside":
        near[..., 2] = -0.25
    target = upright(points - near[..., :2], near[..., :2] + near[..., 2:4])
    pred = upright(points - near[..., 4:6], near[..., 4:6] + near[..., 6:])
    if event == "perfect":
        pred = target
    if event == "far apart, extreme aspect":  # high and narrow, low and wide: CIoU is below −1
        target[..., 2:] = target[..., :2] + [0.5, 6]
        pred = target[..., [0, 1, 0, 1]] + np.array([100, 60, 132, 60.5])
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
    total = draw(numbers((), 1, 8, step=0.5, precision=precision, real=real), label="target_scores_sum")
    arguments = {
        "pred_dist": draw(logits_like("real" if real else "lattice", (*shape, 4 * dialect.reg_max), precision)),
        "pred_bboxes": in_precision(pred, precision),
        "anchor_points": points,
        "target_bboxes": in_precision(target, precision),
        "target_scores": in_precision(scores, precision),
        "target_scores_sum": np.asarray(total, np.float64),
        "fg_mask": fg,
    }
    return Case(dialect, arguments)


FOREGROUNDS = Cases(
    {
        "lattice": always,
        "real": always,
        "several images": lambda c: len(c.fg_mask) > 1 and c.fg_mask.any(axis=1).any(),
        "far apart, extreme aspect": lambda c: bool((c.pred_bboxes[..., 0] > c.target_bboxes[..., 2] + 50).any()),
        "perfect": lambda c: bool((c.pred_bboxes == c.target_bboxes).all()),
        "many": lambda c: len(c.anchor_points) > 16,
        "scores on the background": lambda c: bool(c.target_scores[~c.fg_mask].any()),
        "two classes on an anchor": lambda c: bool(((c.target_scores > 0).sum(-1) > 1)[c.fg_mask].any()),
        "no foreground": lambda c: not c.fg_mask.any(),
        "zero weight": lambda c: bool((c.target_scores.sum(-1)[c.fg_mask] == 0).any()),
        "past the last bin": lambda c: bool(
            ((c.anchor_points - c.target_bboxes[..., :2])[c.fg_mask] > c.dialect.reg_max - 1).any()
        ),
        "anchor outside": lambda c: bool(((c.target_bboxes[..., 2:] < c.anchor_points)[c.fg_mask]).any()),
    },
    _foregrounds,
    lambda event, precision, served: event != "two classes on an anchor" or any(d.num_classes > 1 for d in served),
)
