"""Region proposals: the boxes of an image that are worth a closer look.  arXiv:1506.01497 section 3.

The steps: anchors are moved by their deltas, the best are taken, clipped to the image, those too small left out,
those that overlap a better one suppressed, and the best of the rest proposed.
"""

from __future__ import annotations

from typing import NamedTuple, Tuple

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.deltas import decode_deltas
from refimpl.dialect import Dialect
from refimpl.nms import nms
from refimpl.protocol import op


class Proposals(NamedTuple):
    """rois (K, 4) float64, xyxy, px; roi_scores (K,) float64, falling."""

    rois: FloatArray
    roi_scores: FloatArray


@op("boxes: N 4 xyxy px, image_size: size px -> clipped: N 4 xyxy px")
def clip_boxes(boxes: FloatArray, image_size: Tuple[int, int], *, dialect: Dialect) -> FloatArray:
    """Move each corner that lies outside the image to its border.  [CLP-1]

        x → min(max(x, 0), W − o),   y → min(max(y, 0), H − o)

    o is the `region_pixel_offset`: corners are pixels where it is 1. A box wholly outside becomes one without area.

    Parameters
    ----------
    boxes : (N, 4) float, xyxy, px
    image_size : (H, W), px
    dialect : region_pixel_offset is read

    Returns
    -------
    (N, 4) float64, xyxy, px

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.
    """
    height, width = (side - dialect.region_pixel_offset for side in image_size)
    return np.clip(boxes, 0, np.array([width, height, width, height], np.float64))


@op(
    "deltas: N 4, scores: N, anchors: N 4 xyxy px, image_size: size px, pre_nms_topk: count, post_nms_topk: count,"
    " iou_threshold: share, min_size: real -> rois: ? 4 xyxy px, roi_scores: ?"
)
def propose(
    deltas: FloatArray,
    scores: FloatArray,
    anchors: FloatArray,
    image_size: Tuple[int, int],
    pre_nms_topk: int,
    post_nms_topk: int,
    iou_threshold: float,
    min_size: float,
    *,
    dialect: Dialect,
) -> Proposals:
    """Propose the best boxes of one image.  [RPN-3, RPN-4, RPN-5, RPN-6, RPN-7, seed 001 section RPN]

        decode → best N₁ → clip → both sides ≥ min_size → suppress → best N₂

    py-faster-rcnn clips and drops before it takes the best N₁ (`propose_order`). Seed 001 drops boxes that cross
    the border instead of clipping them (`propose_border`). Of equal scores the lower index comes first. A box of
    exactly `min_size` stays (`min_size_compare`). If nothing is left, nothing is proposed.

    Parameters
    ----------
    deltas : (N, 4) float
    scores : (N,) float, any that rise with the chance of an object
    anchors : (N, 4) float, xyxy, px
    image_size : (H, W), px
    pre_nms_topk, post_nms_topk : N₁ and N₂, boxes that enter and leave the suppression at most
    iou_threshold : of the suppression, 0 … 1
    min_size : px
    dialect : region_pixel_offset, decoded_end, delta_clamp, propose_order, propose_border, min_size_compare, nms_compare,
        nms_threshold, nms_sort_corners, nms_pixel_offset and nms_nan are read

    Returns
    -------
    Proposals

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        If an argument is not as above.
    """
    boxes = decode_deltas(anchors, deltas, dialect=dialect)
    clipped = clip_boxes(boxes, image_size, dialect=dialect)
    eligible = large_enough(clipped, min_size, dialect=dialect)
    if dialect.propose_border == "drop":
        eligible = eligible & (boxes == clipped).all(axis=-1)
    order = np.argsort(-scores, kind="stable")
    if dialect.propose_order == "clip_first":
        entering = order[eligible[order]][:pre_nms_topk]
    else:
        best = order[:pre_nms_topk]
        entering = best[eligible[best]]
    keep = nms(clipped[entering], scores[entering], iou_threshold, dialect=dialect)
    proposed = entering[keep[:post_nms_topk]]
    return Proposals(clipped[proposed], scores[proposed])


def large_enough(boxes: FloatArray, min_size: float, *, dialect: Dialect) -> np.ndarray:
    """Mark the boxes both of whose sides reach the least size.  [RPN-3]

    Parameters
    ----------
    boxes : (N, 4) float, xyxy, px
    min_size : px
    dialect : region_pixel_offset and min_size_compare are read

    Returns
    -------
    (N,) bool
    """
    sides = shorter_side(boxes, dialect=dialect)
    return sides > min_size if dialect.min_size_compare == "strict" else sides >= min_size


def shorter_side(boxes: FloatArray, *, dialect: Dialect) -> FloatArray:
    """The shorter side of each box, with the dialect's pixel offset: (N, 4) -> (N,).  [RPN-3]"""
    sides = boxes[:, 2:] - boxes[:, :2] + dialect.region_pixel_offset
    return np.minimum(sides[:, 0], sides[:, 1])
