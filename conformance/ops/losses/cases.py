"""Cases of the losses of one logit or distance, and of the foreground."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from conformance.cases.case import Case, Cases, also_asked_before, always
from conformance.cases.draws import choices, composite, in_precision, lattices, numbers
from conformance.cases.logits import extreme, logits_like
from conformance.judging.rounding import FLOAT32
from conformance.ops.losses.foregrounds import FOREGROUNDS, with_bins


@composite
def _logit_targets(draw, event, precision, served):
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=3), label="shape"))
    if event == "empty":
        shape = (0, *shape)
    if event == "many":
        shape = (2, 140)
    logits = draw(logits_like(event, shape, precision))
    hard = event == "hard targets"
    targets = choices(shape, (0.0, 1.0)) if hard else numbers(shape, 0, 1, step=1 / 16, precision=precision, real=event == "real")
    return Case.of(draw(st.sampled_from(served)), {"logits": logits, "targets": draw(targets, label="targets")})


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


OFF_A_BIN = {True: np.exp2([-9.0, -12, -15, -18]), False: np.exp2([-12.0, -18, -24, -30])}
"""How far the four sides lie off a bin, in float32 and in float64."""


def _past(c):
    return bool((c.target > c.dialect.reg_max - 1.01).any())


def _close(c):
    off = np.abs(c.target - np.round(c.target))
    return any((off[:1] == steps).all() for steps in OFF_A_BIN.values())


def _has_bins(event, precision, served):
    return bool(with_bins(served))


@composite
def _bin_targets(draw, event, precision, served):
    dialect = draw(st.sampled_from(with_bins(served)))
    count = {"empty": 0, "many": 20}[event] if event in ("empty", "many") else draw(st.integers(1, 4), label="N")
    logits = draw(logits_like(event, (count, 4 * dialect.reg_max), precision))
    last = dialect.reg_max - 1
    if event == "on a bin":
        target = draw(lattices((count, 4), 0, last - 1), label="target")
    else:
        target = draw(numbers((count, 4), 0, last - 0.25, step=0.25, precision=precision, real=event == "real"), label="target")
    side = draw(st.integers(0, 3), label="side")
    if event == "close to a bin":
        signs = draw(choices((4,), (1.0, -1.0)), label="before or after")
        target[0] = np.abs(draw(lattices((4,), 0, last - 1), label="bins") + signs * OFF_A_BIN[precision is FLOAT32])
    if event == "past the last bin":
        target[0, side] = last + draw(st.sampled_from([0.0, -0.005, 0.25, 1.0, 5.5]), label="past")
    if event == "below zero":
        target[0, side] = draw(st.sampled_from([-0.5, -0.005, -3.0]), label="below")
    return Case.of(dialect, {"pred_dist": logits, "target": in_precision(target, precision)})


BIN_TARGETS = also_asked_before(
    Cases(
        {
            "lattice": lambda c: not _past(c),
            "real": always,
            "close to a bin": _close,
            "on a bin": lambda c: bool((c.target == np.floor(c.target)).all()),
            "saturated": extreme("pred_dist", 80),
            "huge": extreme("pred_dist", 1000),
            "empty": lambda c: len(c.target) == 0,
            "many": lambda c: len(c.target) > 16,
        },
        _bin_targets,
        _has_bins,
    ),
    lambda c: {"pred_dist": c.pred_dist[..., ::-1].copy(), "target": np.zeros_like(c.target)},
)

OUTSIDE_BIN_TARGETS = Cases(
    {"past the last bin": _past, "below zero": lambda c: bool((c.target < 0).any())},
    _bin_targets,
    _has_bins,
)

CASES = {
    "bce_loss": LOGIT_TARGETS,
    "dfl_loss": BIN_TARGETS,
    "outside the bins": OUTSIDE_BIN_TARGETS,
    "bbox_loss": FOREGROUNDS,
}
