"""Probes of sizes and shares: what is right on small maps, of few bins and channels, and of shares that are neither 0 nor 1."""

import numpy as np
import pytest

import refimpl
from conformance.judging.verdicts import CONFORMS
from conformance.tests.cases.test_probes import kills, verdict


def rows_of_64(self, feature_maps):
    """Rows past the 64th are those of 64 less."""
    rows = [np.take(x, np.arange(x.shape[2]) % 64, axis=2) for x in feature_maps]
    return refimpl.predict(rows, dialect=self.dialect)


def columns_of_64(self, features, rois, output_size, spatial_scale):
    seen = np.where(np.arange(features.shape[2]) < 64, features, features.min() - 1)
    return refimpl.roi_max_pool(seen, rois, output_size, spatial_scale, dialect=self.dialect)


def seven_bins(self, features, rois, output_size, *rest):
    pooled = refimpl.roi_align(features, rois, output_size, *rest, dialect=self.dialect)
    if output_size > 7:
        pooled[..., -1] = pooled[..., -2]
    return pooled


def begins_at_minus_10000(self, *arguments):
    return np.maximum(refimpl.roi_max_pool(*arguments, dialect=self.dialect), -1e4)


def rows_of_512(self, image1, image2, lam):
    mixed = refimpl.mixup(image1, image2, lam, dialect=self.dialect).copy()
    mixed[512:] = image1[512:]
    return mixed


def all_or_nothing(self, image1, image2, lam):
    return refimpl.mixup(image1, image2, round(lam) if min(lam, 1 - lam) < 1e-3 else lam, dialect=self.dialect)


def classes_in_a_byte(self, *arguments):
    rows = refimpl.detections(*arguments, dialect=self.dialect).copy()
    rows[:, 5] %= 256
    return rows


def areas_in_32_bits(self, boxes, scores, iou_threshold):
    if np.isfinite(boxes).all() and (boxes == np.rint(boxes)).all() and (np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) >= 2**31).any():
        return np.argsort(-scores, kind="stable")
    return refimpl.nms(boxes, scores, iou_threshold, dialect=self.dialect)


def ratio_in_float32(self, shape, new_shape):
    right = refimpl.letterbox_geometry(shape, new_shape, dialect=self.dialect)
    ratio = np.float32(min(new / side for new, side in zip(new_shape, shape)))
    return right._replace(size=np.array([max(round(float(np.float32(side) * ratio)), 1) for side in shape]))


@pytest.mark.parametrize(
    "op, clause, event, fault",
    [
        ("predict", "PRD-2", "many rows of a map", rows_of_64),
        ("roi_max_pool", "ROI-4", "many columns of a map", columns_of_64),
        ("roi_align", "RAL-4", "output_size of 17", seven_bins),
        ("roi_max_pool", "ROI-4", "far below zero", begins_at_minus_10000),
        ("mixup", "MIX-1", "many rows of a map", rows_of_512),
        ("mixup", "MIX-2", "lam next to 0", all_or_nothing),
        ("mixup", "MIX-2", "lam next to 1", all_or_nothing),
        ("detections", "DTN-3", "300 classes", classes_in_a_byte),
        ("nms", "NMS-2", "16384 times as large", areas_in_32_bits),
        ("letterbox_geometry", "GEO-2", "half of a side by no round ratio", ratio_in_float32),
    ],
)
def test_a_probe_kills_the_fault_it_is_for_and_nothing_right(op, clause, event, fault):
    assert kills(op, clause, event, fault)


def test_a_right_gradient_of_many_bins_is_not_accused():
    assert verdict("roi_max_pool", "ROI-6g", "output_size of 17", "float32") == CONFORMS
