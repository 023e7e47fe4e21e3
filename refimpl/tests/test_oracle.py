"""`refimpl` against the second oracle, from anchors to candidates: two derivations that share no code must agree.

The assigner is in test_oracle_assigner.py, the losses are in test_oracle_losses.py. Allowances are in ulps of the op's
own scale (oracle/closeness.py says what that is); an allowance counts the roundings of a sane float64 evaluation,
generously.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import refimpl
from refimpl import oracle
from refimpl.oracle import draws
from refimpl.oracle.closeness import assert_close, is_defined, overlap_scale

DIALECT = dataclasses.replace(refimpl.YOLOV8, num_classes=3, topk=4)

ONE_ROUNDING = 1
"""A single sum or difference: half an ulp of the result, and as much again for the constant it is clamped to."""

PRODUCTS = 2
"""pad_targets: a product or two and a difference, each half an ulp of the image's side at most."""

QUOTIENT = 4
"""The IoU family: up to eight roundings of half an ulp each from corner to quotient, arctan within 2 ulps."""

SOFTMAX = 4
"""An expectation: exp within 2 ulps of each weight, R additions in each of two sums, one quotient; R is in the scale."""


def assert_overlaps_agree(op: str, boxes1: np.ndarray, boxes2: np.ndarray) -> None:
    got = getattr(refimpl, op)(boxes1, boxes2, dialect=DIALECT)

    pairs = list(zip(boxes1.tolist(), boxes2.tolist()))
    expected = [getattr(oracle, op)(*pair, DIALECT) for pair in pairs]
    scale = [overlap_scale(op, *pair, DIALECT) for pair in pairs]
    assert_close(op, got, expected, ulps=QUOTIENT, scale=scale)


def test_anchors_equal_the_oracles_exactly():
    shapes = [(3, 5), (2, 1), (1, 4)]

    points, strides = refimpl.make_anchors(shapes, dialect=DIALECT)

    expected_points, expected_strides = oracle.make_anchors(shapes, DIALECT.strides)
    assert [tuple(point) for point in points.tolist()] == expected_points
    assert strides.tolist() == [[stride] for stride in expected_strides]


def test_boxes_from_distances_agree_to_one_rounding():
    rng = np.random.default_rng(1)
    distance, anchors = rng.uniform(-2, 16, (2, 50, 4)), rng.uniform(-5, 80, (50, 2))

    got = refimpl.dist2bbox(distance, anchors, dialect=DIALECT)

    expected = [[oracle.dist2bbox(row, anchor) for row, anchor in zip(rows, anchors.tolist())] for rows in distance.tolist()]
    assert_close("dist2bbox", got, expected, ulps=ONE_ROUNDING, scale=abs(distance) + abs(np.tile(anchors, 2)))


@pytest.mark.parametrize("reg_max", [2, 16])
def test_distances_from_boxes_agree_to_one_rounding_and_at_both_clamps(reg_max):
    rng = np.random.default_rng(2)
    dialect = dataclasses.replace(DIALECT, reg_max=reg_max)
    anchors = rng.integers(0, 20, (60, 2)) + 0.5
    boxes = np.stack([rng.uniform(-5, 25, (60, 4)), np.tile(anchors, 2), draws.lattice_boxes(rng, 60) * 9])

    got = refimpl.bbox2dist(anchors, boxes, dialect=dialect)

    points = anchors.tolist()
    expected = [[oracle.bbox2dist(anchor, box, reg_max) for anchor, box in zip(points, rows)] for rows in boxes.tolist()]
    assert_close("bbox2dist", got, expected, ulps=ONE_ROUNDING, scale=abs(boxes) + abs(np.tile(anchors, 2)) + reg_max)
    assert {0, oracle.exact(reg_max - 1) - oracle.exact(1) / 100} <= {side for rows in expected for row in rows for side in row}


@pytest.mark.parametrize("reg_max", [2, 16])
def test_decoded_boxes_agree_for_ordinary_saturated_and_equal_logits(reg_max):
    rng = np.random.default_rng(3)
    dialect = dataclasses.replace(DIALECT, reg_max=reg_max)
    logits, anchors = draws.logits(rng, 2, 20, 4 * reg_max), rng.uniform(0, 80, (20, 2))
    logits[0, 0], logits[0, 1] = 80.0, -80.0
    logits[1, 0] += 800.0  # e^800 overflows, the box does not
    logits[1, 1] -= 800.0

    got = refimpl.decode_boxes(logits, anchors, dialect=dialect)

    expected = [[oracle.decode(row, anchor, reg_max) for row, anchor in zip(rows, anchors.tolist())] for rows in logits.tolist()]
    assert_close("decode_boxes", got, expected, ulps=SOFTMAX, scale=reg_max + abs(np.tile(anchors, 2)))


