"""Other right ways to write a prediction."""

from __future__ import annotations

from typing import Any, List

import numpy as np

from conformance.judging.rounding import Rounded
from conformance.ops.boxes.licences import decode_by_log_sum
from refimpl import Dialect, make_anchors
from refimpl.bce import sigmoid
from refimpl.detection import split_predictions
from refimpl.predict import predict


def predict_by_log_sum(feature_maps: List[Rounded], *, dialect: Dialect) -> Any:
    """Boxes by bins under exp(x − log Σ exp(x)).  [PRD-1]"""
    points, strides = make_anchors([level.shape[2:] for level in feature_maps], dialect=dialect)
    pred_dist, logits = split_predictions(feature_maps, dialect=dialect)
    precision = logits.precision
    corners = decode_by_log_sum(pred_dist, Rounded(points, precision), dialect=dialect)
    first, last, strides = corners[..., :2], corners[..., 2:], Rounded(strides, precision)
    columns = [(first + last) / 2 * strides, (last - first) * strides, sigmoid(logits)]
    return np.moveaxis(np.concatenate(columns, axis=-1), 1, -1)


def predict_by_distances(feature_maps: List[Rounded], *, dialect: Dialect) -> Any:
    """Without bins, centre and size from the distances alone: p + (r − l)/2 and l + r.  [PRD-1]"""
    if dialect.reg_max > 1:
        return predict(feature_maps, dialect=dialect)
    points, strides = make_anchors([level.shape[2:] for level in feature_maps], dialect=dialect)
    pred_dist, logits = split_predictions(feature_maps, dialect=dialect)
    points, strides = (Rounded(x, logits.precision) for x in (points, strides))
    before, after = pred_dist[..., :2], pred_dist[..., 2:]
    columns = [(points + (after - before) / 2) * strides, (before + after) * strides, sigmoid(logits)]
    return np.moveaxis(np.concatenate(columns, axis=-1), 1, -1)


def predict_by_tanh(feature_maps: List[Rounded], *, dialect: Dialect) -> Any:
    """Probabilities by (tanh(x/2) + 1)/2, as some compilers lower a sigmoid: small ones lose digits to the 1.  [PRD-2]"""
    found = predict(feature_maps, dialect=dialect)
    lost = np.zeros_like(found.value)
    lost[:, 4:] = 4 * found.precision.u
    return Rounded(found.value, found.precision, found.error + lost)
