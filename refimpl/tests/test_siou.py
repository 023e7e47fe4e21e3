"""SIoU by hand."""

import math
from dataclasses import replace

import numpy as np

from refimpl import YOLOV8
from refimpl.siou import siou, siou_vjp

NO_EPS = replace(YOLOV8, iou_eps=1e-300)


def test_equal_boxes_score_one():
    box = np.array([[1.0, 2, 5, 9]])

    assert siou(box, box, dialect=YOLOV8)[0] == 1 or abs(siou(box, box, dialect=YOLOV8)[0] - 1) < 1e-7


def test_a_shift_along_an_axis_has_no_angle_cost():
    # Two unit squares half a side apart: IoU 1/3, cw = 1.5, Λ = 0: Δ = 2 − e^(−2/9) − 1; equal shapes: Ω = 0.
    value = siou(np.array([[0.0, 0, 1, 1]]), np.array([[0.5, 0, 1.5, 1]]), dialect=NO_EPS)

    assert math.isclose(value[0], 1 / 3 - (1 - math.exp(-2 / 9)) / 2, rel_tol=1e-14)


def test_a_shift_along_the_diagonal_has_all_of_the_angle_cost():
    # Half a side to the right and down: IoU 1/7, Λ = 1: Δ = 2 − 2·e^(−1/9).
    value = siou(np.array([[0.0, 0, 1, 1]]), np.array([[0.5, 0.5, 1.5, 1.5]]), dialect=NO_EPS)

    assert math.isclose(value[0], 1 / 7 - (1 - math.exp(-1 / 9)), rel_tol=1e-14)


def test_a_difference_in_width_costs_shape():
    # One centre, widths 1 and 2: IoU ½, ωw = ½.
    value = siou(np.array([[0.5, 0, 1.5, 1]]), np.array([[0.0, 0, 2, 1]]), dialect=replace(YOLOV8, iou_eps=1e-12))

    assert math.isclose(value[0], 1 / 2 - (1 - math.exp(-1 / 2)) ** 4 / 2, rel_tol=1e-9)


def test_the_gradient_is_the_slopes_times_the_cotangent():
    first, second = np.array([[0.0, 0, 4, 3]] * 2), np.array([[1.0, 1, 6, 5]] * 2)

    one, scaled = (siou_vjp(first, second, np.array([1.0, g]), dialect=YOLOV8) for g in (1.0, -2.0))

    assert (scaled.boxes1[1] == -2 * one.boxes1[0]).all() and (scaled.boxes2[1] == -2 * one.boxes2[0]).all()
