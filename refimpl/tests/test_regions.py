"""Regions: anchors, deltas and proposals, worked by hand and against known tables."""

from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8
from refimpl.deltas import LARGEST_GROWTH, decode_deltas, decode_deltas_vjp, encode_deltas
from refimpl.proposals import clip_boxes, propose
from refimpl.region_anchors import rpn_anchors

CAFFE = replace(
    YOLOV8, anchor_rounding="sides", region_pixel_offset=1, nms_pixel_offset=1, decoded_end="past_it", delta_clamp="none",
    propose_order="clip_first",
)  # fmt: skip
SIZES, RATIOS = [128, 256, 512], [0.5, 1, 2]


def test_the_nine_anchors_of_py_faster_rcnn():
    got = rpn_anchors((1, 1), 16, SIZES, RATIOS, dialect=CAFFE)

    assert got.tolist() == [
        [-84, -40, 99, 55], [-176, -88, 191, 103], [-360, -184, 375, 199],
        [-56, -56, 71, 71], [-120, -120, 135, 135], [-248, -248, 263, 263],
        [-36, -80, 51, 95], [-80, -168, 95, 183], [-168, -344, 183, 359],
    ]  # fmt: skip


def test_a_tall_anchor_is_88_90_or_90_5_px_wide_by_dialect():
    tall = [
        np.diff(rpn_anchors((1, 1), 16, [128], [2], dialect=dialect)[0, ::2])[0]
        for dialect in (YOLOV8, replace(YOLOV8, anchor_rounding="none"))
    ]

    assert tall[0] == 90 and abs(tall[1] - 128 / np.sqrt(2)) < 1e-12


def test_anchors_run_over_y_then_x_then_the_cell():
    got = rpn_anchors((2, 3), 8, [16, 32], [1], dialect=YOLOV8)

    assert got.shape == (12, 4)
    assert got[:4].tolist() == [[-8, -8, 8, 8], [-16, -16, 16, 16], [0, -8, 16, 8], [-8, -16, 24, 16]]
    assert got[6].tolist() == [-8, 0, 8, 16]


def test_sizes_may_be_the_outer_loop_and_anchors_may_stand_in_the_cells_middle():
    detectron = replace(YOLOV8, anchor_rounding="none", anchor_order="sizes_first", anchor_centre="middle")

    got = rpn_anchors((1, 1), 8, [16, 32], [1, 4], dialect=detectron)

    assert got.tolist() == [[-4, -4, 12, 12], [0, -12, 8, 20], [-12, -12, 20, 20], [-4, -28, 12, 36]]


def test_deltas_are_shifts_in_anchor_sizes_and_logarithms_of_growth():
    got = encode_deltas([[0, 0, 10, 20]], [[10, 0, 20, 40]], dialect=YOLOV8)

    np.testing.assert_allclose(got, [[1, 0.5, 0, np.log(2)]])


@pytest.mark.parametrize("offset", [0, 1])
def test_decoding_undoes_encoding(offset):
    dialect, rng = replace(YOLOV8, region_pixel_offset=offset), np.random.default_rng(0)
    first = rng.uniform(0, 100, (2, 50, 2))
    anchors, boxes = np.concatenate([first, first + rng.uniform(1, 60, (2, 50, 2))], axis=-1)

    back = decode_deltas(anchors, encode_deltas(anchors, boxes, dialect=dialect), dialect=dialect)

    np.testing.assert_allclose(back, boxes, atol=1e-10)


def test_py_faster_rcnn_comes_back_one_pixel_too_far():
    box = [[3.0, 4, 10, 12]]

    back = decode_deltas(box, encode_deltas(box, box, dialect=CAFFE), dialect=CAFFE)

    np.testing.assert_allclose(back, [[3, 4, 11, 13]])


def test_growth_is_clamped_so_that_16_px_become_1000():
    anchor, delta = [[5000.0, 5000, 5016, 5016]], [[0.0, 0, 5, -9]]

    got = decode_deltas(anchor, delta, dialect=YOLOV8)
    free = decode_deltas(anchor, delta, dialect=replace(YOLOV8, delta_clamp="none"))
    both = decode_deltas(anchor, delta, dialect=replace(YOLOV8, delta_clamp="both"))

    np.testing.assert_allclose(got[0, 2] - got[0, 0], 1000)
    np.testing.assert_allclose(free[0, 2] - free[0, 0], 16 * np.exp(5))
    np.testing.assert_allclose(both[0, 3] - both[0, 1], 16 * 16 / 1000)


