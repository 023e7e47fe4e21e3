"""`refimpl` against the second oracle: the losses, from one logit to a whole batch of feature maps."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import refimpl
from refimpl import oracle
from refimpl.oracle import draws
from refimpl.oracle.closeness import assert_close, overlap_scale

DIALECT = dataclasses.replace(refimpl.YOLOV8, num_classes=3, topk=4)

SOFTPLUS = 4
"""bce_loss: exp and log1p within 2 ulps of a term below log 2, and three roundings of terms as large as the logit."""

CROSS_ENTROPY = 4
"""dfl_loss: the same on R terms, and a clamped target that float64 does not hold exactly; R is in the scale."""

CHAIN = 256
"""detection_loss chains all ops: its target scores are within NORMALISED of test_oracle_assigner.py, the rest is far below."""


def test_bce_agrees_for_saturated_logits_and_soft_targets():
    rng = np.random.default_rng(20)
    logits, targets = draws.logits(rng, 10, 50), rng.choice([0.0, 1.0, 0.3, 1e-7], (10, 50))

    got = refimpl.bce_loss(logits, targets, dialect=DIALECT)

    expected = [[oracle.bce(x, z) for x, z in zip(*rows)] for rows in zip(logits.tolist(), targets.tolist())]
    assert_close("bce_loss", got, expected, ulps=SOFTPLUS, scale=1 + abs(logits))


def test_bce_keeps_its_digits_where_the_loss_itself_is_tiny():
    logits, targets = np.array([80.0, -80.0, 40.0, 300.0]), np.array([1.0, 0.0, 1.0, 1.0])

    got = refimpl.bce_loss(logits, targets, dialect=DIALECT)

    assert_close("bce_loss", got, [oracle.bce(x, z) for x, z in zip(logits, targets)], ulps=SOFTPLUS, scale=np.exp(-abs(logits)))


@pytest.mark.parametrize("reg_max", [2, 16])
def test_dfl_agrees_at_whole_targets_below_zero_and_past_the_last_bin(reg_max):
    rng = np.random.default_rng(21)
    logits = draws.logits(rng, 60, 4 * reg_max)
    logits[::20] += 800.0  # e^800 overflows, the loss does not
    logits[1::20] -= 800.0
    targets = np.concatenate([
        rng.uniform(0, reg_max - 1, (20, 4)), rng.integers(0, reg_max, (20, 4)), rng.uniform(-2, 0, (10, 4)),
        reg_max - 1 + rng.uniform(-0.02, 5, (10, 4)),
    ])

    got = refimpl.dfl_loss(logits, targets, dialect=dataclasses.replace(DIALECT, reg_max=reg_max))

    expected = [oracle.dfl(row, target, reg_max) for row, target in zip(logits.tolist(), targets.tolist())]
    assert_close("dfl_loss", got, expected, ulps=CROSS_ENTROPY, scale=(1 + abs(logits).max(axis=1)) * (1 + reg_max))


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0], ids=["no foreground", "some", "all"])
def test_box_and_dfl_losses_agree_with_weights_of_several_classes(share):
    rng = np.random.default_rng(22)
    anchors = draws.grid_points(4, 1.0)
    half = rng.uniform(0.3, 20, (2, 2, 16, 4)) * [-1, -1, 1, 1]
    predicted, target = np.tile(anchors, 2) + half
    predicted[0, :4] = target[0, :4]
    logits, scores = draws.logits(rng, 2, 16, 64), rng.uniform(0, 1, (2, 16, 3))
    foreground, score_sum = rng.random((2, 16)) < share, np.array(7.25)

    box, dfl = refimpl.bbox_loss(logits, predicted, anchors, target, scores, score_sum, foreground, dialect=DIALECT)

    rows = [
        oracle.Row(logits[b, a].tolist(), anchors[a], predicted[b, a], target[b, a], scores[b, a])
        for b, a in zip(*np.nonzero(foreground))
    ]
    expected = oracle.bbox_loss(rows, score_sum, DIALECT)
    scales = [overlap_scale("ciou", row.predicted, row.target, DIALECT) for row in rows]
    weights = scores[foreground].sum(axis=1) / 7.25
    assert_close("box", box, expected[0], ulps=CROSS_ENTROPY, scale=weights @ (np.array(scales) + 1))
    assert_close("dfl", dfl, expected[1], ulps=CROSS_ENTROPY, scale=weights.sum() * (1 + 80) * (1 + 16))


BATCHES = {
    "two levels, wide": ([(4, 6), (2, 3)], [0, 0, 1, 1, 1], {}),
    "unsorted targets and an empty image": ([(6, 4), (3, 2)], [2, 0, 2, 0], {}),
    "no targets": ([(4, 4), (2, 2)], [], {}),
    "one level": ([(5, 5)], [0, 0, 0], {"strides": (16,)}),
    "few bins, so that distances are clamped": ([(6, 6), (3, 3)], [0, 1, 1, 0], {"reg_max": 4}),
    "two bins and one class": ([(4, 4), (2, 2)], [0, 1, 1], {"reg_max": 2, "num_classes": 1}),
    "small sides widened, other gains": ([(6, 6)], [0, 0, 1], {"strides": (8,), "widen_gts": "to_second_stride", "box_gain": 1.0}),
}


@pytest.mark.parametrize("batch", BATCHES)
def test_the_detection_loss_of_a_batch_agrees(batch):
    shapes, images, changes = BATCHES[batch]
    dialect = dataclasses.replace(DIALECT, **{"strides": (8, 16), **changes})
    for seed in range(2):
        rng = np.random.default_rng(seed)
        maps = draws.feature_maps(rng, shapes, 3, 4 * dialect.reg_max + dialect.num_classes)
        targets = draws.targets(rng, images, dialect.num_classes)

        got = refimpl.detection_loss(maps, targets, dialect=dialect)

        expected = oracle.detection_loss([level.tolist() for level in maps], targets.tolist(), dialect)
        assert_close("components", got.components, list(expected.components), ulps=CHAIN, scale=1 + abs(got.components))
        assert_close("total", got.total, expected.total, ulps=CHAIN, scale=1 + abs(float(got.total)))
        assert images or got.components[0] == got.components[2] == 0


def test_the_detection_loss_agrees_for_saturated_logits_and_an_object_off_the_image():
    rng = np.random.default_rng(23)
    dialect = dataclasses.replace(DIALECT, strides=(8, 16))
    maps = [draws.logits(rng, 2, 67, *shape) for shape in ((4, 4), (2, 2))]
    targets = np.array([[0, 0, 0.1, 0.4, 0.7, 0.7], [0, 2, 0.6, 0.5, 0.8, 0.9], [1, 1, 0.0, 0.0, 0.9, 0.9]])

    got = refimpl.detection_loss(maps, targets, dialect=dialect)

    expected = oracle.detection_loss([level.tolist() for level in maps], targets.tolist(), dialect)
    assert_close("components", got.components, list(expected.components), ulps=CHAIN, scale=1 + abs(got.components))
    assert_close("total", got.total, expected.total, ulps=CHAIN, scale=1 + abs(float(got.total)))
