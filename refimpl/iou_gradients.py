"""Gradients of the IoU family with respect to the corners of both boxes.

Each measure is symmetric in its two boxes, so the slopes ∂(x1, y1, x2, y2) are written for the first box and taken
twice. min, max and clamp have kinks where corners are equal and where boxes touch: see `kinks.step`. Where a box has
no area, atan w/h turns by 1/ε per unit of w: gradients of order 10⁶ are right there.
"""

from __future__ import annotations

from typing import Callable, NamedTuple

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.dialect import Dialect
from refimpl.iou import ciou, diou, giou, iou
from refimpl.pair_slopes import ciou_slopes, diou_slopes, giou_slopes, iou_slopes
from refimpl.pairs import settled
from refimpl.protocol import vjp


class PairGradient(NamedTuple):
    """boxes1 (N, 4) and boxes2 (N, 4)."""

    boxes1: FloatArray
    boxes2: FloatArray


@vjp(iou)
def iou_vjp(boxes1: FloatArray, boxes2: FloatArray, cotangent: FloatArray, *, dialect: Dialect) -> PairGradient:
    """Gradient of `iou` with respect to both boxes.  [IOU-1g]

        ∂IoU = ((1 + IoU)·∂I − IoU·∂A) / U

    with A the area w·h of the box, from IoU = I / U and ∂U = ∂A − ∂I.

    Parameters
    ----------
    boxes1, boxes2 : (N, 4) float, xyxy, one unit
    cotangent : (N,) float, gradient with respect to the values
    dialect : the fields that `iou` reads

    Returns
    -------
    PairGradient

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    return pulled_back(iou_slopes, boxes1, boxes2, cotangent, dialect)


@vjp(giou)
def giou_vjp(boxes1: FloatArray, boxes2: FloatArray, cotangent: FloatArray, *, dialect: Dialect) -> PairGradient:
    """Gradient of `giou` with respect to both boxes.  [IOU-2g]

        ∂GIoU = ((1 + IoU)/U − 1/E)·∂I + (1/E − IoU/U)·∂A − (1 − gap)/E·∂E,   gap = (E − U) / E

    from ∂gap = ((1 − gap)·∂E − ∂U) / E. Parameters, Returns and Raises are those of `iou_vjp`.
    """
    return pulled_back(giou_slopes, boxes1, boxes2, cotangent, dialect)


@vjp(diou)
def diou_vjp(boxes1: FloatArray, boxes2: FloatArray, cotangent: FloatArray, *, dialect: Dialect) -> PairGradient:
    """Gradient of `diou` with respect to both boxes.  [IOU-3g]

        ∂DIoU = ∂IoU − (∂ρ² − ρ²/c²·∂c²) / c²

    Parameters, Returns and Raises are those of `iou_vjp`.
    """
    return pulled_back(diou_slopes, boxes1, boxes2, cotangent, dialect)


@vjp(ciou)
def ciou_vjp(boxes1: FloatArray, boxes2: FloatArray, cotangent: FloatArray, *, dialect: Dialect) -> PairGradient:
    """Gradient of `ciou` with respect to both boxes.  [IOU-4g]

        ∂CIoU = ∂DIoU − α·∂v,   ∂v = 8/π² · (θ2 − θ1) · ∂(θ2 − θ1),   θ = atan w/h,   ∂θ = (h·∂w − w·∂h) / (w² + h²)

    α is a constant, as in the sources. Where the dialect differentiates it (`constant_alpha` False), α = v / D with
    D = 1 − IoU + v + ε gives ∂(α·v) = α·(2 − α)·∂v + α²·∂IoU in place of α·∂v. Beyond `ciou_range` nothing flows.

    Parameters
    ----------
    boxes1, boxes2 : (N, 4) float, xyxy, one unit
    cotangent : (N,) float, gradient with respect to the values
    dialect : the fields that `ciou` reads, and constant_alpha

    Returns
    -------
    PairGradient

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    return pulled_back(ciou_slopes, boxes1, boxes2, cotangent, dialect, sure=False)


def pulled_back(
    slopes: Callable, boxes1: FloatArray, boxes2: FloatArray, cotangent: FloatArray, dialect: Dialect, sure: bool = True
) -> PairGradient:
    """The slopes of a symmetric measure, taken of each box beside the other, times the cotangent of each pair; `sure` is
    that of `settled`."""
    pairs = np.concatenate([boxes1, boxes2], axis=0), np.concatenate([boxes2, boxes1], axis=0)
    # What stands in place of NaN is a constant.
    both = settled(slopes(*pairs, dialect), *pairs, dialect, constant=0, sure=sure)
    g, count = cotangent[:, np.newaxis], len(boxes1)
    return PairGradient(g * both[:count], g * both[count:])
