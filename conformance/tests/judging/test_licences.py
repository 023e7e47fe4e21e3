"""Licensed forms are the formula in exact arithmetic, and their bounds cover what such an implementation computes."""

from dataclasses import replace

import numpy as np
import pytest

import refimpl
from conformance.ops.boxes.licences import decode_about_the_middle, decode_by_log_sum, decode_in_either_form, gathered_bin_by_bin
from conformance.ops.losses.licences import bce_slack
from conformance.ops.overlaps.licences import ciou_by_arctan2
from conformance.judging.rounding import FLOAT32, FLOAT64, PRECISIONS, Rounded, widened
from refimpl import YOLOV8

PRECISION = pytest.mark.parametrize("precision", PRECISIONS.values(), ids=PRECISIONS)
DIALECT = replace(YOLOV8, reg_max=8)


def within(got, bound):
    return (np.abs(np.asarray(got, np.float64) - bound.value) <= bound.error).all()


def agree(one, other):
    return (np.abs(one.value - other.value) <= one.error + other.error).all()


@PRECISION
@pytest.mark.parametrize("reach", [4, 80, 1000])
def test_an_expectation_may_be_taken_under_a_log_softmax_and_about_the_middle_bin(precision, reach):
    logits = np.random.default_rng(1).normal(size=(2, 50, 32)).astype(precision.dtype) * precision.dtype.type(reach)
    points = np.zeros((50, 2))
    arguments = Rounded(logits, precision), Rounded(points, precision)

    forms = (decode_by_log_sum, decode_about_the_middle, decode_in_either_form)
    by_log_sum, about_middle, either = (form(*arguments, dialect=DIALECT) for form in forms)
    usual = refimpl.decode_boxes(*arguments, dialect=DIALECT)

    sides, bins = logits.reshape(2, 50, 4, 8), np.arange(8, dtype=precision.dtype)
    largest = sides.max(-1, keepdims=True)
    log_softmax = sides - (np.log(np.exp(sides - largest).sum(-1, keepdims=True)) + largest)
    softmax = np.exp(sides - largest) / np.exp(sides - largest).sum(-1, keepdims=True)
    about_the_middle = (softmax * (bins - bins.dtype.type(3.5))).sum(-1) + bins.dtype.type(3.5)
    assert within((np.exp(log_softmax) * bins).sum(-1) * [-1, -1, 1, 1], by_log_sum)
    assert within((np.exp(log_softmax) * bins).sum(-1) * [-1, -1, 1, 1], either)
    assert within(about_the_middle * [-1, -1, 1, 1], about_middle)
    for bound in (by_log_sum, about_middle, either):
        assert agree(bound, usual) and (reach > 4 or not within(usual.value * (1 + 1e-4), bound))


@PRECISION
@pytest.mark.parametrize("reg_max", [8, 64])
@pytest.mark.parametrize("ahead", [0, 60])
def test_slopes_of_the_bins_may_be_taken_under_a_log_sum_gathered_bin_by_bin(precision, reg_max, ahead):
    rng, dialect = np.random.default_rng(1), replace(YOLOV8, reg_max=reg_max)
    logits = (rng.normal(scale=4, size=(1, 100, 4 * reg_max)) + ahead).astype(precision.dtype)
    target = rng.uniform(0, reg_max - 1.1, (100, 4)).astype(precision.dtype)
    of_decode = Rounded(logits, precision), Rounded(np.zeros((100, 2)), precision), Rounded(np.ones((1, 100, 4)), precision)
    of_loss = Rounded(logits[0], precision), Rounded(target, precision), Rounded(np.ones(100), precision)

    decode, loss = (
        [form(*arguments, dialect=dialect) for form in (vjp, gathered_bin_by_bin(vjp))]
        for vjp, arguments in ((refimpl.decode_boxes_vjp, of_decode), (refimpl.dfl_loss_vjp, of_loss))
    )

    sides, bins = logits[0].reshape(100, 4, reg_max), np.arange(reg_max, dtype=precision.dtype)
    p = np.exp(sides - np.logaddexp.reduce(sides, axis=-1, keepdims=True))
    slopes = p * (bins - (p * bins).sum(-1, keepdims=True)) * np.array([-1, -1, 1, 1])[:, np.newaxis]
    weights = np.maximum(1 - np.abs(target[..., np.newaxis] - bins), 0)
    for (usual, bound), got in ((decode, slopes), (loss, (p - weights) / 4)):
        assert within(got.reshape(bound.shape), bound) and agree(bound, usual)
        assert not within(usual.value * 1.01, bound)
    licensed_only = reg_max == 64 and ahead > 0
    assert not (licensed_only and within((p - weights).reshape(loss[0].shape) / 4, loss[0]))


