"""Prediction: what an exported model answers, boxes in px and the probability of each class."""

from __future__ import annotations

from typing import Sequence

import numpy as np

from refimpl.arrays import FloatArray, like
from refimpl.anchors import make_anchors
from refimpl.bce import sigmoid
from refimpl.detection import split_predictions
from refimpl.decode import decode_boxes
from refimpl.dialect import Dialect
from refimpl.protocol import op


@op("feature_maps: [B 4R+C H W logit]*L -> prediction: B 4+C A")
def predict(feature_maps: Sequence[FloatArray], *, dialect: Dialect) -> FloatArray:
    """Decode the head's raw outputs into boxes and probabilities, one column for each anchor.  [PRD-1, PRD-2]

        column a = ((x1 + x2)/2 · s, (y1 + y2)/2 · s, (x2 − x1) · s, (y2 − y1) · s, σ(logit_1), …, σ(logit_C))

    (x1, y1, x2, y2) is the decoded box of anchor a in grid units and s the stride of its level. The box comes first,
    as centre and size in px of the network's input, not as corners and not as a share of the image. Columns run as
    anchors do: levels as given, then y, then x. Nothing is sorted and nothing left out.

    Parameters
    ----------
    feature_maps : [(B, 4R + C, H, W) float]·L, logits
    dialect : num_classes, reg_max and strides are read

    Returns
    -------
    (B, 4 + C, A) float64: xywh px, then probabilities

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.
    """
    anchor_points, stride = make_anchors([level.shape[2:] for level in feature_maps], dialect=dialect)
    pred_dist, logits = split_predictions(feature_maps, dialect=dialect)
    points, strides = like(logits, anchor_points), like(logits, stride)
    corners = decode_boxes(pred_dist, points, dialect=dialect)
    first, last = corners[..., :2], corners[..., 2:]
    columns = [(first + last) / 2 * strides, (last - first) * strides, sigmoid(logits)]
    return np.moveaxis(np.concatenate(columns, axis=-1), 1, -1)
