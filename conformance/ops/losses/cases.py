"""Logits and bin distributions: the inputs of decode and of the losses of one logit or distance."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from conformance.ops.boxes.cases import grid_points
from conformance.cases.case import Case, Cases, also_asked_before, always
from conformance.cases.draws import choices, in_precision, lattices, numbers, realness

SATURATED = (80.0, 79.0, -80.0)
HUGE = (1000.0, 999.0, -1000.0)
"""The largest two lie next to each other in some place, so that neither may be cut off."""


@st.composite
def logits_like(draw, event, shape, precision):
    """Draw logits that differ from bin to bin, so that losses depend on targets; or equal, or saturating ones."""
    if event == "equal logits":
        return np.full(shape, draw(st.sampled_from([0.0, 1.0, -3.0])))
    if event in ("saturated", "huge"):
        values = SATURATED if event == "saturated" else HUGE
        logits = draw(choices(shape, (0.0, *values, 1.0)), label="logits")
        if logits.size:
            first = 2 * draw(st.integers(0, (logits.size - 1) // 2), label="extreme")
            logits.flat[first : first + 2] = values[: min(2, logits.size - first)]
        return logits
    real = draw(realness(event), label="real")
    reach = draw(st.sampled_from([8, 40]), label="reach")
    logits = draw(numbers(shape, -reach, reach, step=1, precision=precision, real=real), label="logits")
    return in_precision(logits + np.arange(logits.size).reshape(shape) * 3 % 7, precision)


def extreme(name, least):
    """Whether some logit of that name is as large."""
    return lambda case: bool((np.abs(getattr(case, name)) >= least).any())


@st.composite
def _distributions(draw, event, precision, served):
    dialect = draw(st.sampled_from(served))
    images = draw(st.integers(1, 2), label="B")
    anchors = 20 if event == "many" else draw(st.integers(1, 3), label="A")
    logits = draw(logits_like(event, (images, anchors, 4 * dialect.reg_max), precision))
    return Case(dialect, {"pred_dist": logits, "anchor_points": draw(grid_points(anchors), label="anchor_points")})


DISTRIBUTIONS = also_asked_before(
    Cases(
        {
            "lattice": always,
            "real": always,
            "equal logits": lambda c: c.pred_dist.min() == c.pred_dist.max(),
            "saturated": extreme("pred_dist", 80),
            "huge": extreme("pred_dist", 1000),
            "many": lambda c: len(c.anchor_points) > 16,
        },
        _distributions,
    ),
    lambda c: {"pred_dist": c.pred_dist[..., ::-1].copy(), "anchor_points": c.anchor_points + 1},
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


LOGIT_TARGETS = also_asked_before(
    Cases(
        {
            "lattice": always,
            "real": always,
            "hard targets": lambda c: bool(np.isin(c.targets, (0, 1)).all()),
            "saturated": extreme("logits", 80),
            "huge": extreme("logits", 1000),
            "empty": lambda c: c.logits.size == 0,
            "many": lambda c: c.logits.size > 256,
        },
        _logit_targets,
    ),
    lambda c: {"logits": 1 - c.logits, "targets": 1 - c.targets},
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


BIN_TARGETS = also_asked_before(
    Cases(
        {
            "lattice": lambda c: not _past(c),
            "real": always,
            "close to a bin": lambda c: bool((np.abs(c.target - np.round(c.target)) == 2.0**-12).any()),
            "on a bin": lambda c: bool((c.target == np.floor(c.target)).all()),
            "saturated": extreme("pred_dist", 80),
            "huge": extreme("pred_dist", 1000),
            "empty": lambda c: len(c.target) == 0,
            "many": lambda c: len(c.target) > 16,
        },
        _bin_targets,
    ),
    lambda c: {"pred_dist": c.pred_dist[..., ::-1].copy(), "target": np.zeros_like(c.target)},
)

OUTSIDE_BIN_TARGETS = Cases(
    {"past the last bin": _past, "below zero": lambda c: bool((c.target < 0).any())},
    _bin_targets,
)