@pytest.mark.parametrize("form", [decode_by_log_sum, decode_about_the_middle, decode_in_either_form])
def test_without_bins_the_distances_themselves_decode_and_nothing_else_does(form):
    arguments = Rounded(np.full((1, 3, 4), 2.5), FLOAT64), Rounded(np.zeros((3, 2)), FLOAT64)

    bound = form(*arguments, dialect=replace(YOLOV8, reg_max=1))

    assert within(np.full((1, 3, 4), 2.5) * [-1, -1, 1, 1], bound) and not within(np.zeros((1, 3, 4)), bound)


def pairs(precision, signs=(1, 1)):
    """Box pairs, the second of which has sides of the given signs."""
    rng = np.random.default_rng(2)
    corner, side = rng.uniform(0, 64, (2, 300, 2)), rng.uniform(2, 64, (2, 300, 2))
    side[1] *= signs
    boxes = np.concatenate([corner, corner + side], axis=-1).astype(precision.dtype)
    return Rounded(boxes[0], precision), Rounded(boxes[1], precision)


def ciou_with_arctan2(boxes1, boxes2, eps):
    """CIoU whose angles are atan2(w, h), in the precision of the boxes."""
    angles = [np.arctan2(b[:, 2] - b[:, 0], b[:, 3] - b[:, 1] + b.dtype.type(eps)) for b in (boxes1, boxes2)]
    v = boxes1.dtype.type(4 / np.pi**2) * (angles[1] - angles[0]) ** 2
    exact = [b.astype(np.float64) for b in (boxes1, boxes2)]
    overlap = refimpl.iou(*exact, dialect=DIALECT)
    return refimpl.diou(*exact, dialect=DIALECT) - v * v / (1 - overlap + v + eps)


@PRECISION
@pytest.mark.parametrize("signs", [(1, 1), (1, -1), (-1, 1), (-1, -1)])
def test_angles_by_arctan2_are_covered(precision, signs):
    boxes1, boxes2 = pairs(precision, signs)

    bound = ciou_by_arctan2(boxes1, boxes2, dialect=DIALECT)

    arrays = (x.value.astype(precision.dtype) for x in (boxes1, boxes2))
    assert within(ciou_with_arctan2(*arrays, DIALECT.iou_eps), bound)


@PRECISION
def test_angles_by_arctan2_are_the_same_for_upright_boxes_only(precision):
    upright, inverted = pairs(precision), pairs(precision, (1, -1))

    by_arctan2, by_arctan = (
        [form(*boxes, dialect=DIALECT) for boxes in (upright, inverted)] for form in (ciou_by_arctan2, refimpl.ciou)
    )

    assert agree(by_arctan2[0], by_arctan[0])
    assert not agree(by_arctan2[1], by_arctan[1])


@PRECISION
def test_bce_by_softplus_is_covered_with_and_without_a_threshold(precision):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(3)
    logits = np.concatenate([np.linspace(-60, 60, 2401), rng.normal(size=600) * 4]).astype(precision.dtype)
    targets = rng.choice([0, 0.5, 1, 1 / 3], len(logits)).astype(precision.dtype)
    arguments = Rounded(logits, precision), Rounded(targets, precision)

    bound = widened(refimpl.bce_loss(*arguments), bce_slack(arguments[0]))

    x, z = torch.from_numpy(logits), torch.from_numpy(targets)
    softplus = torch.nn.functional.softplus
    for threshold in (20, 1000):
        assert within((1 - z) * x + softplus(-x, threshold=threshold), bound)
        assert within(z * softplus(-x, threshold=threshold) + (1 - z) * softplus(x, threshold=threshold), bound)


@PRECISION
def test_bce_by_a_softplus_that_is_an_ulp_off_is_covered_where_it_cancels_the_logit(precision):
    logits = np.linspace(-19, 19, 1201).astype(precision.dtype)
    bound = refimpl.bce_loss(Rounded(logits, precision), Rounded(np.zeros_like(logits), precision))
    loose = widened(bound, bce_slack(Rounded(logits, precision)))

    got = logits + np.logaddexp(0, -logits) * (1 + np.finfo(precision.dtype).eps)

    assert within(got, loose)
    assert not within(got, bound)


def test_the_slack_of_bce_still_tells_a_threshold_of_ten():
    logits, targets = Rounded(np.full(1, 12.0), FLOAT64), Rounded(np.zeros(1), FLOAT64)

    bound = widened(refimpl.bce_loss(logits, targets), bce_slack(logits))

    assert within(np.logaddexp(0, [12.0]), bound)
    assert not within([12.0], bound)


def test_a_licence_widens_the_bound_and_leaves_the_value():
    loose = widened(Rounded([1.0, 2.0], FLOAT32, 0.5), np.array([0.25, 0.0]))

    assert (loose.value.tolist(), loose.error.tolist()) == ([1, 2], [0.75, 0.5])
