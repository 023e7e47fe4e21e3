"""Averages, schedules and sizes against the second oracle."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8
from refimpl.averages import ema_decay, ema_update
from refimpl.oracle import training as oracle
from refimpl.oracle.closeness import assert_close
from refimpl.schedule import lr_factor, warmup
from refimpl.training_sizes import scaled_shape, training_sizes


def test_decays_agree():
    updates = [0, 1, 2, 100, 2000, 100000]

    got = [ema_decay(u, dialect=YOLOV8) for u in updates]

    assert_close("decay", got, [oracle.decay(u, 0.9999, 2000) for u in updates], ulps=3)


def test_an_average_of_many_updates_is_the_weighted_sum_of_all_it_saw():
    rng = np.random.default_rng(0)
    values, decays = rng.normal(0, 1, (60, 5)), rng.uniform(0, 1, 59)

    average = values[0]
    for value, decay in zip(values[1:], decays):
        average = ema_update(average, value, decay, dialect=YOLOV8)

    expected = [oracle.average(column, decays.tolist()) for column in values.T.tolist()]
    assert_close("average", average, expected, ulps=12)


@pytest.mark.parametrize("shape", ["linear", "cosine"])
def test_factors_agree_over_a_whole_training(shape):
    dialect = replace(YOLOV8, lr_shape=shape)

    got = [lr_factor(e, 37, dialect=dialect) for e in range(40 if shape == "linear" else 38)]

    expected = [oracle.factor(e, 37, 0.01, cosine=shape == "cosine") for e in range(len(got))]
    assert_close("factor", got, expected, ulps=4)


@pytest.mark.parametrize(
    "epochs, per_epoch, batch", [(100, 50, 16), (2, 7, 64), (1, 5, 8), (10, 3, 100), (100, 50, 24)]
)
def test_warm_ups_agree_at_every_step(epochs, per_epoch, batch):
    steps = [(i, i // per_epoch) for i in range(min(epochs, 4) * per_epoch)]

    got = [warmup(i, per_epoch, e, epochs, batch, dialect=YOLOV8) for i, e in steps]

    expected = [oracle.warm(i, per_epoch, e, epochs, batch, YOLOV8) for i, e in steps]
    assert [row.accumulate for row in got] == [row[3] for row in expected]
    assert_close("rates", [row[:3] for row in got], [row[:3] for row in expected], ulps=4)


@pytest.mark.parametrize("share", [0, 0.25, 0.5, 0.3, 0.9, 1])
@pytest.mark.parametrize("stride", [1, 32, 64])
def test_sizes_are_those_some_draw_leads_to(share, stride):
    for size in (32, 320, 600, 640, 1280):
        assert training_sizes(size, share, stride, dialect=YOLOV8).tolist() == sorted(oracle.sizes(size, share, stride))


def test_scaled_shapes_are_the_least_multiples_that_suffice():
    rng = np.random.default_rng(1)
    for shape in rng.integers(1, 1000, (300, 2)).tolist() + [[608, 608], [640, 640]]:
        for size in (32, 672, 641):
            assert scaled_shape(shape, size, 32, dialect=YOLOV8).tolist() == oracle.scaled(shape, size, 32)
