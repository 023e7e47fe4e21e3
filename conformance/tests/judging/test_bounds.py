"""Bounds of whole formulas: what the reference gives in either precision lies within, and they are not absurdly wide."""

import dataclasses

import numpy as np
import pytest

import refimpl
from conformance.calling.candidate import Candidate
from conformance.candidates import dense_numpy, reference32
from conformance.judging.rounding import PRECISIONS, Rounded
from refimpl import YOLOV8

PRECISION = pytest.mark.parametrize("precision", PRECISIONS.values(), ids=PRECISIONS)


def pairs(count):
    """Box pairs of every kind: far and near, nearly equal, thin, of zero area."""
    rng = np.random.default_rng(6)
    corner, side = rng.uniform(0, 320, (2, count, 2)), np.exp(rng.uniform(-3, 6, (2, count, 2)))
    boxes1, boxes2 = np.concatenate([corner, corner + side], axis=-1)
    near = rng.random(count) < 0.5
    boxes2[near] = boxes1[near] + rng.normal(size=(near.sum(), 4)) * np.exp(rng.uniform(-12, 2, (near.sum(), 1)))
    boxes2[::50, 2] = boxes2[::50, 0]
    return boxes1, boxes2


@PRECISION
@pytest.mark.parametrize("factory", [reference32.factory, dense_numpy.factory], ids=["reference", "dense"])
@pytest.mark.parametrize("op", ["iou", "giou", "diou", "ciou"])
def test_right_answers_lie_within_their_bounds(op, factory, precision):
    boxes = [x.astype(precision.dtype) for x in pairs(4000)]
    bound = getattr(refimpl, op)(*(Rounded(x, precision) for x in boxes), dialect=YOLOV8)

    (got,) = Candidate(factory, YOLOV8, "word").call(op, YOLOV8, boxes, precision)

    assert (np.abs(got - bound.value) <= bound.error).all()


@PRECISION
@pytest.mark.parametrize("op, units", [("iou", 60), ("giou", 100), ("diou", 60), ("ciou", 60)])
def test_the_bound_of_ordinary_box_pairs_is_some_roundings_wide(op, units, precision):
    rng = np.random.default_rng(4)
    corner = rng.uniform(0, 320, (2000, 2))
    boxes = np.concatenate([corner, corner + rng.uniform(16, 320, (2000, 2))], axis=-1)
    near = boxes + rng.uniform(-8, 8, boxes.shape)
    boxes1, boxes2 = (Rounded(x.astype(precision.dtype), precision) for x in (boxes, near))

    bound = getattr(refimpl, op)(boxes1, boxes2, dialect=YOLOV8)

    assert np.median(bound.error) < units * precision.u
    assert np.isfinite(bound.error).all()


@PRECISION
def test_the_bound_of_decoded_boxes_and_of_losses_is_some_roundings_wide(precision):
    rng = np.random.default_rng(5)
    logits, points = rng.normal(size=(1, 500, 64)) * 3, rng.integers(0, 40, (500, 2)) + 0.5
    numbers = Rounded(logits.astype(precision.dtype), precision)
    dialect = dataclasses.replace(YOLOV8, num_classes=64)

    boxes = refimpl.decode_boxes(numbers, Rounded(points, precision), dialect=dialect)
    bce = refimpl.bce_loss(numbers, Rounded(np.full(logits.shape, 0.5), precision))
    dfl = refimpl.dfl_loss(numbers[0], Rounded(np.full((500, 4), 5.25), precision), dialect=dialect)

    # Sums of 16 exponentials, times up to 15 bins; a handful of ufuncs; sums of 16 exponentials under a logarithm.
    assert np.median(boxes.error) < 1000 * precision.u
    assert np.median(bce.error) < 40 * precision.u
    assert np.median(dfl.error) < 500 * precision.u
