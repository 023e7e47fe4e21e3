"""The detection loss by hand, and the steps around the assigner."""

import math
from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8, RangeError, ShapeError, detection_loss
from refimpl.detection import split_predictions, total_loss

LN2 = math.log(2)
SMALL = replace(YOLOV8, num_classes=2, reg_max=4, strides=(8,), topk=2, iou_eps=2.0**-80, overlap_eps=2.0**-80, norm_eps=2.0**-80)
"""Small sizes, and epsilons too small to be seen in a sum with any number of these tests."""


def batch(boxes, images=1, height=2, width=2, scores=0.0):
    """Flat logits, hence scores of one half and boxes of 1.5 cells to each side; boxes as target rows."""
    maps = np.zeros((images, 18, height, width))
    maps[:, 16:] = scores
    return [maps], np.array(boxes, float).reshape(-1, 6)


def test_a_batch_without_objects_costs_only_its_class_logits():
    # 6 cells, 2 classes, 2 images: 24 · ln 2, times cls_gain 1/2, times 2 images; S = max(0, 1) = 1.
    total, components = detection_loss(*batch([], images=2, width=3), dialect=SMALL)

    assert components[[0, 2]].tolist() == [0, 0]
    assert math.isclose(components[1], 12 * LN2, rel_tol=1e-15)
    assert math.isclose(total, 24 * LN2, rel_tol=1e-15)


def test_a_single_object_by_hand():
    # A 16 px box over 2 × 2 cells of 8 px. Each anchor predicts 24 px about itself; (−8, −8, 16, 16) and (0, 0, 16, 16) share
    # 256 of 576: IoU 4/9; ρ² = 32, c² = 1152: CIoU u = 5/12. All four tie, two are kept, each scores u; S = max(2u, 1) = 1.
    # Distances in cells are 0.5 and 1.5 to either side; of flat bins any target costs ln 4.
    u = 5 / 12

    total, components = detection_loss(*batch([0, 1, 0.5, 0.5, 1, 1]), dialect=SMALL)

    # 8 logits of 0 cost ln 2 each whatever their targets.
    expected = [7.5 * 2 * u * (1 - u), 0.5 * 8 * LN2, 1.5 * 2 * u * math.log(4)]
    np.testing.assert_allclose(components, expected, rtol=1e-14)
    assert math.isclose(total, sum(expected), rel_tol=1e-14)


def test_the_sum_of_target_scores_divides_once_it_passes_one():
    # Four anchors kept: S = 4u = 5/3.
    u, four = 5 / 12, replace(SMALL, topk=4)

    _, components = detection_loss(*batch([0, 1, 0.5, 0.5, 1, 1]), dialect=four)

    np.testing.assert_allclose(components, [7.5 * (1 - u), 0.5 * 8 * LN2 * 3 / 5, 1.5 * math.log(4)], rtol=1e-14)


def test_images_share_one_sum_of_target_scores():
    # Two equal images: twice the sums over twice S, so the components stay and the total doubles.
    rows, four = [[0, 1, 0.5, 0.5, 1, 1], [1, 1, 0.5, 0.5, 1, 1]], replace(SMALL, topk=4)

    one, two = (detection_loss(*batch(rows[:n], images=n), dialect=four) for n in (1, 2))

    np.testing.assert_allclose(two.components, one.components, rtol=1e-14)
    assert math.isclose(two.total, 2 * one.total, rel_tol=1e-14)


def test_targets_may_come_in_any_order_of_images():
    rows = [[0, 1, 0.5, 0.5, 1, 1], [1, 0, 0.25, 0.5, 0.5, 1]]
    maps, targets = batch(rows, images=2)
    maps[0] += np.random.default_rng(2).normal(size=maps[0].shape)

    assert detection_loss(maps, targets, dialect=SMALL).total == detection_loss(maps, targets[::-1], dialect=SMALL).total


def test_the_total_is_the_batch_size_times_the_gained_components():
    loss = total_loss(np.array([3.0, 4, 5]), np.float64(2), 7, dialect=SMALL)

    assert loss.components.tolist() == [11.25, 1, 3.75]
    assert loss.total == 7 * 16


def test_channels_are_bins_then_classes_and_cells_run_along_rows():
    level = np.arange(18 * 6.0).reshape(1, 18, 2, 3)

    pred_dist, logits = split_predictions([level], dialect=SMALL)

    assert (pred_dist.shape, logits.shape) == ((1, 6, 16), (1, 6, 2))
    # Channel c of cell (y, x) is 6c + 3y + x.
    assert pred_dist[0, 4].tolist() == [6 * c + 4 for c in range(16)]
    assert logits[0, :, 0].tolist() == [96 + i for i in range(6)]


def test_more_anchors_than_fit_a_piece_are_summed_as_one():
    maps, targets = batch([], height=40, width=30)

    assert math.isclose(detection_loss(maps, targets, dialect=SMALL).components[1], 0.5 * 2400 * LN2, rel_tol=1e-14)


@pytest.mark.parametrize(
    "call, kind, text",
    [
        (
            lambda: detection_loss([np.ones((1, 19, 2, 2))], np.ones((0, 6)), dialect=SMALL),
            ShapeError,
            "feature_maps[0]: expected shape (B, 4R+C, H, W), got (1, 19, 2, 2); C=2 from the dialect, R=4 from the dialect",
        ),
        (
            lambda: detection_loss([np.ones((1, 18, 2, 2))], np.ones((1, 5)), dialect=SMALL),
            ShapeError,
            "targets: expected shape (N, 6), got (1, 5)",
        ),
        (
            lambda: detection_loss([np.ones((1, 18, 2, 2))], [[1, 0, 0.5, 0.5, 1, 1]], dialect=SMALL),
            RangeError,
            "targets[0, 0]: expected an image, 0 … 0, got 1",
        ),
        (
            lambda: detection_loss([np.ones((1, 18, 2, 2))] * 2, np.ones((0, 6)), dialect=SMALL),
            ShapeError,
            "feature_maps: expected 1 arrays, one for each stride of the dialect, got 2",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(call, kind, text):
    with pytest.raises(kind) as caught:
        call()

    assert str(caught.value) == text


@pytest.mark.parametrize("images", [1, 3])
def test_levels_of_different_batch_sizes_are_refused(images):
    maps = [np.zeros((2, 18, 2, 2)), np.zeros((images, 18, 1, 1))]

    with pytest.raises(ShapeError) as caught:
        detection_loss(maps, np.zeros((0, 6)), dialect=replace(SMALL, strides=(8, 16)))

    assert str(caught.value).startswith(f"feature_maps[1]: expected shape (B, 4R+C, H, W), got ({images}, 18, 1, 1); B=2 from feature_maps[0], C=2")


def test_a_map_that_has_not_four_axes_is_refused_by_name():
    with pytest.raises(ShapeError, match=r"^feature_maps\[0\]: expected shape \(B, 4R\+C, H, W\), got \(18, 2, 2\)"):
        detection_loss([np.zeros((18, 2, 2))], np.zeros((0, 6)), dialect=SMALL)
