"""Colours: tables of hue, saturation and value, and mixed images."""

from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8
from refimpl.colour import hsv_tables, mixup


def test_without_gains_nothing_changes_but_hues_that_are_none():
    hue, saturation, value = hsv_tables([0, 0, 0], dialect=YOLOV8)

    assert hue[:180].tolist() == list(range(180)) and hue[180:].tolist() == list(range(76))
    assert saturation.tolist() == value.tolist() == list(range(256))


def test_hue_turns_and_the_others_saturate():
    hue, saturation, value = hsv_tables([0.5, 1, -0.5], dialect=YOLOV8)

    assert hue[[0, 89, 90, 179]].tolist() == [90, 179, 0, 89]
    assert saturation[[0, 1, 127, 128, 255]].tolist() == [0, 2, 254, 255, 255]
    assert value[[0, 1, 3, 255]].tolist() == [0, 0, 1, 127]


@pytest.mark.parametrize("g", [-1e-20, -1e-17, -1e-12, 0.0, 1e-20])
def test_a_hair_below_no_turn_gives_no_illegal_hue(g):
    # (x + 180 g) mod 180 in floats is 180 at x = 0.
    assert hsv_tables([g, 0, 0], dialect=YOLOV8)[0].max() == 179


def test_black_and_white_stay_so():
    for gain in (-0.9, -0.3, 0.4, 1):
        _, saturation, value = hsv_tables([0, gain, gain], dialect=YOLOV8)

        assert saturation[0] == value[0] == 0


def test_before_8_3_79_hue_was_multiplied():
    hue = hsv_tables([0.5, 0, 0], dialect=replace(YOLOV8, hue_gain="multiplies"))[0]

    assert hue[[0, 100, 120, 130]].tolist() == [0, 150, 0, 15]


def grey(level):
    return np.full((1, 2, 3), level, np.uint8)


def test_the_weights_of_two_images_add_up_to_one():
    # Seed 001 writes λ on both: 0.6 · 250 + 0.6 · 250 = 300, which is 44 in uint8.
    assert mixup(grey(250), grey(250), 0.625, dialect=YOLOV8).tolist() == grey(250).tolist()
    assert (np.array(0.6 * 250 + 0.6 * 250).astype(np.int64) % 256) == 44


def test_the_first_image_has_the_weight():
    assert mixup(grey(200), grey(100), 0.75, dialect=YOLOV8)[0, 0, 0] == 175
    assert mixup(grey(200), grey(100), 1, dialect=YOLOV8)[0, 0, 0] == 200
    assert mixup(grey(200), grey(100), 0, dialect=YOLOV8)[0, 0, 0] == 100


def test_fractions_are_cut_off_or_rounded_where_the_dialect_says_so():
    near = replace(YOLOV8, mixup_rounding="nearest")

    assert mixup(grey(3), grey(2), 0.75, dialect=YOLOV8)[0, 0, 0] == 2
    assert mixup(grey(3), grey(2), 0.75, dialect=near)[0, 0, 0] == 3
