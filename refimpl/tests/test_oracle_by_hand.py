"""The oracle itself, against numbers worked by hand."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from types import SimpleNamespace

from refimpl import YOLOV8, oracle
from refimpl.oracle.scalars import MP


def rules(**changes):
    """The fields of YOLOV8 with exact numbers in place of some."""
    return SimpleNamespace(**{**dataclasses.asdict(YOLOV8), "num_classes": 2, "reg_max": 4, "strides": (8,), "topk": 2, **changes})


DIALECT, NO_EPS = rules(), rules(iou_eps=0, overlap_eps=0)
TINY = MP.mpf(10) ** -40


def test_anchors_run_along_x_first_and_name_x_first():
    points, strides = oracle.make_anchors([(1, 2), (1, 1)], [8, 16])

    assert points == [(0.5, 0.5), (1.5, 0.5), (0.5, 0.5)]
    assert strides == [8, 8, 16]


def test_decoding_reproduces_the_seeds_worked_example_less_its_slip():
    # Seed 002: anchor (20.6, 18.3); the seed's y2 = 21.88 is an arithmetic slip for 18.3 + 4.74.
    bins = [
        {8: 0.05, 9: 0.05, 10: 0.6, 11: 0.3}, {3: 0.03, 4: 0.2, 5: 0.7, 6: 0.07},
        {11: 0.02, 12: 0.1, 13: 0.8, 14: 0.08}, {4: 0.4, 5: 0.5, 6: 0.06, 7: 0.04},
    ]
    logits = [MP.log(MP.mpf(side[j])) if j in side else MP.mpf(-200) for side in bins for j in range(16)]

    box = oracle.decode(logits, (20.6, 18.3), 16)

    assert [round(float(side), 12) for side in box] == [10.45, 13.49, 33.54, 23.04]


def test_distances_are_clamped_to_zero_and_a_hundredth_before_the_last_bin():
    assert oracle.bbox2dist((2, 2), (1, 3, 99, 3.5), 16) == [1, 0, Fraction(1499, 100), 1.5]
    assert oracle.dist2bbox([1, 2, 3, 4], (0.5, 0.5)) == [-0.5, -1.5, 3.5, 4.5]


def test_two_overlapping_squares_have_the_textbook_overlaps():
    pair = ((0, 0, 2, 2), (1, 1, 3, 3), NO_EPS)

    assert oracle.iou(*pair) == Fraction(1, 7)
    assert oracle.giou(*pair) == Fraction(1, 7) - Fraction(2, 9)
    assert oracle.diou(*pair) == Fraction(1, 7) - Fraction(1, 9)
    assert abs(oracle.ciou(*pair) - MP.mpf(2) / 63) < TINY


def test_ciou_of_a_lying_and_a_standing_box_follows_the_paper():
    v = 4 / MP.pi**2 * (MP.atan(2) - MP.atan(MP.mpf(1) / 2)) ** 2

    got = oracle.ciou((0, 0, 2, 1), (0, 0, 1, 2), NO_EPS)

    # inter 1, union 3; centres (1, 1/2) and (1/2, 1): d^2 = 1/2; enclosing square of side 2: c^2 = 8
    assert abs(got - (MP.mpf(1) / 3 - MP.mpf(1) / 16 - v / (MP.mpf(2) / 3 + v) * v)) < TINY


def test_the_epsilon_sits_on_heights_the_union_and_the_enclosing_measures():
    pair = ((0, 0, 1, 1), (0, 0, 1, 1), rules(iou_eps=Fraction(1, 10)))

    assert oracle.iou(*pair) == 1 / (Fraction(22, 10) - 1 + Fraction(1, 10))
    assert oracle.giou(*pair) == Fraction(10, 13) - (Fraction(11, 10) - Fraction(13, 10)) / Fraction(11, 10)
    assert oracle.diou(*pair) == Fraction(10, 13)


def test_boxes_that_do_not_meet_share_nothing_even_if_both_gaps_are_negative():
    assert oracle.iou((0, 0, 1, 1), (2, 2, 3, 3), NO_EPS) == 0
    assert oracle.iou((1, 1, 0, 0), (2, 2, 4, 4), NO_EPS) == 0


def test_padding_keeps_order_of_appearance_and_drops_boxes_whose_corners_sum_to_nothing():
    targets = [[1, 3, 0.5, 0.5, 0.5, 0.25], [0, 2, 0.5, 0.5, 1, 1], [1, 4, 0, 0, 0.5, 0.5]]

    first, second, third = oracle.pad_targets(targets, 3, (64, 128))

    assert first == [(2, [0, 0, 128, 64], True), (0, [0, 0, 0, 0], False)]
    assert second == [(3, [32, 24, 96, 40], True), (4, [-32, -16, 32, 16], False)]
    assert third == [(0, [0, 0, 0, 0], False)] * 2
    assert oracle.pad_targets([], 2, (64, 64)) == [[], []]


def test_an_anchor_on_or_within_epsilon_of_an_edge_is_outside():
    assert not oracle.is_candidate((4, 4), (4, 0, 8, 8), DIALECT)
    assert not oracle.is_candidate((1e-9, 4), (0, 0, 8, 8), DIALECT)
    assert oracle.is_candidate((1.0000000001e-9, 4), (0, 0, 8, 8), DIALECT)


def test_a_short_side_is_widened_about_its_centre_for_the_in_box_test():
    assert oracle.is_candidate((4, 4), (9, 0, 11, 99), rules(strides=(8, 16), widen_gts="to_second_stride"))
    assert not oracle.is_candidate((4, 4), (11, 0, 13, 99), rules(strides=(8, 16), widen_gts="to_second_stride"))
    assert not oracle.is_candidate((4, 4), (4, 0, 21, 99), rules(strides=(8, 16), widen_gts="to_second_stride"))


def test_the_metric_is_score_to_alpha_times_overlap_to_beta():
    exact_dialect = NO_EPS

    # inside one another, same shape and centre: ciou = iou = 1/4
    assert oracle.alignment(0.25, (0, 0, 4, 4), (1, 1, 3, 3), exact_dialect) == (MP.mpf(2) ** -13, 0.25)
    assert oracle.alignment(0.25, (0, 0, 1, 1), (5, 5, 6, 6), DIALECT) == (0, 0)


def test_equal_metrics_go_to_the_lower_anchor_and_zeros_are_kept():
    assert oracle.select_topk([0.5, 0.7, 0.5, 0.9], 3) == {1, 3, 0}
    assert oracle.select_topk([0, 0, 0], 2) == {0, 1}


def test_a_contested_anchor_goes_to_the_largest_overlap_claimed_or_not():
    claims = [[True, True, False, True], [True, False, False, True], [False, False, False, False]]
    overlaps = [[0.1, 0, 0.9, 0.5], [0.2, 0.9, 0.9, 0.5], [0.3, 0.9, 0.9, 0.1]]

    assert oracle.resolve_conflicts(claims, overlaps) == [2, 0, None, 0]


def test_the_best_anchor_of_a_gt_scores_its_best_overlap():
    # two anchors in one gt; predictions of overlap 1 and 1/4 with scores 1/16 and 1, hence metrics 1/4 and 2^-12
    gt = oracle.Slot(1, [0, 0, 4, 4], True)
    no_eps = SimpleNamespace(**{**vars(DIALECT), "iou_eps": Fraction(1, 10**60), "overlap_eps": Fraction(1, 10**60), "norm_eps": 0})

    got = oracle.assign([[0, 1 / 16], [0, 1]], [[0, 0, 4, 4], [1, 1, 3, 3]], [(1, 1), (3, 3)], [gt], no_eps)

    assert got.owners == [0, 0]
    assert abs(got.scores[0] - 1) < TINY
    assert abs(got.scores[1] - MP.mpf(2) ** -10) < TINY


def test_losses_of_flat_logits_are_logarithms():
    assert abs(oracle.bce(0, 0.3) - MP.log(2)) < TINY
    assert abs(oracle.dfl([0] * 16, [0, 1.5, 3, 99], 4) - MP.log(4)) < TINY
    assert abs(oracle.bce(80, 0) - 80 - MP.exp(-80)) < TINY
    assert abs(oracle.bce(-80, 1) - 80 - MP.exp(-80)) < TINY


def test_a_target_of_5_3_weighs_bins_5_and_6_by_0_7_and_0_3():
    side = [0] * 5 + [1] + [0] * 10

    got = oracle.dfl(side * 4, [Fraction(53, 10)] * 4, 16)

    assert abs(got - (MP.log(15 + MP.e) - MP.mpf(7) / 10)) < TINY


def test_a_batch_without_objects_costs_only_its_class_logits():
    maps = [[[[[0.0] * 3] * 2] * 18] * 2]

    loss = oracle.detection_loss(maps, [], DIALECT)

    assert abs(loss.total - 2 * 0.5 * 2 * 6 * 2 * MP.log(2)) < TINY
    assert loss.components[0] == loss.components[2] == 0


def test_a_single_object_in_a_flat_batch_has_the_loss_worked_by_hand():
    # One 16 px gt over the 2 x 2 cells of one image, all logits 0: each side is 1.5, each score 1/2, R = 4, k = 2. The four
    # predictions are 24 px squares about their anchors and tie, so anchors 0 and 1 are kept. In px: prediction (-8, -8, 16, 16),
    # gt (0, 0, 16, 16): iou = 256 / 576 = 4/9, d^2 = 32, c^2 = 1152, same aspect: ciou = 4/9 - 1/36 = 5/12.
    dialect = SimpleNamespace(**{**vars(DIALECT), "iou_eps": 0, "overlap_eps": 0, "norm_eps": 0})
    u, flat = MP.mpf(5) / 12, MP.log(2)

    loss = oracle.detection_loss([[[[[0.0] * 2] * 2] * 18]], [[0, 1, 0.5, 0.5, 1, 1]], dialect)

    assert loss.constants.assignments[0].owners == [0, 0, None, None]
    assert abs(loss.components[0] - 7.5 * 2 * u * (1 - u)) < TINY  # S = max(2u, 1) = 1, each weight is u
    assert abs(loss.components[1] - 0.5 * 8 * flat) < TINY
    assert abs(loss.components[2] - 1.5 * 2 * u * MP.log(4)) < TINY


def test_the_gradient_oracle_differentiates_polynomials_and_bce():
    slopes = oracle.gradient(lambda x: x[0] ** 2 * x[1], [3, 5])
    (slope,) = oracle.gradient(lambda x: oracle.bce(x[0], 0.25), [0.7])

    assert max(abs(slopes[0] - 30), abs(slopes[1] - 9)) < 1e-29
    assert abs(slope - (1 / (1 + MP.exp(-MP.mpf(0.7))) - MP.mpf(1) / 4)) < 1e-29


def test_a_frozen_alpha_is_constant_under_the_gradient_and_a_free_one_is_not():
    box, gt, eps = [0.0, 0.0, 10.0, 4.0], [1.0, 2.0, 6.0, 9.0], DIALECT
    alpha = oracle.ciou_alpha(box, gt, eps)

    frozen = oracle.gradient(lambda b: oracle.ciou(b, gt, eps, alpha), box)
    free = oracle.gradient(lambda b: oracle.ciou(b, gt, eps), box)
    parts = oracle.gradient(lambda b: oracle.diou(b, gt, eps), box), oracle.gradient(lambda b: oracle.ciou(b, gt, eps, 1), box)

    assert oracle.ciou(box, gt, eps, alpha) == oracle.ciou(box, gt, eps)
    for held, whole, d, d_minus_v in zip(frozen, free, *parts):
        assert abs(held - (d - alpha * (d - d_minus_v))) < 1e-28
        assert abs(held - whole) > 1e-4
