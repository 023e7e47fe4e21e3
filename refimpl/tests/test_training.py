"""Averages, schedules and sizes, worked by hand."""

from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8
from refimpl.averages import ema_decay, ema_update
from refimpl.schedule import lr_factor, warmup
from refimpl.training_sizes import scaled_shape, training_sizes

COSINE = replace(YOLOV8, lr_shape="cosine")
FLOAT = replace(YOLOV8, float_rule="float64")


@pytest.mark.parametrize(
    "ramp, at_1, at_100, at_2000",
    [("exponential", 0.0005, 0.0488, 0.632), ("constant", 0.9999, 0.9999, 0.9999), ("rational", 0.182, 0.918, 0.9955),
     ("power", 0.370, 0.954, 0.994)],
)  # fmt: skip
def test_the_decay_of_the_first_updates_tells_the_ramps_apart(ramp, at_1, at_100, at_2000):
    dialect = replace(YOLOV8, ema_ramp=ramp)

    got = [ema_decay(u, dialect=dialect) for u in (1, 100, 2000)]

    np.testing.assert_allclose(got, [at_1, at_100, at_2000], atol=6e-4)


def test_the_average_keeps_its_share_and_seed_001_names_it_the_other_way_round():
    average, weights = np.array([1.0, 2.0]), np.array([3.0, 10.0])

    assert ema_update(average, weights, 0.75, dialect=YOLOV8).tolist() == [1.5, 4]
    assert ema_update(average, weights, 0, dialect=YOLOV8).tolist() == [3, 10]
    assert ema_update(average, weights, 1, dialect=YOLOV8).tolist() == [1, 2]


def test_after_one_update_almost_nothing_is_left_of_the_start():
    got = ema_update(np.array(1e6), np.array(0.0), ema_decay(1, dialect=YOLOV8), dialect=YOLOV8)

    assert 499 < got < 500


def test_rates_fall_along_a_line_or_a_cosine_and_the_last_epoch_does_not_reach_the_end():
    assert lr_factor(0, 100, dialect=YOLOV8) == lr_factor(0, 100, dialect=COSINE) == 1
    np.testing.assert_allclose(lr_factor(99, 100, dialect=YOLOV8), 0.0199)
    np.testing.assert_allclose(lr_factor(99, 100, dialect=COSINE), 0.010244, atol=1e-6)
    assert lr_factor(150, 100, dialect=YOLOV8) == 0.01


def test_a_warm_up_starts_at_its_start_and_lands_on_the_rate_of_its_epoch():
    first = warmup(0, 100, 0, 100, 16, dialect=YOLOV8)
    middle = warmup(150, 100, 1, 100, 16, dialect=YOLOV8)
    last = warmup(300, 100, 3, 100, 16, dialect=YOLOV8)

    assert first == (0, 0.1, 0.8, 1)
    np.testing.assert_allclose(middle[:3], [0.01 * 0.9901 / 2, (0.1 + 0.009901) / 2, 0.8685])
    assert middle.accumulate == 2  # 2.5, to the even neighbour
    np.testing.assert_allclose(last[:3], [0.01 * 0.9703, 0.01 * 0.9703, 0.937])
    assert last.accumulate == 4


def test_the_warm_up_ends_with_the_last_epoch_but_one_at_the_latest():
    assert warmup(7, 7, 1, 2, 16, dialect=YOLOV8).momentum == 0.937
    assert warmup(0, 7, 0, 1, 16, dialect=YOLOV8).momentum == 0.937
    assert warmup(50, 7, 7, 8, 16, dialect=replace(YOLOV8, warmup_cap="hundred_steps")).momentum < 0.9


def test_a_last_step_that_is_left_out_leaves_the_momentum_one_step_short():
    short = replace(YOLOV8, warmup_end="left_out")

    assert warmup(400, 100, 4, 100, 16, dialect=short).momentum == pytest.approx(0.937 - 0.137 / 300)


def test_a_warm_up_may_aim_at_the_first_rate():
    got = warmup(150, 100, 1, 100, 16, dialect=replace(YOLOV8, warmup_target="first_rate"))

    assert got.weight_rate == pytest.approx(0.005)


def test_at_least_one_batch_is_accumulated():
    assert warmup(10**6, 100, 99, 100, 200, dialect=YOLOV8).accumulate == 1


def test_sizes_are_multiples_of_the_stride_and_never_below_one():
    assert training_sizes(640, 0.5, 32, dialect=YOLOV8).tolist() == list(range(320, 961, 32))
    assert training_sizes(64, 1, 32, dialect=YOLOV8).tolist() == [32, 64, 96, 128]
    assert training_sizes(600, 0, 32, dialect=YOLOV8).tolist() == [576, 608]


def test_a_whole_quotient_is_not_rounded_up_by_a_hair():
    assert scaled_shape((608, 608), 672, 32, dialect=YOLOV8).tolist() == [672, 672]
    assert scaled_shape((608, 608), 672, 32, dialect=FLOAT).tolist() == [704, 704]
    assert scaled_shape((480, 640), 320, 32, dialect=YOLOV8).tolist() == [256, 320]
