"""Detections: from what a model answers to the boxes that are shown."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.boxes import xywh2xyxy
from refimpl.dialect import Dialect
from refimpl.nms import batched_nms
from refimpl.protocol import op


@op("prediction: 4+C A, score_threshold: share, iou_threshold: share, max_det: count -> rows: ? 6")
def detections(
    prediction: FloatArray, score_threshold: float, iou_threshold: float, max_det: int, *, dialect: Dialect
) -> FloatArray:
    """Pick the boxes of one image that are shown.  [DTN-1, DTN-2, DTN-3, NMS-1, NMS-2, NMS-3, NMS-4, NMS-5, NMS-7]

        score_a = max_c p[c, a] > score_threshold,   class_a the first class that has it,   then `batched_nms`

    The score must be more than its threshold, not equal to it. Of the boxes that pass, the `max_nms` best enter the
    suppression, and of those it keeps the `max_det` best are answered. Where `candidates_per_box` is "every", a box
    stands once for each class whose probability passes. Of equal scores the lower anchor, then class, comes first.

    Parameters
    ----------
    prediction : (4 + C, A) float: xywh px, then probabilities
    score_threshold, iou_threshold : 0 … 1
    max_det : rows at most
    dialect : num_classes, candidates_per_box, max_nms, nms_classes, nms_compare, nms_threshold, nms_sort_corners,
        nms_pixel_offset and nms_nan are read

    Returns
    -------
    (K, 6) float64: x1, y1, x2, y2 px, score, class; best first

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.
    """
    boxes, probabilities = xywh2xyxy(np.moveaxis(prediction[:4], 0, -1)), prediction[4:]
    chosen = candidates(probabilities, score_threshold, dialect=dialect)
    scores = probabilities[chosen.label, chosen.anchor]
    entering = np.argsort(-scores, kind="stable")[: dialect.max_nms]
    anchor, label, scores = chosen.anchor[entering], chosen.label[entering], scores[entering]
    keep = batched_nms(boxes[anchor], scores, label, iou_threshold, dialect=dialect)[:max_det]
    rows = [boxes[anchor[keep]], scores[keep, np.newaxis], label[keep, np.newaxis].astype(np.float64)]
    return np.concatenate(rows, axis=-1)


class Candidates(NamedTuple):
    """anchor (M,) and label (M,) int64 of what passes the score, by anchor, then label."""

    anchor: np.ndarray
    label: np.ndarray


def candidates(probabilities: FloatArray, score_threshold: float, *, dialect: Dialect) -> Candidates:
    """Find the anchors, and the class or classes of each, that score more than the threshold.  [DTN-1, DTN-2]

    Parameters
    ----------
    probabilities : (C, A) float
    score_threshold : 0 … 1
    dialect : candidates_per_box is read

    Returns
    -------
    Candidates
    """
    if dialect.candidates_per_box == "every":
        return Candidates(*np.nonzero(probabilities.T > score_threshold))
    label = probabilities.argmax(axis=0)
    anchor = np.flatnonzero(probabilities.max(axis=0) > score_threshold)
    return Candidates(anchor, label[anchor])
