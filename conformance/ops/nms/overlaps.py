"""Overlaps for suppression: what is known of each pair of boxes, and whether the one may drop the other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from conformance.judging.rounding import Precision, Rounded
from conformance.judging.suppression import Suppression
from refimpl import Dialect
from refimpl.nms import CLASS_OFFSET, box_overlaps, suppresses, threshold


class Pairs(NamedTuple):
    """Of N boxes among themselves, (N, N).

    Attributes
    ----------
    value : overlap; NaN for 0 / 0.
    may, must : bool, whether the later may, or must, be dropped by the earlier.
    equal : bool, whether the overlap is known to be just the threshold.
    other : bool, whether they are of two classes that do not meet.
    over : bool, whether the overlap may be too much, were they of one class.
    no_area, infinite : (N,) bool, boxes without area or with a corner that is not finite; only the latter.
    """

    value: np.ndarray
    may: np.ndarray
    must: np.ndarray
    equal: np.ndarray
    other: np.ndarray
    over: np.ndarray
    no_area: np.ndarray
    infinite: np.ndarray


def pairs(boxes: Rounded, classes: np.ndarray, t: float, dialect: Dialect, precision: Precision) -> Pairs:
    """Compare all pairs of boxes with the threshold.

    Parameters
    ----------
    boxes : (N, 4) error-carrying, xyxy
    classes : (N,) whole numbers
    t : the threshold, as given
    """
    apart = np.zeros((len(classes), len(classes)), bool)
    finite = np.isfinite(boxes.value).all(axis=-1)
    if dialect.nms_classes == "offset":
        boxes = boxes + Rounded(np.repeat(CLASS_OFFSET * classes[:, np.newaxis], 4, axis=1), precision)
    if dialect.nms_classes == "apart":
        apart = classes[:, np.newaxis] != classes
    with np.errstate(all="ignore"):
        overlaps = box_overlaps(boxes[:, np.newaxis], boxes[np.newaxis], dialect=dialect)
        limit = Rounded(threshold(t, dialect=dialect), precision)
        limit = Rounded(limit.value, precision, _stored(limit.value, precision))
        may, must = _decided(overlaps, limit, dialect)
    certain = suppresses(overlaps.value, t, dialect=dialect)
    known = np.isnan(overlaps.value) | ~(finite[:, np.newaxis] & finite)
    may, must = np.where(known, certain, may), np.where(known, certain, must)
    equal = (overlaps.error == 0) & (overlaps.value == limit.value) & (limit.error == 0)
    no_area = np.isnan(np.diagonal(overlaps.value)) | ~finite
    return Pairs(overlaps.value, may & ~apart, must & ~apart, equal & ~apart, apart, may, no_area, ~finite)


def suppression(scores: np.ndarray, found: Pairs, most: int | None = None) -> Suppression:
    """What a list of kept boxes is judged by."""
    return Suppression(scores, np.nan_to_num(found.value, nan=0.0), found.may, found.must, most)


def _decided(overlaps: Rounded, limit: Rounded, dialect: Dialect):
    if dialect.nms_compare == "at_least":
        return overlaps.hi >= limit.lo, overlaps.lo >= limit.hi
    return overlaps.hi > limit.lo, overlaps.lo > limit.hi


def _stored(t: float, precision: Precision) -> float:
    """What storing the threshold in the judged precision costs: it may be compared there, or as it was given."""
    return abs(float(np.asarray(t).astype(precision.dtype)) - t) or (
        0.0 if float(np.float32(t)) == t else precision.u * t
    )
