"""Hints: what rounding to float32 is and what only errs as little, counts that are one off, a divisor held at 1."""

from dataclasses import replace

import numpy as np
import pytest

import refimpl
from conformance.candidates.dense_numpy import DenseNumPy
from conformance.explaining.undone import ROUNDED
from conformance.tests.explaining.telling import told


def in_float32(self, boxes1, boxes2):
    return DenseNumPy.iou(self, boxes1, boxes2).astype(np.float32)


def from_float32(self, boxes1, boxes2):
    return DenseNumPy.iou(self, boxes1.astype(np.float32), boxes2.astype(np.float32))


def a_little_too_large(self, boxes1, boxes2):
    return DenseNumPy.iou(self, boxes1, boxes2) * (1 + 2.0**-26)


def minutely_off(self, boxes1, boxes2):
    return DenseNumPy.iou(self, boxes1, boxes2) * (1 + 2.0**-32 * np.sign(boxes1[:, 0] - boxes2[:, 0] - 0.5))


@pytest.mark.parametrize(
    "fault, said", [(in_float32, True), (from_float32, True), (a_little_too_large, False), (minutely_off, False)]
)
def test_what_errs_to_one_side_or_far_less_than_rounding_is_not_called_rounding(fault, said):
    assert (ROUNDED in told("IOU-1", "iou", "float64", "real", iou=fault)) == said


def with_an_epsilon(self, boxes1, boxes2):
    return DenseNumPy.iou(self, boxes1, boxes2) + 1e-8 * np.sign(boxes1[:, 0] - boxes2[:, 0] + 0.5)


def clipped(self, boxes1, boxes2):
    return np.clip(DenseNumPy.iou(self, boxes1, boxes2), 1e-7, 1 - 1e-7)


@pytest.mark.parametrize("fault", [with_an_epsilon, clipped])
def test_an_error_of_the_size_of_rounding_that_moves_in_no_steps_is_not_called_rounding(fault):
    assert ROUNDED not in told("IOU-1", "iou", "float64", "real" if fault is with_an_epsilon else "lattice", iou=fault)


def one_bin_less(self, anchor_points, bboxes):
    return refimpl.bbox2dist(anchor_points, bboxes, dialect=replace(self.dialect, reg_max=self.dialect.reg_max - 1))


def test_a_count_that_is_one_off_is_named():
    assert "it reads reg_max − 1 for reg_max" in told("DEC-2", "bbox2dist", "float32", "lattice", bbox2dist=one_bin_less)


def averaged_over_the_foreground(self, *arguments):
    box, dfl = DenseNumPy.bbox_loss(self, *arguments)
    total, mask = arguments[5:7]
    return box, dfl * total / max(mask.sum(), 1)


def test_a_divisor_of_one_result_alone_is_named():
    said = told("BOX-2", "bbox_loss", "float32", "lattice", bbox_loss=averaged_over_the_foreground)

    assert "certain: dfl is divided by how many are true in fg_mask, not by target_scores_sum" in said


def masked_as_the_first(self, points, boxes, mask):
    return DenseNumPy.candidates_in_gts(self, points, boxes, np.repeat(mask[:1], len(mask), axis=0))


def test_what_is_taken_of_the_first_image_for_all_is_named():
    said = told("TAL-1", "candidates_in_gts", "float32", "junk where masked", candidates_in_gts=masked_as_the_first)

    assert "it reads mask_gt of the first image, for all of them" in said


def held_at_one(self, *arguments):
    *arguments, total, mask = arguments[:7]
    return DenseNumPy.bbox_loss(self, *arguments, np.maximum(total, 1), mask)


def test_a_divisor_that_is_held_at_1_is_named():
    said = told("BOX-1", "bbox_loss", "float32", "of every magnitude", bbox_loss=held_at_one)

    assert "divided by target_scores_sum held at 1 or more, not by target_scores_sum" in said
