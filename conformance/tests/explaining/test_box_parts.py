"""Parts of boxes: a factor, an offset or a size of the case that is wrong in one part is named, and what is no part is not."""

import numpy as np
import pytest

import refimpl
from conformance.explaining.box_parts import one_factor, one_offset
from conformance.tests.explaining.telling import told


def boxes_times(*factors):
    def pad_targets(self, targets, batch_size, image_size):
        labels, boxes, mask = refimpl.pad_targets(targets, batch_size, image_size, dialect=self.dialect)
        height, width = image_size
        return labels, boxes * [factor(height, width) for factor in factors * 2], mask

    return pad_targets


def half_as_high(self, targets, batch_size, image_size):
    return refimpl.pad_targets(targets * [1, 1, 1, 1, 1, 0.5], batch_size, image_size, dialect=self.dialect)


def of_a_square(self, targets, batch_size, image_size):
    return refimpl.pad_targets(targets, batch_size, (max(image_size),) * 2, dialect=self.dialect)


@pytest.mark.parametrize(
    "pad_targets, said",
    [
        (half_as_high, "height of gt_bboxes: 0.5 times what is expected"),
        (boxes_times(lambda h, w: 1 / w, lambda h, w: 1 / h), "gt_bboxes are fractions of image_size, not px"),
        (boxes_times(lambda h, w: h / w, lambda h, w: 1), "x of gt_bboxes: multiplied by the height of image_size, not by the width"),
        (of_a_square, "it reads image_size as a square of its larger side"),
    ],
)
def test_what_is_wrong_with_one_part_of_a_box_is_named(pad_targets, said):
    assert f"certain: {said}" in told("TGT-1", "pad_targets", "float32", "lattice", pad_targets=pad_targets)


def far_corner_off_by_one(self, distance, anchor_points):
    return refimpl.dist2bbox(distance, anchor_points, dialect=self.dialect) - [0, 0, 1, 1]


def centre_and_size(self, distance, anchor_points):
    boxes = refimpl.dist2bbox(distance, anchor_points, dialect=self.dialect)
    low, high = boxes[..., :2], boxes[..., 2:]
    return np.concatenate([(low + high) / 2, high - low], axis=-1)


def test_an_offset_of_one_corner_is_named():
    assert "the second corner of boxes: off by -1" in told("DEC-1", "dist2bbox", "float32", "lattice", dist2bbox=far_corner_off_by_one)


def test_boxes_of_another_form_are_named():
    assert "boxes come as centre and size, not as corners" in told("DEC-1", "dist2bbox", "float32", "lattice", dist2bbox=centre_and_size)


def test_one_factor_or_offset_is_found_only_where_it_is_one():
    asked = np.array([[1.0, 2.0], [4.0, 8.0]])

    assert one_factor(asked / 3, asked) == pytest.approx(3) and one_factor(asked, asked) is None
    assert one_factor(asked * [1, 2], asked) is None and one_factor(asked * 0, asked) is None
    assert one_offset(asked - 1, asked) == 1 and one_offset(asked, asked) is None
    assert one_offset(asked - [1, 2], asked) is None and one_offset(asked[:0], asked[:0]) is None
