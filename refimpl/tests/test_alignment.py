"""Which anchors lie inside a ground truth, and how well they align with it."""

from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8, alignment_metric, candidates_in_gts, ciou
from refimpl.alignment import edge_distance
from refimpl.oracle.geometry import is_candidate

TWO_CLASSES = replace(YOLOV8, num_classes=2)
WIDENED = replace(YOLOV8, widen_gts="to_second_stride")


def inside(points, boxes, mask=True, dialect=YOLOV8):
    boxes = np.array(boxes, float)[np.newaxis]
    return candidates_in_gts(points, boxes, np.broadcast_to(mask, (1, boxes.shape[1], 1)), dialect=dialect)[0].tolist()


def test_an_anchor_between_all_four_edges_is_a_candidate():
    # A box from (2, 3) to (10, 9); one anchor within, and one beyond each edge.
    points = [[4, 4], [1, 4], [4, 2], [11, 4], [4, 10]]

    assert inside(points, [[2, 3, 10, 9]]) == [[True, False, False, False, False]]


@pytest.mark.parametrize("edge", range(4))
@pytest.mark.parametrize("gap, expected", [(0.0, False), (2.0**-31, False), (2.0**-29, True)])
def test_an_anchor_on_an_edge_or_within_epsilon_of_it_is_outside(edge, gap, expected):
    # 2^−31 < 1e−9 < 2^−29; the anchor stands at the origin.
    box = [-8.0, -8.0, 8.0, 8.0]
    box[edge] = -gap if edge < 2 else gap

    assert inside([[0.0, 0.0]], [box]) == [[expected]]


@pytest.mark.parametrize("box", [[8, 0, 0, 8], [0, 8, 8, 0], [4, 0, 4, 8], [4, 4, 4, 4]])
def test_no_anchor_is_inside_an_inverted_or_a_zero_area_box(box):
    assert inside([[4, 4]], [box]) == [[False]]


def test_masked_rows_hold_no_anchor_wherever_they_stand():
    boxes = [[0, 0, 8, 8]] * 3

    assert inside([[4, 4]], boxes, [[False], [True], [False]]) == [[False], [True], [False]]


def test_without_boxes_there_is_no_row():
    assert candidates_in_gts([[4, 4]], np.zeros((2, 0, 4)), np.zeros((2, 0, 1)), dialect=YOLOV8).shape == (2, 0, 1)


@pytest.mark.parametrize(
    "box, x, expected",
    [
        ([4, 0, 12, 99], 1, True),  # 8 wide about 8: widened to 0 … 16
        ([4, 0, 12, 99], 0, False),  # on the widened edge
        ([0, 0, 16, 99], 0, False),  # as wide as the least side: left as it is
        ([8, 0, 8, 99], 1, True),  # of zero width
        ([12, 0, 4, 99], 1, True),  # inverted: widened about the same centre
    ],
)
def test_a_side_shorter_than_the_least_is_widened_about_its_centre(box, x, expected):
    assert inside([[x, 50]], [box], dialect=WIDENED) == [[expected]]


def test_a_side_below_the_first_stride_gets_the_second_one_though_that_is_shorter():
    descending = replace(YOLOV8, widen_gts="below_first_to_second", strides=(16, 8))
    # 12 px about 6 become 8 px, 2 … 10; 40 px stay.
    found = inside([[1, 20], [3, 20]], [[0, 0, 12, 40]], dialect=descending)

    assert found == [[False, True]]
    assert [is_candidate(point, [0, 0, 12, 40], descending) for point in ([1, 20], [3, 20])] == [False, True]


def test_without_a_least_side_nothing_is_widened():
    assert inside([[1, 50]], [[4, 0, 12, 99]]) == [[False]]


def test_the_distance_is_that_to_the_nearest_edge_and_negative_outside():
    distance = edge_distance(np.array([[4.0, 4], [1, 8], [12, 5]]), np.array([2.0, 3, 10, 9]), dialect=YOLOV8)

    assert distance.tolist() == [1, -1, -2]


def align(scores, boxes, labels, gts, mask, dialect=TWO_CLASSES):
    return alignment_metric([scores], [boxes], [labels], [gts], [mask], dialect=dialect)


def test_the_metric_is_the_root_of_the_score_times_the_sixth_power_of_the_overlap():
    # A square of half the side within another: CIoU = IoU = 1/4 but for ε. √0.25 · (1/4)⁶ = 2^−13; class 1 scores 0.25.
    no_eps = replace(TWO_CLASSES, overlap_eps=0)

    metric, overlaps = align([[0.9, 0.25]], [[1, 1, 3, 3]], [[1]], [[0, 0, 4, 4]], [[1]], no_eps)

    assert overlaps.tolist() == [[[0.25]]]
    assert metric.tolist() == [[[2.0**-13]]]


def test_each_ground_truth_reads_the_score_of_its_own_class():
    no_eps = replace(TWO_CLASSES, overlap_eps=0, beta=1.0, alpha=1.0)

    metric, _ = align([[0.5, 0.25]], [[1, 1, 3, 3]], [[0], [1]], [[0, 0, 4, 4]] * 2, [[1], [1]], no_eps)

    assert metric.tolist() == [[[0.125], [0.0625]]]


def test_the_overlap_is_ciou_and_not_below_zero():
    gts, boxes = [[0, 0, 4, 4], [0, 0, 4, 4]], [[0, 1, 4, 6], [50, 50, 54, 54]]

    metric, overlaps = align(np.ones((2, 2)), boxes, [[0], [0]], gts, np.ones((2, 2)))

    expected = ciou(gts, boxes, dialect=YOLOV8)
    assert expected[0] > 0 > expected[1]
    assert overlaps.tolist() == [[[expected[0], 0]] * 2]
    assert metric[0, 0, 1] == 0


def test_off_the_mask_both_are_zero():
    metric, overlaps = align([[1, 1]] * 3, [[0, 0, 4, 4]] * 3, [[0]], [[0, 0, 4, 4]], [[1, 0, 1]])

    assert (metric > 0).tolist() == (overlaps > 0).tolist() == [[[True, False, True]]]


def test_a_score_of_zero_gives_a_metric_of_zero_and_leaves_the_overlap():
    metric, overlaps = align([[0, 1]], [[0, 0, 4, 4]], [[0]], [[0, 0, 4, 4]], [[1]])

    assert metric.tolist() == [[[0]]] and overlaps[0, 0, 0] > 0.99


def test_without_ground_truths_there_is_no_row():
    metric, overlaps = align(np.ones((3, 2)), np.ones((3, 4)), np.ones((0, 1)), np.ones((0, 4)), np.ones((0, 3)))

    assert metric.shape == overlaps.shape == (1, 0, 3)


GOOD = {
    "pd_scores": np.ones((1, 3, 2)),
    "pd_bboxes": np.ones((1, 3, 4)),
    "gt_labels": np.zeros((1, 2, 1)),
    "gt_bboxes": np.ones((1, 2, 4)),
    "mask": np.ones((1, 2, 3)),
}
