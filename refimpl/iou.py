"""The IoU family: IoU, GIoU, DIoU and CIoU of box pairs.

In YOLOV8 heights carry ε (h = y2 − y1 + ε, in areas too) and widths do not, as the sources have it: a box of zero area
therefore gives a finite value. An inverted box takes part with its signed width and height; its intersection with
anything is 0. Where else ε goes, and what becomes of a negative side, are decisions of the dialect.
"""

from __future__ import annotations

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.dialect import Dialect
from refimpl.pairs import centre_distance, enclosing_area, iou_and_union, over, settled, unclamped_ciou
from refimpl.protocol import op


@op("boxes1~: N 4 xyxy, boxes2~: N 4 xyxy -> values~: N")
def iou(boxes1: FloatArray, boxes2: FloatArray, *, dialect: Dialect) -> FloatArray:
    """Intersection over union of each pair of boxes.  [IOU-1]

        IoU = I / U,   I = max(0, Δx) · max(0, Δy),   U = w1·h1 + w2·h2 − I + ε

    Parameters
    ----------
    boxes1, boxes2 : (N, 4) float, xyxy, one unit
    dialect : iou_eps, side_eps, union_eps, negative_sides and nan_is are read

    Returns
    -------
    (N,) float64, in [0, 1] for upright boxes

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    return settled(iou_and_union(boxes1, boxes2, dialect)[0], boxes1, boxes2, dialect)


@op("boxes1~: N 4 xyxy, boxes2~: N 4 xyxy -> values~: N")
def giou(boxes1: FloatArray, boxes2: FloatArray, *, dialect: Dialect) -> FloatArray:
    """Generalised IoU: less by the share of the enclosing box that neither covers.  [IOU-2, arXiv:1902.09630 eq. 1]

        GIoU = IoU − (E − U) / E,   E = (width · height of the enclosing box) + ε

    Parameters, Returns and Raises are those of `iou`; values in [−1, 1] for upright boxes.

    Parameters
    ----------
    boxes1, boxes2 : (N, 4) float, xyxy, one unit
    dialect : iou_eps, side_eps, union_eps, enclosing_eps, negative_sides, negative_hull and nan_is are read

    Returns
    -------
    (N,) float64
    """
    value, union = iou_and_union(boxes1, boxes2, dialect)
    enclosing = enclosing_area(boxes1, boxes2, dialect)
    return settled(value - over(enclosing - union, enclosing), boxes1, boxes2, dialect)


@op("boxes1~: N 4 xyxy, boxes2~: N 4 xyxy -> values~: N")
def diou(boxes1: FloatArray, boxes2: FloatArray, *, dialect: Dialect) -> FloatArray:
    """Distance IoU: less by the squared centre distance over the squared enclosing diagonal.  [IOU-3, arXiv:1911.08287 eq. 7]

        DIoU = IoU − ρ² / c²,   c² = (enclosing width)² + (enclosing height)² + ε

    Parameters
    ----------
    boxes1, boxes2 : (N, 4) float, xyxy, one unit
    dialect : iou_eps, side_eps, union_eps, negative_sides, negative_hull and nan_is are read

    Returns
    -------
    (N,) float64, in [−1, 1] for upright boxes
    """
    value, _ = iou_and_union(boxes1, boxes2, dialect)
    return settled(value - centre_distance(boxes1, boxes2, dialect), boxes1, boxes2, dialect)


@op("boxes1~: N 4 xyxy, boxes2~: N 4 xyxy -> values~: N")
def ciou(boxes1: FloatArray, boxes2: FloatArray, *, dialect: Dialect) -> FloatArray:
    """Complete IoU: DIoU, less by the difference in aspect ratio.  [IOU-4, arXiv:1911.08287 eq. 8–11]

        CIoU = IoU − ρ²/c² − α·v,   v = 4/π² · (atan w2/h2 − atan w1/h1)²,   α = v / (1 − IoU + v + ε)

    The value is not clamped: far boxes reach about −1.5.

    Parameters
    ----------
    boxes1, boxes2 : (N, 4) float, xyxy, one unit
    dialect : iou_eps, side_eps, union_eps, negative_sides, negative_hull, aspect_factor, alpha_rule, ciou_range and
        nan_is are read

    Returns
    -------
    (N,) float64

    Raises
    ------
    ContractError
        If an argument is not as above.
    """
    # Of 0 / 0 some make DIoU the dialect's number, and subtract the aspect ratio still.
    value = settled(unclamped_ciou(boxes1, boxes2, dialect), boxes1, boxes2, dialect, sure=False)
    return value if dialect.ciou_range is None else np.clip(value, *dialect.ciou_range)
