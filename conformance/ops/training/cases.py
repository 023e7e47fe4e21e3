"""Updates, epochs and steps: the inputs of averages and schedules."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from conformance.cases.case import Case, Cases, also_asked_before, always
from conformance.cases.draws import composite, numbers, realness

UPDATES = {"first": 1, "none yet": 0, "as many as tau": 2000, "fifteen tau": 30000, "late": 200000}


@composite
def _decay_cases(draw, event, precision, served):
    updates = UPDATES.get(event)
    updates = draw(st.integers(0, 6000), label="updates") if updates is None else updates
    return Case.of(draw(st.sampled_from(served)), {"updates": updates})


DECAYS = also_asked_before(
    Cases(
        {"lattice": always, "real": always, **{name: (lambda c, u=u: c.updates == u) for name, u in UPDATES.items()}},
        _decay_cases,
    ),
    lambda c: {"updates": c.updates + 100},
)


@composite
def _update_cases(draw, event, precision, served):
    shape = draw(st.sampled_from([(3,), (2, 2), (), (0,)]), label="shape")
    if event in ("weights alone", "average alone", "equal", "far apart", "scalar"):
        shape = () if event == "scalar" else (3,)
    real = draw(realness(event), label="real")
    average, value = (
        np.array(draw(numbers(shape, -8, 8, step=0.25, precision=precision, real=real), label=name))
        for name in ("average", "value")
    )
    decay = draw(st.sampled_from([0.5, 0.75, 0.9999, 0.0005]), label="decay")
    if event == "weights alone":
        decay = 0.0
    if event == "average alone":
        decay = 1.0
    if event == "equal":
        value = average.copy()
    if event == "far apart":
        average[0], value[0] = 2.0**20, 2.0**-10
    return Case.of(draw(st.sampled_from(served)), {"average": average, "value": value, "decay": decay})


END_EVENTS = {
    "weights alone": lambda c: c.decay == 0,
    "average alone": lambda c: c.decay == 1,
    "equal": lambda c: bool((c.average == c.value).all()),
}
UPDATED = also_asked_before(
    Cases(
        {
            "lattice": always,
            "real": always,
            "far apart": lambda c: bool((np.abs(c.average) > 1000).any()),
            "scalar": lambda c: c.average.shape == (),
        },
        _update_cases,
    ),
    lambda c: {"value": c.value + 1},
)
ENDS = Cases(END_EVENTS, _update_cases)
"""Decays at their ends, and averages that are there."""


@composite
def _factor_cases(draw, event, precision, served):
    epochs = 1 if event == "one epoch" else draw(st.integers(2, 300), label="epochs")
    epoch = {"first": 0, "one epoch": 0, "last": epochs - 1, "past the end": epochs + 3, "just the end": epochs}.get(
        event
    )
    epoch = draw(st.integers(0, epochs - 1), label="epoch") if epoch is None else epoch
    return Case.of(draw(st.sampled_from(served)), {"epoch": epoch, "epochs": epochs})


FACTORS = Cases(
    {
        "lattice": always,
        "real": always,
        "first": lambda c: c.epoch == 0,
        "last": lambda c: c.epoch == c.epochs - 1,
        "just the end": lambda c: c.epoch == c.epochs,
        "past the end": lambda c: c.epoch > c.epochs,
        "one epoch": lambda c: c.epochs == 1,
    },
    _factor_cases,
)


@composite
def _warmup_cases(draw, event, precision, served):
    per_epoch, epochs = draw(st.integers(2, 200), label="steps_per_epoch"), draw(st.integers(5, 300), label="epochs")
    if event == "few steps":
        per_epoch = draw(st.integers(1, 20), label="few")
    if event == "few epochs":
        epochs = draw(st.integers(2, 3), label="few")
    if event == "one epoch":
        epochs = 1
    if event == "half a batch":
        epochs = 3
    if event == "batches just a half":
        per_epoch, epochs = 2 * draw(st.integers(17, 100), label="steps_per_epoch / 2"), draw(st.integers(5, 300))
    warm = min(3, epochs - 1) * per_epoch
    step = draw(st.integers(0, max(warm - 1, 0)), label="step")
    step = {
        "first step": 0, "last step of the warm-up": warm, "after the warm-up": warm + 2 * per_epoch,
        "second epoch": per_epoch + 1, "just before the end": max(warm - 1, 0), "half a batch": per_epoch,
        "batches just a half": warm // 2,
    }.get(event, step)  # fmt: skip
    batch = draw(st.sampled_from([16, 64, 8, 24, 128]), label="batch_size")
    if event in ("large batch", "half a batch", "batches just a half"):
        batch = 200 if event == "large batch" else 16
    arguments = {
        "step": step,
        "steps_per_epoch": per_epoch,
        "epoch": min(step // per_epoch, epochs - 1),
        "epochs": epochs,
    }
    return Case.of(draw(st.sampled_from(served)), {**arguments, "batch_size": batch})


WARMUPS = Cases(
    {
        "lattice": always,
        "real": always,
        "first step": lambda c: c.step == 0,
        "second epoch": lambda c: c.epoch == 1,
        "just before the end": lambda c: c.step == 3 * c.steps_per_epoch - 1,
        "last step of the warm-up": lambda c: c.step == 3 * c.steps_per_epoch,
        "after the warm-up": lambda c: c.step > 3 * c.steps_per_epoch,
        "few steps": lambda c: c.steps_per_epoch <= 20,
        "few epochs": lambda c: c.epochs in (2, 3),
        "one epoch": lambda c: c.epochs == 1,
        "large batch": lambda c: c.batch_size == 200,
        "batches just a half": lambda c: c.batch_size == 16 and 2 * c.step == 3 * c.steps_per_epoch,
        "half a batch": lambda c: c.batch_size == 16 and 2 * c.step == (c.epochs - 1) * c.steps_per_epoch and c.epochs == 3,
    },
    _warmup_cases,
)

CASES = {"ema_decay": DECAYS, "ema_update": UPDATED, "lr_factor": FACTORS, "warmup": WARMUPS, "averages at their ends": ENDS}
