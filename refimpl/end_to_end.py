"""The loss of YOLO26: two heads, one that gives a box many anchors and one that gives it a single one.

The second needs no suppression of duplicates afterwards, and takes over in the course of training.
"""

from __future__ import annotations

from dataclasses import replace
from typing import List, NamedTuple, Sequence, Tuple

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.detection import DetectionLoss, detection_loss
from refimpl.detection_gradients import detection_loss_vjp
from refimpl.dialect import Dialect
from refimpl.protocol import op, vjp

ONE_TO_ONE = {"topk": 7, "topk2": 1}
"""The one-to-one head: each box claims 7 anchors, and keeps the best of those it wins."""


class EndToEndGradient(NamedTuple):
    """one_to_many and one_to_one, [(B, 4R + C, H, W)]·L each."""

    one_to_many: List[FloatArray]
    one_to_one: List[FloatArray]


@op(
    "one_to_many~: [B 4R+C H W logit]*L, one_to_one~: [B 4R+C H W logit]*L, targets: N 6 targets, epoch: count,"
    " epochs: count -> total~:, components: 3"
)
def end_to_end_loss(
    one_to_many: Sequence[FloatArray],
    one_to_one: Sequence[FloatArray],
    targets: FloatArray,
    epoch: int,
    epochs: int,
    *,
    dialect: Dialect,
) -> DetectionLoss:
    """The weighted sum of the detection losses of two heads, whose weights change with the epoch.  [E2E-1, E2E-2]

        total = λm · L(one_to_many) + λo · L(one_to_one)
        λm = 0.7 · max(1 − e / max(E − 1, 1), 0) + 0.1,   λo = max(1 − λm, 0)

    The first is the loss of the dialect, the second that with k = 7 and k₂ = 1. The components shown are those of the
    one-to-one head, without its weight.

    Parameters
    ----------
    one_to_many, one_to_one : [(B, 4R + C, H, W) float]·L
    targets : (N, 6) float: image, class, cx, cy, w, h as fractions of the image
    epoch : e, from 0
    epochs : E
    dialect : all fields are read

    Returns
    -------
    DetectionLoss

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    many = detection_loss(one_to_many, targets, dialect=dialect)
    one = detection_loss(one_to_one, targets, dialect=of_one_to_one(dialect))
    by_many, by_one = branch_weights(epoch, epochs)
    return DetectionLoss(by_many * many.total + by_one * one.total, one.components)


@vjp(end_to_end_loss)
def end_to_end_loss_vjp(
    one_to_many: Sequence[FloatArray],
    one_to_one: Sequence[FloatArray],
    targets: FloatArray,
    epoch: int,
    epochs: int,
    cotangent: FloatArray,
    *,
    dialect: Dialect,
) -> EndToEndGradient:
    """Gradient of the total of `end_to_end_loss` with respect to the maps of both heads.  [E2E-2g]

        ∂one_to_many = λm · ∂L,   ∂one_to_one = λo · ∂L

    Parameters
    ----------
    one_to_many … epochs : as in `end_to_end_loss`
    cotangent : scalar float, gradient with respect to the total
    dialect : all fields are read

    Returns
    -------
    EndToEndGradient
    """
    by_many, by_one = branch_weights(epoch, epochs)
    many = detection_loss_vjp(one_to_many, targets, by_many * cotangent, dialect=dialect)
    one = detection_loss_vjp(one_to_one, targets, by_one * cotangent, dialect=of_one_to_one(dialect))
    return EndToEndGradient(many, one)


def of_one_to_one(dialect: Dialect) -> Dialect:
    """The dialect of the one-to-one head."""
    return replace(dialect, **ONE_TO_ONE)


def branch_weights(epoch: FloatArray, epochs: int) -> Tuple[FloatArray, FloatArray]:
    """λm and λo of an epoch, counted from 0: from 0.8 and 0.2 in the first to 0.1 and 0.9 in the last."""
    many = np.maximum(1 - epoch / max(epochs - 1, 1), 0) * (0.8 - 0.1) + 0.1
    return many, np.maximum(1 - many, 0)
