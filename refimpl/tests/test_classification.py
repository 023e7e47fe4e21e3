"""The classification loss: cross-entropy, varifocal, and the weights of classes."""

import math
from dataclasses import replace

import numpy as np

from refimpl import YOLOV8, Assignment
from refimpl.classification import AT_ONCE, classification_loss, classification_loss_and_slope

LN2 = math.log(2)


def assigned(scores, fg, labels):
    anchors = len(fg)
    boxes, index = np.zeros((1, anchors, 4)), np.zeros((1, anchors), int)
    return Assignment(np.array([labels]), boxes, np.array([scores], float), np.array([fg], bool), index)


def test_flat_logits_cost_ln_2_each_whatever_their_targets():
    learns = assigned([[0.25, 0], [0, 0]], [1, 0], [0, 0])

    assert math.isclose(classification_loss(np.zeros((1, 2, 2)), learns, dialect=replace(YOLOV8, num_classes=2)), 4 * LN2)


def test_varifocal_weighs_an_object_with_its_score_and_nothing_with_three_quarters_of_the_square():
    # σ = ½ everywhere: w is 0.25 for the object, ¾ · ¼ for the three others.
    learns = assigned([[0.25, 0], [0, 0]], [1, 0], [0, 0])

    loss = classification_loss(np.zeros((1, 2, 2)), learns, dialect=replace(YOLOV8, num_classes=2, cls_loss="varifocal"))

    assert math.isclose(loss, (0.25 + 3 * 0.1875) * LN2)


def test_a_labelled_anchor_of_score_zero_costs_nothing_in_varifocal():
    learns = assigned([[0.0]], [1], [0])

    assert classification_loss(np.zeros((1, 1, 1)), learns, dialect=replace(YOLOV8, num_classes=1, cls_loss="varifocal")) == 0


def test_each_class_counts_by_its_weight():
    dialect = replace(YOLOV8, num_classes=2, class_weights=(1.0, 3.0), cls_gain=2.0)
    learns, slopes = assigned([[0, 0]], [0], [0]), np.zeros((1, 1, 2))

    loss = classification_loss_and_slope(np.zeros((1, 1, 2)), learns, slopes, dialect=dialect)

    assert math.isclose(loss, 4 * LN2) and math.isclose(loss, classification_loss(np.zeros((1, 1, 2)), learns, dialect=dialect))
    assert slopes.tolist() == [[[1, 3]]]


def test_more_classes_than_are_taken_at_once_are_summed_as_one():
    classes = AT_ONCE
    learns = assigned(np.zeros((5, classes)), [0] * 5, [0] * 5)

    loss = classification_loss(np.zeros((1, 5, classes)), learns, dialect=replace(YOLOV8, num_classes=classes))

    assert math.isclose(loss, 5 * classes * LN2)
