"""`refimpl` against the second oracle for every value of every decision: overlaps, assignments, losses, and their gradients.

Each value is tried alone, beside YOLOV8's, and as a preset has it among others.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import refimpl
from refimpl import DECISIONS, PRESETS, oracle
from refimpl.oracle import draws
from refimpl.oracle.closeness import assert_close, is_defined, overlap_scale, slope_scale
from refimpl.siou import siou, siou_vjp

SMALL = dataclasses.replace(refimpl.YOLOV8, num_classes=3, topk=3, reg_max=4, strides=(8, 16))

NUMBERS = {
    "topk2": 1, "reg_max": 1, "iou_eps": 1e-3, "overlap_eps": 1e-2, "inside_eps": 0.01, "norm_eps": 1e-4,
    "class_weights": (0.5, 2.0, 1.0),
}  # fmt: skip

ALONE = {
    **{f"{d.field}={v.value}": {d.field: v.value} for d in DECISIONS.values() for v in d.values[1:]},
    **{f"{field}={value}": {field: value} for field, value in NUMBERS.items()},
}
"""Every other value of a field, by itself."""

TOGETHER = {
    "own metric outside": {"owner_among": "all", "outside_metric": "own"},
    "zero metric outside": {"owner_among": "all"},
    "owner by metric of all": {"owner_among": "all", "outside_metric": "own", "owner_by": "metric"},
    "best of all, limited": {"at_least_one": True, "range_limit": True, "outside_metric": "own", "owner_among": "claimants"},
    "claimed, best claimant": {"normalised_over": "claimed", "score_of": "best_claimant", "owner_among": "claimants"},
    "none above": {"claim_above": 0, "owner_above": 0, "topk_among": "all_then_inside"},
    "no bins, kept best": {"reg_max": 1, "topk2": 2, "widen_gts": "to_second_stride"},
    "no ε anywhere": {"side_eps": "none", "union_eps": "none", "enclosing_eps": "none", "alpha_rule": "floor", "iou_eps": 1e-9},
    "α differentiated, gated": {"alpha_rule": "gated", "constant_alpha": False},
    "α differentiated, inside": {"aspect_factor": "inside", "constant_alpha": False, "ciou_range": (-1, 1)},
    "SIoU, zero sides": {"box_loss": "siou", "negative_sides": "zero", "side_eps": "aspect"},
}
"""Values that tell only beside others."""

DIALECTS = {
    **{name: dataclasses.replace(SMALL, **fields) for name, fields in {**ALONE, **TOGETHER}.items()},
    **{
        name: dataclasses.replace(preset, num_classes=3, topk=3, reg_max=min(preset.reg_max, 4), strides=(8, 16))
        for name, preset in PRESETS.items()
    },
}

QUOTIENT, SLOPE, NORMALISED, CHAIN = 8, 16, 512, 4096
"""Allowances, in ulps of each scale, as in the tests of YOLOV8 alone, but twice as wide: other rules add and divide once more."""

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
    assert_close(op, got, expected, ulps=QUOTIENT, scale=scale)


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


def scenes():
    """Crowded images with small boxes, a box that no anchor is inside, padding in the middle, and unequal scores."""
    for seed in range(3):
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


@pytest.mark.parametrize("name", DIALECTS)
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
