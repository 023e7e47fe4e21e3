"""Whole losses: every legal assignment is among those enumerated, nothing else is, and what cannot be told is left."""

from dataclasses import replace

import numpy as np
import pytest

import refimpl
from conformance.ops.head.legal_batches import coordinate_sums, legal_losses, owned, pixel_boxes, scenes
from conformance.judging.finding import Undecided
from conformance.ops.assigner.legal_sets import TooManyToDecide, broken_clause
from conformance.judging.rounding import FLOAT32, FLOAT64, PRECISIONS, Rounded
from conformance.cases.case import Case
from refimpl import YOLOV8
from refimpl.targets import PaddedTargets

PRECISION = pytest.mark.parametrize("precision", PRECISIONS.values(), ids=PRECISIONS)
DIALECT = replace(YOLOV8, num_classes=2, reg_max=4, strides=(8,), topk=2)


def batch(scores, targets, dialect=DIALECT):
    """One image of 2 × 2 cells whose boxes reach 1.5 cells to each side, with the given class logits (4, C)."""
    maps = np.zeros((1, 16 + dialect.num_classes, 2, 2))
    maps[0, 16:] = np.reshape(scores, (2, 2, -1)).transpose(2, 0, 1)
    return Case.of(dialect, {"feature_maps": [maps], "targets": np.array(targets, float).reshape(-1, 6)})


WHOLE_IMAGE = [0, 1, 0.5, 0.5, 1, 1]
TIED = batch(np.zeros((4, 2)), WHOLE_IMAGE)
RANKED = batch([[0, 3], [0, 2], [0, 1], [0, 0]], WHOLE_IMAGE)


def fits(components, losses):
    """Which of the legal losses these components equal within its bound."""
    return [bool((np.abs(components - loss.value) <= loss.error).all()) for loss in losses]


@PRECISION
@pytest.mark.parametrize("case, count", [(TIED, 6), (RANKED, 1)], ids=["tied", "ranked"])
def test_two_of_four_equal_anchors_make_six_legal_losses_and_ranked_ones_make_one(case, count, precision):
    losses = legal_losses(case, precision)

    assert len(losses) == count
    assert any(fits(refimpl.detection_loss(**case.arguments, dialect=DIALECT).components, losses))


@pytest.mark.parametrize(
    "fault",
    [{"box_gain": 7.4}, {"cls_gain": 0.51}, {"dfl_gain": 1.6}, {"topk": 1}, {"topk": 3}, {"beta": 6.01}, {"alpha": 1.0}],
    ids=str,
)
def test_the_loss_of_another_dialect_is_not_legal(fault):
    wrong = refimpl.detection_loss(**RANKED.arguments, dialect=replace(DIALECT, **fault)).components

    assert not any(fits(wrong, legal_losses(RANKED, FLOAT64)))


def test_an_anchor_that_lies_on_the_edge_of_its_box_by_exact_numbers_is_decided():
    # A box of 8 px about (8, 8): x1 = 4 = x of the first anchor, scaled exactly in any order.
    (loss,) = legal_losses(batch(np.zeros((4, 2)), [0, 1, 0.5, 0.5, 0.5, 0.5]), FLOAT32)

    assert np.isfinite(loss.error).all() and loss.value[0] == 0


def test_a_batch_whose_box_cannot_be_told_from_padding_is_undecided():
    # cx + cy = 0 up to the rounding of a third.
    third = float(np.float32(1 / 3))

    with pytest.raises(Undecided):
        legal_losses(batch(np.zeros((4, 2)), [0, 1, third, -third, 0.5, 0.5]), FLOAT32)


def test_the_reference_is_legal_where_claims_without_overlap_win_an_anchor_for_another_box():
    # Two strips through the left anchors align with no prediction, so each may claim any anchor. The reference takes anchor 0
    # for both; contested, it goes to the whole image, which claims anchor 3 alone: with k = 1 it owns two.
    strip = [0, 0, 0.25, 0.5, 0.0125, 0.875]
    case = batch([[0, 0], [0, 0], [0, 0], [0, 3]], [WHOLE_IMAGE, strip, strip], replace(DIALECT, topk=1))

    losses = legal_losses(case, FLOAT64)

    assert any(fits(refimpl.detection_loss(**case.arguments, dialect=case.dialect).components, losses))


def test_too_many_ties_in_a_batch_are_left_undecided():
    # Six legal assignments of each image, 36 of both.
    images = {"feature_maps": [TIED.feature_maps[0].repeat(2, axis=0)], "targets": TIED.targets.repeat(2, axis=0)}
    images["targets"][1, 0] = 1

    with pytest.raises(TooManyToDecide):
        legal_losses(Case.of(DIALECT, images), FLOAT64)


