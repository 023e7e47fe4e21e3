"""Targets: the labelled boxes of a batch, one row each, become padded slots per image."""

from __future__ import annotations

from typing import Callable, Dict, NamedTuple, Tuple

import numpy as np

from refimpl.arrays import FloatArray, like
from refimpl.boxes import xywh2xyxy
from refimpl.dialect import Dialect
from refimpl.protocol import op


class PaddedTargets(NamedTuple):
    """gt_labels (B, G, 1) int64; gt_bboxes (B, G, 4) float64, xyxy, px; mask_gt (B, G, 1) bool."""

    gt_labels: np.ndarray
    gt_bboxes: FloatArray
    mask_gt: np.ndarray


@op(
    "targets: N 6 targets, batch_size: B count, image_size: size px"
    " -> gt_labels: B ? 1 label, gt_bboxes: B ? 4 xyxy px, mask_gt: B ? 1 mask"
)
def pad_targets(
    targets: FloatArray, batch_size: int, image_size: Tuple[int, int], *, dialect: Dialect
) -> PaddedTargets:
    """Group labelled boxes by image, in px, padded with zero rows to the fullest image.  [TGT-1, TGT-2, TGT-3]

        box = xywh2xyxy((cx·W, cy·H, w·W, h·H)),   mask = [x1 + y1 + x2 + y2 > 0]

    Rows of an image keep their order; rows of different images may come in any order. G is the largest number of
    boxes in an image, 0 without boxes. A labelled box whose coordinates sum to 0 or less (possible for one that
    reaches far out of the image) is masked out as if it were padding: the sources drop it, and so does this, unless the
    dialect's `target_mask` is "all".

    Parameters
    ----------
    targets : (N, 6) float: image 0 … B − 1, class 0 … C − 1, cx, cy, w, h as fractions of the image
    batch_size : B >= 0
    image_size : (H, W), px
    dialect : num_classes and target_mask are read

    Returns
    -------
    PaddedTargets

    Raises
    ------
    ContractError
        If an argument is not as above, or a box lies far outside the image, as one in px would.
    """
    image, label = (np.asarray(targets[:, column]).astype(np.int64) for column in (0, 1))
    boxes = to_pixels(targets[:, 2:], image_size)
    slots = max(np.bincount(image, minlength=1)) if len(image) else 0

    gt_labels = np.zeros((batch_size, slots, 1), np.int64)
    gt_bboxes = np.zeros_like(boxes, shape=(batch_size, slots, 4))
    for b in range(batch_size):
        rows = np.flatnonzero(image == b)
        gt_labels[b, : len(rows), 0] = label[rows]
        gt_bboxes[b, : len(rows)] = boxes[rows]
    return PaddedTargets(gt_labels, gt_bboxes, TARGET_MASKS[dialect.target_mask](gt_bboxes, image))


TARGET_MASKS: Dict[str, Callable[[FloatArray, np.ndarray], np.ndarray]] = {
    "positive_sum": lambda boxes, image: boxes.sum(axis=-1, keepdims=True) > 0,
    "all": lambda boxes, image: _filled(boxes.shape[1], np.bincount(image, minlength=len(boxes))),
}
"""Which slots (B, G, 1) hold a box, from the padded boxes and the image of each target."""


def _filled(slots: int, boxes: np.ndarray) -> np.ndarray:
    """As many slots of each image as it has boxes."""
    return np.arange(slots)[:, np.newaxis] < boxes[:, np.newaxis, np.newaxis]


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
    return xywh2xyxy(xywh * like(xywh, [width, height, width, height]))