@pytest.mark.parametrize("clamp, passes", [("above", [0.5, 0, 1]), ("none", [1, 1, 1]), ("both", [0.5, 0, 0])])
def test_a_clamped_growth_passes_no_gradient(clamp, passes):
    dialect, growth = replace(YOLOV8, delta_clamp=clamp), np.array([LARGEST_GROWTH, 5, -5])
    deltas = np.stack([0 * growth, 0 * growth, growth, 0 * growth], axis=1)

    got = decode_deltas_vjp([[0, 0, 16, 16]] * 3, deltas, [[0, 0, 1, 0]] * 3, dialect=dialect)

    size = np.exp(growth if clamp == "none" else np.minimum(growth, LARGEST_GROWTH))
    np.testing.assert_allclose(got[:, 2], 8 * size * passes)


def test_corners_outside_go_to_the_border():
    box = [[-3.0, 5, 30, 99]]

    assert clip_boxes(box, (20, 30), dialect=YOLOV8).tolist() == [[0, 5, 30, 20]]
    assert clip_boxes(box, (20, 30), dialect=CAFFE).tolist() == [[0, 5, 29, 19]]


def proposed(boxes, scores, *, size=(100, 100), n1=6000, n2=300, t=0.7, least=0.0, dialect=YOLOV8):
    """Scores of what is proposed, from anchors that are the boxes themselves."""
    boxes = np.array(boxes, float).reshape(-1, 4)
    return propose(np.zeros_like(boxes), np.array(scores, float), boxes, size, n1, n2, t, least, dialect=dialect)


def test_the_best_are_proposed_in_falling_score():
    boxes = [[0, 0, 20, 20], [30, 0, 50, 20], [0, 1, 20, 20], [60, 0, 80, 20]]

    got = proposed(boxes, [0.2, 0.9, 0.8, 0.5])

    assert got.roi_scores.tolist() == [0.9, 0.8, 0.5]
    assert got.rois[1].tolist() == [0, 1, 20, 20]


def test_seed_001_lets_6000_in_and_300_out():
    y, x = np.divmod(np.arange(7000), 100)
    boxes = np.stack([x * 4, y * 4, x * 4 + 3, y * 4 + 3], axis=1)

    got = proposed(boxes, np.arange(7000), size=(400, 400))

    assert len(got.rois) == 300 and got.roi_scores.tolist() == list(range(6999, 6699, -1))
    assert len(proposed(boxes, np.arange(7000), size=(400, 400), n2=7000).rois) == 6000


def test_small_boxes_cost_a_place_among_the_best_unless_they_are_dropped_before():
    boxes, scores = [[0, 0, 1, 1], [10, 0, 30, 20], [50, 0, 70, 20]], [0.9, 0.8, 0.7]

    after = proposed(boxes, scores, n1=2, least=5)
    before = proposed(boxes, scores, n1=2, least=5, dialect=replace(YOLOV8, propose_order="clip_first"))

    assert after.roi_scores.tolist() == [0.8] and before.roi_scores.tolist() == [0.8, 0.7]


def test_a_side_equal_to_the_least_size_stays_and_falls_where_it_must_be_more():
    boxes = [[0, 0, 16, 16]]

    assert len(proposed(boxes, [1], least=16).rois) == 1
    assert len(proposed(boxes, [1], least=16, dialect=replace(YOLOV8, min_size_compare="strict")).rois) == 0


def test_a_least_size_below_a_pixel_is_taken_as_it_is_and_nothing_left_proposes_nothing():
    box = [[0, 0, 20, 0.875]]

    assert len(proposed(box, [1], least=0.1).rois) == 1
    assert proposed(box, [1], least=1).rois.shape == (0, 4)
    assert proposed([], []).roi_scores.shape == (0,)


def test_a_box_is_clipped_before_its_size_is_measured():
    assert len(proposed([[-20, 0, 3, 20]], [1], least=5).rois) == 0


def test_seed_001_drops_boxes_that_cross_the_border():
    boxes, scores = [[-1, 0, 20, 20], [30, 0, 50, 20]], [0.9, 0.8]

    got = proposed(boxes, scores, dialect=replace(YOLOV8, propose_border="drop"))

    assert got.roi_scores.tolist() == [0.8]
