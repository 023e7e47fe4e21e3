"""Detections: from columns of boxes and probabilities to rows."""

from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8
from refimpl.detections import detections

TWO = replace(YOLOV8, num_classes=2)


def shown(columns, dialect=TWO, score=0.25, t=0.5, most=300):
    return detections(np.array(columns, float).reshape(-1, 6).T, score, t, most, dialect=dialect).tolist()


def test_a_row_is_corners_score_and_class():
    assert shown([[10, 20, 4, 6, 0.1, 0.75]]) == [[8, 17, 12, 23, 0.75, 1]]


def test_a_score_equal_to_the_threshold_is_not_shown():
    assert shown([[10, 20, 4, 6, 0.25, 0.25], [10, 20, 4, 6, 0.2, 0.3]]) == [[8, 17, 12, 23, 0.3, 1]]


def test_of_equal_probabilities_the_first_class_names_the_box():
    assert shown([[10, 20, 4, 6, 0.5, 0.5]])[0][5] == 0


def test_a_box_may_stand_once_for_each_class_that_passes():
    rows = shown([[10, 20, 4, 6, 0.5, 0.75]], replace(TWO, candidates_per_box="every"))

    assert [row[4:] for row in rows] == [[0.75, 1], [0.5, 0]]


def test_classes_are_suppressed_apart_unless_they_are_ignored():
    columns = [[10, 20, 4, 6, 0.9, 0], [10, 20, 4, 6, 0, 0.8]]

    assert len(shown(columns)) == 2
    assert len(shown(columns, replace(TWO, nms_classes="ignored"))) == 1


@pytest.mark.parametrize("most", [0, 1, 2])
def test_the_best_rows_are_shown_and_no_more_than_asked_for(most):
    columns = [[10, 20, 4, 6, 0.5, 0], [50, 20, 4, 6, 0.9, 0], [90, 20, 4, 6, 0.7, 0]]

    assert [row[4] for row in shown(columns, most=most)] == [0.9, 0.7][:most]


def test_only_the_best_enter_the_suppression():
    columns = [[10, 20, 4, 6, 0.5, 0], [50, 20, 4, 6, 0.9, 0], [50, 20, 4, 6, 0.8, 0]]

    assert [row[4] for row in shown(columns, replace(TWO, max_nms=2))] == [0.9]


@pytest.mark.parametrize("anchors", [0, 1, 6])
def test_six_anchors_are_anchors_and_none_is_no_row(anchors):
    # Ultralytics 8.4 reads a last axis of 6 as rows that are finished already.
    columns = [[10 + 50 * a, 20, 4, 6, 0.5, 0.25] for a in range(anchors)]

    rows = detections(np.array(columns, float).reshape(-1, 6).T, 0.25, 0.5, 300, dialect=TWO)

    assert rows.shape == (anchors, 6)
