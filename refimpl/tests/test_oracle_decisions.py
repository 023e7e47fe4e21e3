"""The assigner and the losses of `refimpl` against the second oracle, for every value of every decision, with gradients."""

from __future__ import annotations

import numpy as np
import pytest

import refimpl
from refimpl import DECISIONS, NUMBERS, PRESETS, oracle
from refimpl.oracle import draws
from refimpl.oracle.closeness import assert_close
from refimpl.tests.decided import DIALECTS, SMALL

NORMALISED, CHAIN = 512, 4096
"""Allowances, in ulps of each scale, as in the tests of YOLOV8 alone, but wider: other rules add and divide once more."""


def scenes():
    """Crowded images with small boxes, a box that no anchor is inside, padding in the middle, and unequal scores."""
    for seed in range(2):
        rng = np.random.default_rng(60 + seed)
        scene = draws.scene(rng, gts=6)
        scene.gt_bboxes[:, 1, 2:] = scene.gt_bboxes[:, 1, :2] + rng.uniform(2, 12, (2, 2))
        scene.gt_bboxes[:, 2] = [9.0, 9.0, 11.0, 11.5]
        scene.mask_gt[1, 3] = False
        scene.pd_scores[:, ::5] = 0.0
        yield scene


ASSIGNING = [n for n, d in DIALECTS.items() if d.reg_max > 1 or d.topk2 is not None or n in PRESETS]


@pytest.mark.parametrize("name", ASSIGNING)
def test_assignments_agree_under_every_rule(name):
    dialect = DIALECTS[name]
    for scene in scenes():
        strides = np.where(np.arange(len(scene.anchor_points)) % 2, 8.0, 16.0)[:, np.newaxis]

        got = refimpl.assign(*scene, strides, dialect=dialect)

        for b in range(2):
            rows = zip(scene.gt_labels[b, :, 0], scene.gt_bboxes[b].tolist(), scene.mask_gt[b, :, 0])
            slots = [oracle.Slot(int(label), box, bool(valid)) for label, box, valid in rows]
            given = scene.pd_scores[b].tolist(), scene.pd_bboxes[b].tolist(), scene.anchor_points.tolist(), slots
            expected = oracle.assign(*given, dialect, strides[:, 0].tolist())
            owners = [int(g) if fg else None for g, fg in zip(got.target_gt_idx[b], got.fg_mask[b])]
            assert owners == expected.owners
            scores = [
                [s if g is not None and slots[g].label == c else 0 for c in range(3)] for g, s in zip(owners, expected.scores)
            ]
            assert_close("target_scores", got.target_scores[b], scores, ulps=NORMALISED)


BATCH = ([(4, 5), (2, 3)], [0, 0, 1, 1])


def batch(dialect, seed=70):
    shapes, images = BATCH
    rng = np.random.default_rng(seed)
    maps = draws.feature_maps(rng, shapes, 2, 4 * dialect.reg_max + 3)
    targets = draws.targets(rng, images, 3)
    targets[1, 2:] = [0.6, 0.5, 0.25, 0.3]
    targets[3, 2:] = [-0.05, -0.05, 0.25, 0.25]
    return maps, targets


@pytest.mark.parametrize("name", DIALECTS)
def test_detection_losses_agree_under_every_rule(name):
    dialect = DIALECTS[name]
    maps, targets = batch(dialect)

    got = refimpl.detection_loss(maps, targets, dialect=dialect)

    expected = oracle.detection_loss([level.tolist() for level in maps], targets.tolist(), dialect)
    size = np.abs(got.components).sum()
    assert_close("components", got.components, list(expected.components), ulps=CHAIN, scale=size)
    assert_close("total", got.total, expected.total, ulps=CHAIN, scale=2 * size)


OF_THE_ASSIGNER = {field for field, row in {**DECISIONS, **NUMBERS}.items() if any(id.startswith("TAL") for id in row.clauses)}
"""Fields that only decide which anchor learns what: a gradient does not see them."""

LEARNING = [
    name for name, dialect in DIALECTS.items()
    if name in PRESETS or any(value != vars(SMALL)[field] for field, value in vars(dialect).items() if field not in OF_THE_ASSIGNER)
]  # fmt: skip


@pytest.mark.parametrize("name", LEARNING)
def test_gradients_of_detection_losses_agree_under_every_rule(name):
    dialect = DIALECTS[name]
    maps, targets = batch(dialect, seed=71)
    rng = np.random.default_rng(72)
    directions = [[rng.normal(size=level.shape) for level in maps] for _ in range(2)]

    got = refimpl.detection_loss_vjp(maps, targets, 1.5, dialect=dialect)

    tables = [level.tolist() for level in maps]
    loss = oracle.frozen_detection_loss(tables, targets.tolist(), dialect)
    for direction in directions:  # Two slopes of the whole batch: one along each is a difference of two losses.
        start, along = ([float(x) for level in arrays for x in level.ravel()] for arrays in (maps, direction))
        exact = [(oracle.real(x), oracle.real(d)) for x, d in zip(start, along)]
        (slope,) = oracle.gradient(lambda step: loss([x + step[0] * d for x, d in exact]), [0.0])
        pulled = sum(float((g * d).sum()) for g, d in zip(got, direction))
        scale = sum(float(np.abs(g * d).sum()) for g, d in zip(got, direction))
        assert_close("slope", pulled, 1.5 * slope, ulps=CHAIN, scale=scale)
