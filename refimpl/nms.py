"""Non-maximum suppression: of boxes that overlap, the one of highest score stays.

The overlaps are values, the greedy pass a decision on them: `box_overlaps` is written in plain ufuncs and runs on any
number type, the pass compares plain numbers.
"""

from __future__ import annotations

import numpy as np

from refimpl.arrays import FloatArray, like
from refimpl.dialect import Dialect
from refimpl.protocol import op

CLASS_OFFSET = 7680.0
"""px between the boxes of one class and those of the next, where classes are kept apart by moving them."""


@op("boxes: N 4 unbounded px, scores: N, iou_threshold: share -> keep: ? index")
def nms(boxes: FloatArray, scores: FloatArray, iou_threshold: float, *, dialect: Dialect) -> np.ndarray:
    """Keep the best boxes, each of which drops those it overlaps too much.  [NMS-1, NMS-2, NMS-3, NMS-6, NMS-7]

        box r is dropped  if  IoU(k, r) > t  for a kept box k that comes before it

    Boxes come in falling score; of equal scores the lower index comes first. A dropped box drops nothing itself.
    Equality with the threshold keeps a box (dialect: `nms_compare`). A box without area overlaps nothing, not even
    itself; so does one with a corner that is not finite (`nms_nan`).

    Parameters
    ----------
    boxes : (N, 4) float, xyxy, px; may hold infinities and NaN
    scores : (N,) float
    iou_threshold : t, 0 … 1
    dialect : nms_compare, nms_threshold, nms_sort_corners, nms_pixel_offset and nms_nan are read

    Returns
    -------
    (K,) int64, indices of the kept boxes, best first

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.

    >>> from refimpl import YOLOV8
    >>> nms([[0, 0, 4, 4], [0, 0, 4, 3], [4, 0, 8, 4]], [0.5, 0.9, 0.7], 0.5, dialect=YOLOV8).tolist()
    [1, 2]
    """
    return greedy(boxes, scores, np.zeros(len(scores), np.int64), iou_threshold, dialect=dialect)


@op("boxes: N 4 unbounded px, scores: N, classes: N label, iou_threshold: share -> keep: ? index")
def batched_nms(
    boxes: FloatArray, scores: FloatArray, classes: np.ndarray, iou_threshold: float, *, dialect: Dialect
) -> np.ndarray:
    """Suppress within each class: boxes of two classes do not touch each other's fate.  [NMS-1, NMS-2, NMS-3, NMS-4, NMS-6, NMS-7]

        box r is dropped  if  class_k = class_r  and  IoU(k, r) > t  for a kept box k that comes before it

    The kept boxes of all classes stand in one list of falling score. Where `nms_classes` is "offset", boxes are moved
    by 7680 px for each class instead, which costs them digits, and lets boxes meet that are wider than that.

    Parameters
    ----------
    boxes : (N, 4) float, xyxy, px; may hold infinities and NaN
    scores : (N,) float
    classes : (N,) whole numbers, 0 … C − 1
    iou_threshold : t, 0 … 1
    dialect : num_classes, nms_classes, nms_compare, nms_threshold, nms_sort_corners, nms_pixel_offset and nms_nan are read

    Returns
    -------
    (K,) int64, indices of the kept boxes, best first

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.
    """
    if dialect.nms_classes == "offset":
        boxes = boxes + like(boxes, CLASS_OFFSET * classes[:, np.newaxis])
    if dialect.nms_classes != "apart":
        classes = np.zeros_like(classes)
    return greedy(boxes, scores, classes, iou_threshold, dialect=dialect)


def greedy(
    boxes: FloatArray, scores: FloatArray, classes: np.ndarray, iou_threshold: float, *, dialect: Dialect
) -> np.ndarray:
    """Take the best box, drop what it overlaps, and go on with the rest.  [NMS-1, NMS-2, NMS-3]

    Parameters
    ----------
    boxes : (N, 4) float, xyxy, px
    scores : (N,) float
    classes : (N,) int64; a box drops only boxes of its own
    iou_threshold : t
    dialect : nms_compare, nms_threshold, nms_nan, nms_sort_corners and nms_pixel_offset are read

    Returns
    -------
    (K,) int64
    """
    waiting, kept = np.argsort(-scores, kind="stable"), []
    while len(waiting):
        best, rest = waiting[0], waiting[1:]
        kept.append(best)
        falls = suppresses(box_overlaps(boxes[best], boxes[rest], dialect=dialect), iou_threshold, dialect=dialect)
        waiting = rest[~(falls & (classes[rest] == classes[best]))]
    return np.array(kept, np.int64)


def box_overlaps(boxes1: FloatArray, boxes2: FloatArray, *, dialect: Dialect) -> FloatArray:
    """Intersection over union, without an ε: 0 / 0 is NaN.  [NMS-2, NMS-3]

        IoU = i / (a1 + a2 − i),   i = max(0, Δx) · max(0, Δy)

    Parameters
    ----------
    boxes1, boxes2 : (…, 4) float, xyxy, px; shapes that broadcast
    dialect : nms_sort_corners and nms_pixel_offset are read

    Returns
    -------
    (…) float
    """
    (ax1, ay1, ax2, ay2), (bx1, by1, bx2, by2) = (_corners(boxes, dialect) for boxes in (boxes1, boxes2))
    one = dialect.nms_pixel_offset
    with np.errstate(invalid="ignore", over="ignore"):
        shared_width = np.maximum(np.minimum(ax2, bx2) - np.maximum(ax1, bx1) + one, 0)
        shared_height = np.maximum(np.minimum(ay2, by2) - np.maximum(ay1, by1) + one, 0)
        shared = shared_width * shared_height
        area1 = (ax2 - ax1 + one) * (ay2 - ay1 + one)
        area2 = (bx2 - bx1 + one) * (by2 - by1 + one)
        return shared / (area1 + area2 - shared)


def suppresses(overlaps: np.ndarray, iou_threshold: float, *, dialect: Dialect) -> np.ndarray:
    """Compare overlaps with the threshold.  [NMS-6, NMS-7]

    Parameters
    ----------
    overlaps : (…) float; NaN where it is 0 / 0
    iou_threshold : t
    dialect : nms_compare, nms_threshold and nms_nan are read

    Returns
    -------
    (…) bool
    """
    t = threshold(iou_threshold, dialect=dialect)
    falls = overlaps >= t if dialect.nms_compare == "at_least" else overlaps > t
    return falls | np.isnan(overlaps) if dialect.nms_nan == "drops" else falls


def threshold(iou_threshold: float, *, dialect: Dialect) -> float:
    """The number that overlaps are compared with: float32(0.6) is 0.60000002, more than 0.6.  [NMS-7]"""
    return float(np.float32(iou_threshold)) if dialect.nms_threshold == "float32" else float(iou_threshold)


def _corners(boxes: FloatArray, dialect: Dialect) -> tuple:
    x1, y1, x2, y2 = (boxes[..., i] for i in range(4))
    if dialect.nms_sort_corners:
        return np.minimum(x1, x2), np.minimum(y1, y2), np.maximum(x1, x2), np.maximum(y1, y2)
    return x1, y1, x2, y2
