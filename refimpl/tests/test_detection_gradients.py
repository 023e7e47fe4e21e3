"""The gradient of the detection loss by hand, and what must not flow."""

from dataclasses import replace

import numpy as np

from refimpl import YOLOV8, decode_boxes_vjp, detection_loss, detection_loss_and_gradient, detection_loss_vjp
from refimpl.detection import split_predictions
from refimpl.maps import levels_of
from refimpl.losses import bbox_loss_vjp

SMALL = replace(YOLOV8, num_classes=2, reg_max=4, strides=(8,), topk=2, iou_eps=2.0**-80, overlap_eps=2.0**-80, norm_eps=2.0**-80)
"""Small sizes, and epsilons too small to be seen in a sum with any number of these tests."""

WHOLE = [0, 1, 0.5, 0.5, 1, 1]
"""A box as large as the image, of class 1."""


def batch(boxes, images=1, height=2, width=2):
    """Flat logits, hence scores of one half and boxes of 1.5 cells to each side; boxes as target rows."""
    return [np.zeros((images, 18, height, width))], np.array(boxes, float).reshape(-1, 6)


def split(gradient):
    """Gradient by bins (B, A, 16) and by class logits (B, A, 2)."""
    return split_predictions(gradient, dialect=SMALL)


def test_a_batch_without_objects_learns_background_from_every_class_logit_and_nothing_else():
    # S = 1, B = 2: 2 · 1/2 · (1/2 − 0).
    bins, logits = split(detection_loss_vjp(*batch([], images=2, width=3), 1.0, dialect=SMALL))

    assert not bins.any()
    assert (logits == 0.5).all() and logits.shape == (2, 6, 2)


def test_class_logits_of_a_single_object_by_hand():
    # As in test_detection.py: two anchors are kept, each with the target score u = 5/12 for class 1; S = max(2u, 1) = 1.
    _, logits = split(detection_loss_vjp(*batch(WHOLE), 1.0, dialect=SMALL))

    np.testing.assert_allclose(logits[0, :, 1], [0.25 - 5 / 24] * 2 + [0.25] * 2, rtol=1e-14)
    assert (logits[0, :, 0] == 0.25).all()


def test_the_sum_of_target_scores_divides_once_it_passes_one():
    # Four anchors kept: S = 4u = 5/3.
    _, logits = split(detection_loss_vjp(*batch(WHOLE), 1.0, dialect=replace(SMALL, topk=4)))

    np.testing.assert_allclose(logits[0, :, 1], (0.25 - 5 / 24) * 3 / 5, rtol=1e-14)


def test_bins_of_a_single_object_get_both_losses_and_those_of_background_none():
    u, points = 5 / 12, np.array([[0.5, 0.5], [1.5, 0.5]])
    targets, scores = np.tile([0.0, 0, 2, 2], (1, 2, 1)), np.full((1, 2, 2), [0, u])
    boxes = np.tile(points, 2)[np.newaxis] + [-1.5, -1.5, 1.5, 1.5]
    flat = np.zeros((1, 2, 16))
    dist, by_box = bbox_loss_vjp(flat, boxes, points, targets, scores, 1.0, np.ones((1, 2)), 7.5, 1.5, dialect=SMALL)

    bins, _ = split(detection_loss_vjp(*batch(WHOLE), 1.0, dialect=SMALL))

    expected = dist + decode_boxes_vjp(flat, points, by_box, dialect=SMALL)
    np.testing.assert_allclose(bins[:, :2], expected, rtol=1e-12)
    assert (bins[:, :2] != 0).any() and not bins[:, 2:].any()


def test_a_score_s_own_influence_on_its_target_is_not_differentiated():
    # The gradient of a class logit is that of a loss whose assignment stands still: σ(x) − z, whatever z came from.
    maps, targets = batch(WHOLE)
    maps[0] += np.random.default_rng(5).normal(size=maps[0].shape)
    _, logits = split(maps)
    cost = detection_loss(maps, targets, dialect=SMALL)

    _, gradient = split(detection_loss_vjp(maps, targets, 1.0, dialect=SMALL))

    z = 1 / (1 + np.exp(-logits)) - gradient / SMALL.cls_gain
    entropy = np.logaddexp(0, logits) - z * logits
    assert (z > -1e-14).all() and (z[..., 1] > 0.01).sum() == 2 and not (z[..., 0] > 1e-14).any() and z.sum() < 1
    np.testing.assert_allclose(SMALL.cls_gain * entropy.sum(), cost.components[1], rtol=1e-12)


def test_the_gradient_grows_with_the_batch_and_with_the_cotangent():
    rows = [WHOLE, [1, *WHOLE[1:]]]
    four = replace(SMALL, topk=4)

    one, two = (detection_loss_vjp(*batch(rows[:n], images=n), 1.0, dialect=four)[0] for n in (1, 2))

    # B / S: twice the images, twice the target scores.
    np.testing.assert_allclose(two[0], one[0], rtol=1e-14)
    np.testing.assert_allclose(two[1], one[0], rtol=1e-14)
    np.testing.assert_allclose(detection_loss_vjp(*batch(WHOLE), -3.0, dialect=four)[0], -3 * one, rtol=1e-14)


def test_every_level_gets_a_gradient_of_its_own_shape_and_keeps_its_numbers():
    maps = [np.random.default_rng(6).normal(size=(2, 18, *shape)) for shape in ((4, 6), (2, 3), (1, 2))]
    before = [level.copy() for level in maps]
    targets = np.array([WHOLE, [1, 0, 0.25, 0.5, 0.5, 1]])

    gradient = detection_loss_vjp(maps, targets, 1.0, dialect=replace(SMALL, strides=(8, 16, 32)))

    assert [level.shape for level in gradient] == [level.shape for level in maps]
    assert all((x == y).all() for x, y in zip(before, maps))
    assert all(level.dtype == np.float64 for level in gradient)


def test_a_batch_of_no_images_has_gradients_of_no_images():
    (gradient,) = detection_loss_vjp(np.zeros((1, 0, 18, 2, 2)), np.zeros((0, 6)), 1.0, dialect=SMALL)

    assert gradient.shape == (0, 18, 2, 2)


def test_value_and_gradient_in_one_pass_are_those_of_two():
    maps = [np.random.default_rng(8).normal(size=(2, 18, 4, 6))]
    targets = np.array([WHOLE, [1, 0, 0.25, 0.5, 0.5, 1]])

    loss, gradient = detection_loss_and_gradient(maps, targets, dialect=SMALL)

    expected = detection_loss(maps, targets, dialect=SMALL)
    assert loss.total == expected.total and (loss.components == expected.components).all()
    assert (gradient[0] == detection_loss_vjp(maps, targets, 1.0, dialect=SMALL)[0]).all() and gradient[0].any()


def test_a_forgotten_alpha_would_be_noticed():
    maps, targets = batch(WHOLE)
    maps[0] += np.random.default_rng(7).normal(size=maps[0].shape)

    held, free = (detection_loss_vjp(maps, targets, 1.0, dialect=replace(SMALL, constant_alpha=x))[0] for x in (True, False))

    assert (np.abs(held - free).max() > 1e-6) and (held[:, 16:] == free[:, 16:]).all()


def test_merging_levels_undoes_splitting_them():
    levels = [np.arange(2 * 18 * 6.0).reshape(2, 18, 2, 3), -np.arange(2 * 18 * 2.0).reshape(2, 18, 1, 2)]

    merged = levels_of(np.concatenate(split(levels), axis=-1), [level.shape[2:] for level in levels])

    assert all((x == y).all() for x, y in zip(levels, merged))
