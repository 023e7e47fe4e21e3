"""Targets: the labelled boxes of a batch, one row each, become padded slots per image."""

from __future__ import annotations

from typing import NamedTuple, Tuple

import numpy as np

from refimpl import _check
from refimpl._check import FloatArray, RangeError
from refimpl.boxes import xywh2xyxy
from refimpl.dialect import Dialect


class PaddedTargets(NamedTuple):
    """gt_labels (B, G, 1) int64; gt_bboxes (B, G, 4) float64, xyxy, px; mask_gt (B, G, 1) bool."""

    gt_labels: np.ndarray
    gt_bboxes: FloatArray
    mask_gt: np.ndarray


def pad_targets(
    targets: FloatArray, batch_size: int, image_size: Tuple[int, int], *, dialect: Dialect
) -> PaddedTargets:
    """Group labelled boxes by image, in px, padded with zero rows to the fullest image.  [TGT-1, TGT-2, TGT-3]

        box = xywh2xyxy((cx·W, cy·H, w·W, h·H)),   mask = [x1 + y1 + x2 + y2 > 0]

    Rows of an image keep their order; rows of different images may come in any order. G is the largest number of
    boxes in an image, 0 without boxes. A labelled box whose coordinates sum to 0 or less (possible for one that
    reaches far out of the image) is masked out as if it were padding: the sources drop it, and so does this.

    Parameters
    ----------
    targets : (N, 6) float: image 0 … B − 1, class 0 … C − 1, cx, cy, w, h as fractions of the image
    batch_size : B >= 0
    image_size : (H, W), px
    dialect : num_classes is read

    Returns
    -------
    PaddedTargets

    Raises
    ------
    ShapeError, NumberTypeError
        If `targets` is not (N, 6), or image and class are not whole numbers.
    RangeError
        If an image is not below B or a class not below C, or `image_size` is not two positive numbers.
    """
    targets = _check.floats("targets", targets)
    _check.shapes(targets=(targets, "N 6"))
    if len(image_size) != 2 or min(image_size) <= 0:
        raise RangeError(f"image_size: expected (H, W) > 0 in px, got {tuple(image_size)}")
    image = _check.indices("targets[:, 0]", targets[:, 0], batch_size)
    label = _check.indices("targets[:, 1]", targets[:, 1], dialect.num_classes)
    boxes = to_pixels(targets[:, 2:], image_size)
    slots = max(np.bincount(image, minlength=1)) if len(image) else 0

    gt_labels = np.zeros((batch_size, slots, 1), np.int64)
    gt_bboxes = np.zeros_like(boxes, shape=(batch_size, slots, 4))
    for b in range(batch_size):
        rows = np.flatnonzero(image == b)
        gt_labels[b, : len(rows), 0] = label[rows]
        gt_bboxes[b, : len(rows)] = boxes[rows]
    return PaddedTargets(gt_labels, gt_bboxes, gt_bboxes.sum(axis=-1, keepdims=True) > 0)


def to_pixels(xywh: FloatArray, image_size: Tuple[int, int]) -> FloatArray:
    """Scale boxes from fractions of the image to px, and to corners.  [TGT-1]

    Parameters
    ----------
    xywh : (N, 4) float, fractions of the image
    image_size : (H, W), px

    Returns
    -------
    (N, 4) float, xyxy, px
    """
    height, width = image_size
    return xywh2xyxy(xywh * _check.like(xywh, [width, height, width, height]))