@pytest.mark.parametrize("op", ["iou", "giou", "diou", "ciou"])
def test_overlaps_of_ordinary_tiny_distant_and_identical_boxes_agree(op):
    rng = np.random.default_rng(4)
    boxes = draws.boxes(rng, 150)
    others = [draws.neighbours(rng, boxes), draws.boxes(rng, 150), boxes, boxes * (1 + 1e-9)]

    assert_overlaps_agree(op, np.tile(boxes, (4, 1)), np.concatenate(others))


@pytest.mark.parametrize("op", ["iou", "giou", "diou", "ciou"])
def test_overlaps_on_the_lattice_agree_with_zero_area_and_inverted_boxes_among_them(op):
    rng = np.random.default_rng(5)
    boxes1, boxes2 = draws.lattice_boxes(rng, 800), draws.lattice_boxes(rng, 800)
    boxes1[:100] = boxes2[:100]
    defined = [is_defined(*pair, DIALECT) for pair in zip(boxes1.tolist(), boxes2.tolist())]

    assert sum(defined) > 600
    assert_overlaps_agree(op, boxes1[defined], boxes2[defined])


@pytest.mark.parametrize("images", [[0, 0, 2, 2, 2], [2, 0, 2, 0, 2], [1], []], ids=["sorted", "unsorted", "one", "none"])
def test_padded_targets_agree_for_any_order_and_for_images_without_objects(images):
    rng = np.random.default_rng(6)
    targets = draws.targets(rng, images, 3)
    targets[1:2, 2:] = [0.25, -0.25, 0.5, 0.5]  # corners sum to 0 on a square image: padding, not an object
    targets[2:3, 2:] = [0.25, -0.125, 0.5, 0.5]  # partly off the image, but an object
    targets[3:4, 2:] = [0.001, 0.001, 0.5, 0.5]  # corners sum to less than a pixel, but an object

    got = refimpl.pad_targets(targets, 3, (96, 96), dialect=DIALECT)
    wide = refimpl.pad_targets(targets, 3, (64, 160), dialect=DIALECT)

    for padded, image_size in ((got, (96, 96)), (wide, (64, 160))):
        expected = oracle.pad_targets(targets.tolist(), 3, image_size)
        most = len(expected[0])
        assert padded.gt_bboxes.shape == (3, most, 4)
        assert padded.gt_labels.tolist() == [[[slot.label] for slot in slots] for slots in expected]
        assert (padded.mask_gt != 0).tolist() == [[[slot.valid] for slot in slots] for slots in expected]
        boxes = [[slot.box for slot in slots] for slots in expected]
        assert_close("gt_bboxes", padded.gt_bboxes, boxes, ulps=PRODUCTS, scale=max(image_size))


@pytest.mark.parametrize("widen_gts", ["never", "to_second_stride", "below_first_to_second"])
def test_candidates_agree_with_edges_on_anchor_centres_and_negative_corners(widen_gts):
    rng = np.random.default_rng(7)
    dialect = dataclasses.replace(DIALECT, widen_gts=widen_gts)
    anchors = np.concatenate([draws.grid_points(6, 8.0), [[1e-9, 20.0], [2e-9, 20.0]]])  # the first is not inside x1 = 0
    on_centres = np.sort(rng.integers(-2, 7, (2, 20, 2, 2)) * 8.0 + 4.0, axis=2).reshape(2, 20, 4)
    degenerate = draws.lattice_boxes(rng, 40).reshape(2, 20, 4) * 4
    gts = np.concatenate([on_centres, rng.uniform(-20, 60, (2, 20, 4)), degenerate], axis=1)
    gts[0, 0], gts[0, 1] = [0, 0, 40, 40], [4 - 1e-9, 0, 4 + 1e-9, 40]
    valid = np.ones((2, 60, 1), dtype=bool)

    got = refimpl.candidates_in_gts(anchors, gts, valid, dialect=dialect)

    expected = [
        [[oracle.is_candidate(anchor, gt, dialect) for anchor in anchors.tolist()] for gt in image]
        for image in gts.tolist()
    ]
    assert got.tolist() == expected
