"""IoU, GIoU, DIoU (exactly) and CIoU (50 digits) of one pair of boxes.

arXiv:1902.09630 (GIoU), arXiv:1911.08287 (DIoU, CIoU). The papers leave degenerate boxes open; here eps is added to every
height, to the union, to the enclosing area and to the enclosing diagonal, and to nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from refimpl.oracle.scalars import MP, alike, real


def iou_and_union(box1: Sequence[Any], box2: Sequence[Any], eps: Any) -> tuple[Any, Any]:
    """Intersection over union, and the union. Boxes that do not meet (or are inverted) intersect in 0."""
    left1, top1, right1, bottom1, left2, top2, right2, bottom2, e = alike(*box1, *box2, eps)
    area1 = (right1 - left1) * (bottom1 - top1 + e)
    area2 = (right2 - left2) * (bottom2 - top2 + e)
    across = min(right1, right2) - max(left1, left2)
    down = min(bottom1, bottom2) - max(top1, top2)
    shared = across * down if across > 0 and down > 0 else 0 * across
    union = area1 + area2 - shared + e
    return shared / union, union


def enclosing_sides(box1: Sequence[Any], box2: Sequence[Any]) -> tuple[Any, Any]:
    """Width and height of the smallest box around both."""
    left1, top1, right1, bottom1, left2, top2, right2, bottom2 = alike(*box1, *box2)
    return max(right1, right2) - min(left1, left2), max(bottom1, bottom2) - min(top1, top2)


def iou(box1: Sequence[Any], box2: Sequence[Any], eps: Any) -> Any:
    """|intersection| / |union|."""
    return iou_and_union(box1, box2, eps)[0]


def giou(box1: Sequence[Any], box2: Sequence[Any], eps: Any) -> Any:
    """iou - (|C| - |union|) / |C|, C the enclosing box."""
    overlap, union = iou_and_union(box1, box2, eps)
    width, height, union, e = alike(*enclosing_sides(box1, box2), union, eps)
    enclosing = width * height + e
    return overlap - (enclosing - union) / enclosing


def diou(box1: Sequence[Any], box2: Sequence[Any], eps: Any) -> Any:
    """iou - d^2 / c^2, d between the centres, c the diagonal of the enclosing box."""
    left1, top1, right1, bottom1, left2, top2, right2, bottom2, e = alike(*box1, *box2, eps)
    across = (left2 + right2) / 2 - (left1 + right1) / 2
    down = (top2 + bottom2) / 2 - (top1 + bottom1) / 2
    width, height = enclosing_sides(box1, box2)
    return iou(box1, box2, eps) - (across * across + down * down) / (width * width + height * height + e)


def aspect(box1: Sequence[Any], box2: Sequence[Any], eps: Any) -> Any:
    """v = 4 / pi^2 (arctan(w2 / h2) - arctan(w1 / h1))^2."""
    left1, top1, right1, bottom1, left2, top2, right2, bottom2, e = (real(number) for number in (*box1, *box2, eps))
    angle1 = MP.atan((right1 - left1) / (bottom1 - top1 + e))
    angle2 = MP.atan((right2 - left2) / (bottom2 - top2 + e))
    return 4 / MP.pi**2 * (angle2 - angle1) ** 2


def ciou_alpha(box1: Sequence[Any], box2: Sequence[Any], eps: Any) -> Any:
    """v / (1 - iou + v + eps), the trade-off that CIoU treats as a constant when differentiated."""
    v = aspect(box1, box2, eps)
    return v / (1 - real(iou(box1, box2, eps)) + v + real(eps))


def ciou(box1: Sequence[Any], box2: Sequence[Any], eps: Any, alpha: Any = None) -> Any:
    """diou - alpha v. Give the alpha of the unshifted pair to hold it constant in `gradient`; None computes it here."""
    frozen = ciou_alpha(box1, box2, eps) if alpha is None else real(alpha)
    return real(diou(box1, box2, eps)) - frozen * aspect(box1, box2, eps)
