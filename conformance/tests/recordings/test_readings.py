"""Readings: a loss that takes maps or labels for something else than they are is told what it takes for what."""

from dataclasses import replace

import numpy as np
import pytest

from conformance.recordings.fields import differing
from conformance.recordings.judging import judge
from conformance.recordings.readings import misread, readings
from conformance.tests.recordings.test_judging import DIALECT, FACTS, made_of

TWO_LEVELS = replace(DIALECT, strides=(8, 16))


def a_step(seed=0, dialect=TWO_LEVELS):
    """A step of the reference: three images of 96 × 64 px, four boxes, two and one, in them however their numbers are read."""
    random = np.random.default_rng(seed)
    channels = 4 * dialect.reg_max + dialect.num_classes
    maps = [random.normal(size=(3, channels, 64 // s, 96 // s)).astype(np.float32) for s in dialect.strides]
    labels = [0, 0, 0, 0, 1, 1, 2], random.integers(0, dialect.num_classes, 7)
    boxes = random.uniform(0.2, 0.35, (7, 2)), random.uniform(0.4, 0.6, (7, 2))
    return made_of(maps, np.column_stack([*labels, *boxes]).astype(np.float32), dialect)


def step_of(recording, dialect):
    """What a loss that reads rightly makes of a recording, with the facts of these maps."""
    made = made_of(recording.maps, recording.targets, dialect)
    return made._replace(facts={**FACTS, "strides": dialect.strides, "reg_max": dialect.reg_max})


def back(of, meant):
    """What a loss is given and what comes back to it, of which it makes `meant`: the order of cells and channels undone."""
    numbered, start = [], 0
    for level in of.maps:
        numbered.append(np.arange(start, start + level.size, dtype=np.float64).reshape(level.shape))
        start += level.size
    moved = np.concatenate([level.ravel() for level in meant(of._replace(maps=numbered, gradients=numbered)).maps]).astype(int)
    made = step_of(meant(of), TWO_LEVELS)
    gradient = np.zeros(start, np.float32)
    gradient[moved] = np.concatenate([level.ravel() for level in made.gradients])
    parts = np.split(gradient, np.cumsum([level.size for level in of.maps])[:-1])
    return made._replace(maps=of.maps, targets=of.targets, gradients=[p.reshape(m.shape) for p, m in zip(parts, of.maps)])


ALL = list(readings(a_step(), TWO_LEVELS))

ORDERS = [one for one in ALL if one.words.startswith("the bins are read as")]

CHOSEN = [one for one in ALL if one not in ORDERS] + ORDERS[::8]


@pytest.mark.parametrize("reading", CHOSEN, ids=[reading.words for reading in CHOSEN])
def test_what_is_read_for_what_is_told(reading):
    recording = back(a_step(), reading.meant)

    found = judge(recording, TWO_LEVELS)

    assert found.verdict == "BREAKS"
    assert str(misread(recording, TWO_LEVELS, range(3))) == f"the step conforms if {reading.words}"


def test_what_is_read_rightly_is_told_of_nothing():
    recording = step_of(a_step(), TWO_LEVELS)

    assert differing(recording, TWO_LEVELS, judge(recording, TWO_LEVELS)) is None


def test_without_boxes_nothing_is_read_for_anything():
    recording = step_of(a_step()._replace(targets=np.zeros((0, 6), np.float32)), TWO_LEVELS)._replace(targets=a_step().targets)

    found = judge(recording, TWO_LEVELS)

    assert found.verdict == "BREAKS" and differing(recording, TWO_LEVELS, found) is None


def test_a_gain_is_told_besides():
    recording = back(a_step(), ALL[0].meant)
    recording = recording._replace(gradients=[2 * gradient for gradient in recording.gradients])

    told = str(differing(recording, TWO_LEVELS, judge(recording, TWO_LEVELS)))

    assert told.startswith(f"the step conforms if {ALL[0].words}; then the whole gradient is 2 times what it is to be")