def scene_arguments(box, error=0.0):
    """One box, one anchor at (4, 4) that predicts the box."""
    boxes = Rounded([[box]], FLOAT32, error)
    return Rounded([[[0.5, 0.5]]], FLOAT32), boxes, np.array([[4.0, 4.0]]), np.array([[[1]]]), boxes, np.ones((1, 1, 1), bool)


@pytest.mark.parametrize("x1, error, inside", [(3.0, 0.5, True), (4.0, 0.0, False), (5.0, 0.5, False)])
def test_an_anchor_is_inside_or_outside_where_the_edge_is_known_well_enough(x1, error, inside):
    _, (scene,) = scenes(*scene_arguments([x1, 0.0, 8.0, 8.0], error), dialect=DIALECT)

    assert scene.inside.tolist() == [[inside]]


@pytest.mark.parametrize("x1, error", [(4.0, 2.0**-20), (3.5, 1.0)])
def test_an_anchor_that_cannot_be_told_from_an_edge_is_undecided(x1, error):
    with pytest.raises(Undecided):
        scenes(*scene_arguments([x1, 0.0, 8.0, 8.0], error), dialect=DIALECT)


@PRECISION
def test_corners_on_the_lattice_carry_no_error_and_others_do(precision):
    # Neither 5/16 nor 96 is a power of two: (30, 60) ± (9, 30).
    boxes = pixel_boxes(np.array([[0.3125, 0.375, 0.1875, 0.375], [0.3, 0.375, 0.17, 0.375]]), (160, 96), precision)

    assert boxes.value[0].tolist() == [21, 30, 39, 90]
    assert boxes.error[0].tolist() == [0, 0, 0, 0]
    assert (boxes.error[1, [0, 2]] > 0).all()


def test_a_corner_that_only_one_order_of_scaling_puts_on_the_lattice_carries_an_error():
    # 2/5 · 160 − 40 = 24, but (2/5 − 1/4) · 160 = 24.000000000000004.
    boxes = pixel_boxes(np.array([[0.4, 0.4, 0.5, 0.5]]), (160, 160), FLOAT64)

    assert boxes.value[0, 0] == 24 and (0.4 - 0.25) * 160 != 24
    assert boxes.error[0, 0] > 0


@PRECISION
def test_corners_cover_scaling_before_and_after_the_halving(precision):
    xywh = np.random.default_rng(1).uniform(0, 1, (200, 4)).astype(precision.dtype)
    size = np.array([480, 352] * 2, precision.dtype)

    bound = pixel_boxes(xywh.astype(np.float64), (352, 480), precision)

    for scaled_first in (True, False):
        rows = xywh * size if scaled_first else xywh
        corners = np.concatenate([rows[:, :2] - rows[:, 2:] / 2, rows[:, :2] + rows[:, 2:] / 2], axis=1)
        got = corners if scaled_first else corners * size
        assert (np.abs(got.astype(np.float64) - bound.value) <= bound.error).all()


def test_a_coordinate_sum_is_exact_where_its_corners_are():
    boxes = Rounded([[-8, -8, 8, 8], [-8, -8, 8, 8.0]], FLOAT32, [[0], [2.0**-20]])

    sums = coordinate_sums(boxes)

    assert sums.error[0] == 0 and sums.error[1] >= 4 * 2.0**-20


def test_what_follows_from_the_owners_of_the_reference_is_what_the_reference_assigns():
    rng = np.random.default_rng(2)
    dialect = replace(YOLOV8, num_classes=3, topk=3, strides=(8,))
    points = refimpl.make_anchors([(4, 4)], dialect=dialect).anchor_points * 8
    corner = rng.uniform(0, 12, (1, 2, 2))
    gt = PaddedTargets(
        rng.integers(0, 3, (1, 2, 1)),
        np.concatenate([corner, corner + rng.uniform(10, 20, (1, 2, 2))], axis=-1),
        np.ones((1, 2, 1), bool),
    )
    scores, boxes = rng.random((1, 16, 3)), gt.gt_bboxes[0, rng.integers(0, 2, 16)][np.newaxis] + rng.normal(size=(1, 16, 4))
    expected = refimpl.assign(scores, boxes, points, *gt, dialect=dialect)
    rounded = gt._replace(gt_bboxes=Rounded(gt.gt_bboxes, FLOAT64))

    alignment, (scene,) = scenes(Rounded(scores, FLOAT64), Rounded(boxes, FLOAT64), points, *rounded, dialect=dialect)
    owners = np.where(expected.fg_mask[0], expected.target_gt_idx[0], -1)
    got = owned(alignment, owners, rounded, slice(0, 1), dialect)

    assert expected.fg_mask.sum() > 3 and broken_clause(scene, owners) is None
    assert (got.target_labels == expected.target_labels)[expected.fg_mask].all()
    assert (got.target_bboxes.value == expected.target_bboxes)[expected.fg_mask].all()
    assert (np.abs(got.target_scores.value - expected.target_scores) <= got.target_scores.error).all()
