"""The gradients of the losses of `refimpl` against differences of the second oracle, from one logit to a whole batch.

What is a constant of a gradient is frozen in the oracle: weights, S, assignment, and alpha of ciou as the dialect has
it.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import refimpl
from refimpl import oracle
from refimpl.oracle import draws
from refimpl.oracle.closeness import assert_close, slope_scale

DIALECT = dataclasses.replace(refimpl.YOLOV8, num_classes=3, topk=4, reg_max=4)
FREE_ALPHA = dataclasses.replace(DIALECT, constant_alpha=False)

SIGMOID = 2
"""bce_loss: exp within an ulp, a quotient and a difference of numbers in [0, 1]."""

SOFTMAX = 8
"""dfl_loss: exp and log within 2 ulps and R additions, R and the logits in the scale; the clamped target is inexact."""

FOREGROUND = 16
"""bbox_loss: SLOPE or SOFTMAX of the parts, times a weight that is a sum over classes and a quotient."""

CHAIN = 512
"""detection_loss: target scores within CHAIN of test_oracle_losses.py, and what follows from them."""


def test_logits_learn_their_probability_less_their_target_saturated_ones_too():
    rng = np.random.default_rng(40)
    logits, targets = draws.logits(rng, 60), rng.choice([0.0, 1.0, 0.3, 1e-7], 60)
    logits[:4], g = [1000, -1000, 1000, -1000], rng.normal(size=60)
    targets[:4] = [0, 0, 1, 1]

    got = refimpl.bce_loss_vjp(logits, targets, g, dialect=DIALECT)

    slopes = [oracle.gradient(lambda x: oracle.bce(x[0], z), [logit])[0] for logit, z in zip(logits, targets)]
    expected = [oracle.real(w) * slope for w, slope in zip(g, slopes)]
    assert_close("gradient of bce_loss", got, expected, ulps=SIGMOID, scale=np.abs(g))


def test_a_logit_that_is_sure_and_right_keeps_the_digits_of_its_tiny_gradient():
    logits = np.array([-80.0, -40.0, -170.0])

    got = refimpl.bce_loss_vjp(logits, np.zeros(3), np.ones(3), dialect=DIALECT)

    expected = [oracle.gradient(lambda x: oracle.bce(x[0], 0), [logit])[0] for logit in logits]
    assert_close("gradient of bce_loss", got, expected, ulps=SIGMOID, scale=np.exp(logits))


@pytest.mark.parametrize("reg_max", [2, 16])
def test_bins_learn_at_whole_targets_below_zero_and_past_the_last_bin(reg_max):
    rng = np.random.default_rng(41)
    logits, g = draws.logits(rng, 7, 4 * reg_max), rng.normal(size=7)
    logits[5] += 800.0  # e^800 overflows, the gradient does not
    logits[6, ::3] = 1000.0
    g[4] = 0.0
    last = reg_max - 1
    targets = np.array([[0, 1, last, last - 0.01], [last - 0.005, last + 0.2, 100, -3], *rng.uniform(0, last, (5, 4))])

    got = refimpl.dfl_loss_vjp(logits, targets, g, dialect=dataclasses.replace(DIALECT, reg_max=reg_max))

    for n in range(7):
        slopes = oracle.gradient(lambda x: oracle.dfl(x, targets[n], reg_max), logits[n])
        scale = np.abs(g[n]) / 4 * (reg_max + np.abs(logits[n]).max())
        expected = [oracle.real(g[n]) * slope for slope in slopes]
        assert_close("gradient of dfl_loss", got[n], expected, ulps=SOFTMAX, scale=scale)


def foreground_case(rng):
    """Arguments of `bbox_loss` over 2 × 4 anchors: background, weight 0, equal boxes, a box far away."""
    anchors = draws.grid_points(2, 1.0)
    half = rng.uniform(0.3, 5, (2, 2, 4, 4)) * [-1, -1, 1, 1]
    predicted, target = np.tile(anchors, 2) + half
    predicted[0, 1] = [500, 500, 501, 600]
    target[0, 1] = [0, 0, 100, 1]
    scores = rng.uniform(0, 1, (2, 4, 3))
    scores[0, 0] = 0.0
    fg = np.array([[1, 1, 1, 0], [0, 1, 0, 0]], bool)
    return draws.logits(rng, 2, 4, 16), predicted, anchors, target, scores, np.array(7.25), fg


@pytest.mark.parametrize("dialect", [DIALECT, FREE_ALPHA], ids=["alpha constant", "alpha differentiated"])
@pytest.mark.parametrize("cotangents", [(1.0, 1.0), (0.0, -2.0), (1.5, 0.0)])
def test_foreground_boxes_and_bins_get_the_gradient_of_their_weighted_losses(dialect, cotangents):
    case = logits, predicted, anchors, target, scores, score_sum, fg = foreground_case(np.random.default_rng(42))

    dist, boxes = refimpl.bbox_loss_vjp(*case, *cotangents, dialect=dialect)

    at = np.nonzero(fg)
    rows = [
        oracle.Row(logits[b, a].tolist(), anchors[a], predicted[b, a].tolist(), target[b, a], scores[b, a])
        for b, a in zip(*at)
    ]
    numbers = [number for row in rows for number in (*row.logits, *row.predicted)]
    slopes = oracle.gradient(oracle.frozen_bbox_loss(rows, score_sum, cotangents, dialect), numbers)
    table = [slopes[i: i + 20] for i in range(0, len(slopes), 20)]
    weights = scores[at].sum(axis=1)[:, np.newaxis] / 7.25
    by_box = [slope_scale("ciou", row.predicted, row.target, dialect) for row in rows]
    box_scale, dfl_scale = weights * np.array(by_box) * abs(cotangents[0]), weights * (4 + 80) * abs(cotangents[1])
    assert_close("pred_bboxes", boxes[at], [row[16:] for row in table], ulps=FOREGROUND, scale=box_scale)
    assert_close("pred_dist", dist[at], [row[:16] for row in table], ulps=FOREGROUND, scale=dfl_scale)
    assert not dist[~fg].any() and not boxes[~fg].any() and not boxes[0, 0].any()


BATCHES = {
    "two levels, wide": ([(1, 3), (1, 2)], [0, 0, 0], {"strides": (8, 16)}),
    "unsorted targets and an empty image": ([(2, 1)], [2, 0, 2], {}),
    "no targets": ([(2, 1)], [], {}),
    "two bins and one class": ([(2, 2)], [0, 1, 1], {"reg_max": 2, "num_classes": 1}),
    "alpha differentiated": ([(2, 2)], [0, 0], {"constant_alpha": False}),
    "other gains": ([(2, 2)], [0, 0], {"box_gain": 1.0, "cls_gain": 3.0, "dfl_gain": 0.25}),
}
"""Of few anchors, channels and images: each number of a map costs the oracle two losses of the batch."""


@pytest.mark.parametrize("batch", BATCHES)
def test_the_gradient_of_the_detection_loss_agrees_on_every_map(batch):
    shapes, images, changes = BATCHES[batch]
    dialect = dataclasses.replace(DIALECT, **{"strides": (8,), "topk": 2, "reg_max": 3, **changes})
    rng = np.random.default_rng(43)
    maps = draws.feature_maps(rng, shapes, max(images, default=0) + 1, 4 * dialect.reg_max + dialect.num_classes)
    targets = draws.targets(rng, images, dialect.num_classes)

    got = refimpl.detection_loss_vjp(maps, targets, -1.5, dialect=dialect)

    tables = [level.tolist() for level in maps]
    numbers = np.concatenate([level.ravel() for level in maps])
    slopes = oracle.gradient(oracle.frozen_detection_loss(tables, targets.tolist(), dialect), numbers)
    assert [level.shape for level in got] == [level.shape for level in maps]
    flat = np.concatenate([level.ravel() for level in got])
    assert_close("gradient", flat, [-1.5 * slope for slope in slopes], ulps=CHAIN, scale=np.abs(flat).max())
    assert not images or any(level[:, :4].any() for level in got)
