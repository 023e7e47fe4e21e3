"""The IoU family and SIoU of `refimpl` against the second oracle, under every rule of a dialect: values and slopes."""

from __future__ import annotations

import numpy as np
import pytest

import refimpl
from refimpl import DECISIONS, oracle
from refimpl.oracle import draws
from refimpl.oracle.closeness import assert_close, is_defined, overlap_scale, slope_scale
from refimpl.siou import siou, siou_vjp
from refimpl.tests.decided import DIALECTS, SMALL

QUOTIENT, SLOPE = 8, 16
"""Allowances, in ulps of each scale, as in the tests of YOLOV8 alone, but wider: other rules add and divide once more."""

FAMILY = ("iou", "giou", "diou", "ciou", "siou")
OF_PAIRS = {field for field, row in DECISIONS.items() if {"IOU-1", "IOU-2", "IOU-4", "IOU-4g"} & set(row.clauses)} | {"iou_eps"}
PAIR_DIALECTS = [name for name, d in DIALECTS.items() if any(getattr(d, f) != getattr(SMALL, f) for f in OF_PAIRS)]


def values_of(op, boxes1, boxes2, dialect):
    return (siou if op == "siou" else getattr(refimpl, op))(boxes1, boxes2, dialect=dialect)


def slopes_of(op, boxes1, boxes2, dialect):
    vjp = siou_vjp if op == "siou" else getattr(refimpl, f"{op}_vjp")
    return np.concatenate(vjp(boxes1, boxes2, np.ones(len(boxes1)), dialect=dialect), axis=1)


def pairs(seed, count):
    """Ordinary, tiny, nested, far and lattice boxes, those of which no denominator is near 0."""
    rng = np.random.default_rng(seed)
    boxes = draws.boxes(rng, count)
    first = np.concatenate([boxes, boxes, boxes, draws.lattice_boxes(rng, 2 * count)])
    second = np.concatenate([
        draws.neighbours(rng, boxes), draws.boxes(rng, count), boxes + [1e-2, 2e-2, -1e-2, 3e-2], draws.lattice_boxes(rng, 2 * count)
    ])
    return first, second


def siou_scale(box1, box2):
    """What an error of the corners grows to in sides, and in the angle between centres, that are small beside them."""
    corners = np.array([box1, box2])
    sides, centres = corners[:, 2:] - corners[:, :2], (corners[:, 2:] + corners[:, :2]) / 2
    return 4 * np.abs(corners).max() * (1 / sides.min() + 1 / np.hypot(*(centres[1] - centres[0] + 1e-7)))


def upright(boxes):
    return (boxes[:, 2:] > boxes[:, :2]).all(axis=1)


def judged_pairs(op, seed, count, dialect):
    """Pairs on which the measure is defined; SIoU only of upright boxes."""
    first, second = pairs(seed, count)
    kept = [is_defined(*pair, dialect) for pair in zip(first.tolist(), second.tolist())]
    kept &= (upright(first) & upright(second)) | (op != "siou")
    return first[kept], second[kept]


@pytest.mark.parametrize("name", PAIR_DIALECTS)
@pytest.mark.parametrize("op", FAMILY)
def test_overlaps_agree_under_every_rule(op, name):
    dialect = DIALECTS[name]
    first, second = judged_pairs(op, 50, 10, dialect)

    got = values_of(op, first, second, dialect)

    table = list(zip(first.tolist(), second.tolist()))
    expected = [getattr(oracle, op)(*pair, dialect) for pair in table]
    scale = [1e-6 + (siou_scale(*pair) if op == "siou" else overlap_scale(op, *pair, dialect)) for pair in table]
    assert len(got) > 20
    assert_close(op, got, expected, ulps=QUOTIENT, scale=scale + np.abs(got))


def smooth(boxes1, boxes2):
    """(N,) bool: pairs in which no corners meet that min, max, clamp or |…| compare."""
    inner = np.minimum(boxes1[:, 2:], boxes2[:, 2:]) == np.maximum(boxes1[:, :2], boxes2[:, :2])
    kink = (boxes1 == boxes2).any(axis=1) | inner.any(axis=1)
    centres, sides = (boxes1 - boxes2), (boxes1[:, 2:] - boxes1[:, :2]) == (boxes2[:, 2:] - boxes2[:, :2])
    return ~(kink | sides.any(axis=1) | ((centres[:, :2] + centres[:, 2:]) == 0).any(axis=1))


@pytest.mark.parametrize("name", PAIR_DIALECTS)
@pytest.mark.parametrize("op", FAMILY)
def test_slopes_of_overlaps_agree_under_every_rule(op, name):
    dialect = DIALECTS[name]
    first, second = judged_pairs(op, 51, 2, dialect)
    kept = smooth(first, second)
    first, second = first[kept], second[kept]

    got = slopes_of(op, first, second, dialect)

    table = list(zip(first.tolist(), second.tolist()))
    expected = [oracle.gradient(oracle.frozen_overlap(op, *pair, dialect), sum(pair, [])) for pair in table]
    by = "iou" if op == "siou" else op
    scale = np.array([slope_scale(by, *pair, dialect) + slope_scale(by, *pair[::-1], dialect) for pair in table])
    if op == "siou":
        scale = scale + np.array([[siou_scale(*pair) ** 2 / np.abs(pair).max()] for pair in table])
    assert len(got) > 2
    assert_close(f"gradient of {op}", got, expected, ulps=SLOPE, scale=scale + np.abs(got))
