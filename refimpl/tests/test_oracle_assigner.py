"""`refimpl` against the second oracle: the assigner, stage by stage and whole, decisions compared one by one.

Decisions are compared exactly, so the scenes hold either no two equal metrics or bit-equal ones, which go to the lowest
index.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import refimpl
from refimpl import oracle
from refimpl.oracle import draws
from refimpl.oracle.closeness import assert_close, overlap_scale

DIALECT = dataclasses.replace(refimpl.YOLOV8, num_classes=3, topk=4)

QUOTIENT = 4
"""The overlaps, as in test_oracle.py."""

POWERS = 8
"""The metric: the error of an overlap (QUOTIENT; beta is in the scale), then two powers and a product within 4 ulps."""

NORMALISED = 256
"""Target scores, at most 1: beta relative errors of an overlap whose scale is some tens, from two metrics."""


def assert_assignments_agree(scene: draws.Scene, dialect: refimpl.Dialect) -> list[oracle.Assignment]:
    got = refimpl.assign(*scene, dialect=dialect)

    assignments = []
    for b in range(len(scene.pd_scores)):
        slots = [
            oracle.Slot(int(label), box, bool(valid))
            for (label,), box, (valid,) in zip(scene.gt_labels[b], scene.gt_bboxes[b].tolist(), scene.mask_gt[b])
        ]
        points = scene.anchor_points.tolist()
        expected = oracle.assign(scene.pd_scores[b].tolist(), scene.pd_bboxes[b].tolist(), points, slots, dialect)
        owners = [int(g) if kept else None for g, kept in zip(got.target_gt_idx[b], got.fg_mask[b])]
        assert owners == expected.owners
        for a, g in enumerate(owners):
            if g is not None:
                assert got.target_labels[b, a] == slots[g].label
                assert got.target_bboxes[b, a].tolist() == slots[g].box
        scores = [
            [score if g is not None and slots[g].label == c else 0 for c in range(dialect.num_classes)]
            for g, score in zip(expected.owners, expected.scores)
        ]
        assert_close("target_scores", got.target_scores[b], scores, ulps=NORMALISED)
        assignments.append(expected)
    return assignments


def test_the_metric_and_the_overlaps_agree_on_and_off_the_mask():
    rng = np.random.default_rng(8)
    scene = draws.scene(rng)
    scene.pd_scores[:, :3] = [0.0, 1.0, 1e-35]
    scene.pd_bboxes[:, 3] = scene.gt_bboxes[:, 0]
    mask = rng.random((2, 4, 36)) < 0.7

    metric, overlaps = refimpl.alignment_metric(
        scene.pd_scores, scene.pd_bboxes, scene.gt_labels, scene.gt_bboxes, mask, dialect=DIALECT
    )

    for b, g, a in np.ndindex(mask.shape):
        if not mask[b, g, a]:
            assert metric[b, g, a] == overlaps[b, g, a] == 0
            continue
        score, pair = scene.pd_scores[b, a, scene.gt_labels[b, g, 0]], (scene.gt_bboxes[b, g], scene.pd_bboxes[b, a])
        t, u = oracle.alignment(score, *pair, DIALECT)
        scale = overlap_scale("ciou", *pair, DIALECT)
        assert_close("overlap", overlaps[b, g, a], u, ulps=QUOTIENT, scale=scale)
        slope = DIALECT.beta * float(u) ** (DIALECT.beta - 1) * float(score) ** DIALECT.alpha
        assert_close("metric", metric[b, g, a], t, ulps=POWERS, scale=slope * scale + float(t))


@pytest.mark.parametrize("k", [1, 4, 20])
def test_top_k_agrees_with_many_equal_and_many_zero_metrics(k):
    rng = np.random.default_rng(9)
    metric = rng.integers(0, 5, (3, 4, 20)) / 4.0
    metric[0, 0], metric[0, 1] = 0.0, rng.uniform(0, 1, 20)
    valid = np.array([True, True, True, False]).reshape(1, 4, 1) | (np.arange(3) == 0).reshape(3, 1, 1)

    got = refimpl.select_topk(metric, valid, dialect=dataclasses.replace(DIALECT, topk=k))

    for b, g in np.ndindex(3, 4):
        expected = oracle.select_topk(metric[b, g].tolist(), k) if valid[b, g, 0] else set()
        assert set(np.flatnonzero(got[b, g])) == expected


@pytest.mark.parametrize("gts", [0, 1, 4])
def test_owners_agree_with_contested_anchors_equal_overlaps_and_non_claimants(gts):
    rng = np.random.default_rng(10)
    claims, overlaps = rng.random((2, gts, 80)) < 0.4, rng.integers(0, 6, (2, gts, 80)) / 5.0

    owners, kept, mask = refimpl.resolve_conflicts(claims, overlaps, dialect=DIALECT)

    for b in range(2):
        expected = oracle.resolve_conflicts(claims[b].tolist(), overlaps[b].tolist()) if gts else [None] * 80
        assert [int(g) if owned else None for g, owned in zip(owners[b], kept[b])] == expected
        assert mask[b].tolist() == [[owner == g for owner in expected] for g in range(gts)]


def test_assignments_agree_where_gts_contest_anchors():
    contested = handed_over = 0
    for seed in range(12):
        scene = draws.scene(np.random.default_rng(seed), gts=7)

        for image in assert_assignments_agree(scene, DIALECT):
            claimants = [sum(column) for column in zip(*image.claims)]
            contested += sum(count > 1 for count in claimants)
            handed_over += sum(g is not None and not image.claims[g][a] for a, g in enumerate(image.owners))
    assert contested > 0 and handed_over > 0  # the scenes show what they are drawn for


@pytest.mark.parametrize("dialect", [
    dataclasses.replace(DIALECT, topk=10),
    dataclasses.replace(DIALECT, topk=36),
    dataclasses.replace(DIALECT, widen_gts="to_second_stride"),
    dataclasses.replace(DIALECT, alpha=1.0, beta=2.0),
    dataclasses.replace(DIALECT, topk_among="all"),
], ids=["k=10", "k=A", "sides widened", "alpha=1,beta=2", "claims outside"])
def test_assignments_agree_in_other_dialects_with_small_and_zero_area_gts(dialect):
    rng = np.random.default_rng(11)
    scene = draws.scene(rng)
    scene.gt_bboxes[:, 1, 2:] = scene.gt_bboxes[:, 1, :2] + rng.uniform(3, 7, (2, 2))
    scene.gt_bboxes[0, 2, 2:] = scene.gt_bboxes[0, 2, :2] + [9.0, 0.0]

    assert_assignments_agree(scene, dialect)


def test_assignments_agree_on_bit_equal_metrics_and_duplicate_gts():
    scene = draws.scene(np.random.default_rng(12))
    scene.pd_scores[:] = 0.25
    scene.pd_bboxes[:] = [8.0, 8.0, 40.0, 40.0]
    scene.gt_bboxes[:, :2] = [6.0, 9.0, 40.0, 42.0]

    for image in assert_assignments_agree(scene, DIALECT):
        assert 0 in image.owners and 1 not in image.owners


def test_assignments_agree_where_every_metric_is_zero_and_some_anchors_are_kept_all_the_same():
    scene = draws.scene(np.random.default_rng(13), gts=2)
    scene.pd_scores[:] = 0.0
    scene.gt_bboxes[:, 0] = [5.0, 0.0, 47.0, 47.0]

    for image in assert_assignments_agree(scene, DIALECT):
        assert image.owners[:5] == [None, 0, 0, 0, None]  # k = 4: anchors 0 to 3, of which 0 is outside


@pytest.mark.parametrize("gts", [0, 1])
def test_assignments_agree_without_any_object(gts):
    scene = draws.scene(np.random.default_rng(14), gts=gts)

    for image in assert_assignments_agree(scene, DIALECT):
        assert set(image.owners) == {None}
