"""IoU, GIoU, DIoU (exactly), CIoU and SIoU (50 digits) of one pair of boxes.

arXiv:1902.09630 (GIoU), arXiv:1911.08287 (DIoU, CIoU), arXiv:2205.12740 (SIoU). The papers leave degenerate boxes open;
what is done about them, and where eps is added, is written down in `rules`, any object with the fields of a dialect.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from refimpl.oracle.scalars import MP, alike, exact, real


def side(low: Any, high: Any, rules: Any) -> Any:
    """Length of a side; of an inverted one its negative length, or nothing."""
    length = high - low
    return 0 * length if rules.negative_sides == "zero" and length < 0 else length


def height(low: Any, high: Any, rules: Any) -> Any:
    """Height as it enters an area."""
    length, e = alike(side(low, high, rules), rules.iou_eps)
    return length + e if rules.side_eps in ("height", "height_and_aspect") else length


def slope_height(low: Any, high: Any, rules: Any) -> Any:
    """Height as it enters an aspect ratio."""
    length, e = alike(height(low, high, rules), rules.iou_eps)
    return length + e if rules.side_eps in ("aspect", "height_and_aspect") else length


def iou_and_union(box1: Sequence[Any], box2: Sequence[Any], rules: Any) -> tuple[Any, Any]:
    """Intersection over union, and the union. Boxes that do not meet (or are inverted) intersect in 0."""
    left1, top1, right1, bottom1, left2, top2, right2, bottom2, e = alike(*box1, *box2, rules.iou_eps)
    area1 = side(left1, right1, rules) * height(top1, bottom1, rules)
    area2 = side(left2, right2, rules) * height(top2, bottom2, rules)
    across = min(right1, right2) - max(left1, left2)
    down = min(bottom1, bottom2) - max(top1, top2)
    shared = across * down if across > 0 and down > 0 else 0 * across
    union = area1 + area2 - shared
    if rules.union_eps == "plus":
        union = union + e
    elif rules.union_eps == "twice":
        union = union + e + e
    elif rules.union_eps == "max" and union < e:
        union = e
    if union == 0 and rules.nan_is is not None:
        return 0 * shared + exact(rules.nan_is), union
    return shared / union, union


def enclosing_sides(box1: Sequence[Any], box2: Sequence[Any], rules: Any) -> tuple[Any, Any]:
    """Width and height of the smallest box around both."""
    left1, top1, right1, bottom1, left2, top2, right2, bottom2 = alike(*box1, *box2)
    lengths = max(right1, right2) - min(left1, left2), max(bottom1, bottom2) - min(top1, top2)
    if rules.negative_hull == "zero":
        return tuple(0 * length if length < 0 else length for length in lengths)
    return lengths


def iou(box1: Sequence[Any], box2: Sequence[Any], rules: Any) -> Any:
    """|intersection| / |union|."""
    return iou_and_union(box1, box2, rules)[0]


def giou(box1: Sequence[Any], box2: Sequence[Any], rules: Any) -> Any:
    """iou - (|C| - |union|) / |C|, C the enclosing box."""
    overlap, union = iou_and_union(box1, box2, rules)
    width, tall, union, e = alike(*enclosing_sides(box1, box2, rules), union, rules.iou_eps)
    enclosing = width * tall + (e if rules.enclosing_eps == "plus" else 0 * e)
    if rules.enclosing_eps == "max" and enclosing < e:
        enclosing = e
    return overlap - (enclosing - union) / enclosing


def diou(box1: Sequence[Any], box2: Sequence[Any], rules: Any) -> Any:
    """iou - d^2 / c^2, d between the centres, c the diagonal of the enclosing box."""
    left1, top1, right1, bottom1, left2, top2, right2, bottom2, e = alike(*box1, *box2, rules.iou_eps)
    across = (left2 + right2) / 2 - (left1 + right1) / 2
    down = (top2 + bottom2) / 2 - (top1 + bottom1) / 2
    width, tall = enclosing_sides(box1, box2, rules)
    return iou(box1, box2, rules) - (across * across + down * down) / (width * width + tall * tall + e)


def aspect(box1: Sequence[Any], box2: Sequence[Any], rules: Any) -> Any:
    """v = 4 / pi^2 (arctan(w2 / h2) - arctan(w1 / h1))^2, or with the factor inside the square."""
    angles = []
    for box in (box1, box2):
        left, top, right, bottom = (real(number) for number in box)
        angles.append(MP.atan(side(left, right, rules) / real(slope_height(top, bottom, rules))))
    factor = 4 / MP.pi**2
    return (factor**2 if rules.aspect_factor == "inside" else factor) * (angles[1] - angles[0]) ** 2


def ciou_alpha(box1: Sequence[Any], box2: Sequence[Any], rules: Any) -> Any:
    """v / (1 - iou + v + eps), the trade-off that CIoU treats as a constant when differentiated; or another rule's."""
    v, overlap = aspect(box1, box2, rules), real(iou(box1, box2, rules))
    if rules.alpha_rule == "eps":
        return v / (1 - overlap + v + real(rules.iou_eps))
    if v == 0 or (rules.alpha_rule == "gated" and not overlap > MP.mpf(1) / 2):
        return 0 * v
    return v / (1 - overlap + v)


def ciou(box1: Sequence[Any], box2: Sequence[Any], rules: Any, alpha: Any = None) -> Any:
    """diou - alpha v. Give the alpha of the unshifted pair to hold it constant in `gradient`; None computes it here."""
    frozen = ciou_alpha(box1, box2, rules) if alpha is None else real(alpha)
    value = real(diou(box1, box2, rules)) - frozen * aspect(box1, box2, rules)
    if rules.ciou_range is not None:
        low, high = (real(end) for end in rules.ciou_range)
        return min(max(value, low), high)
    return value


def siou(box1: Sequence[Any], box2: Sequence[Any], rules: Any) -> Any:
    """iou - (distance + shape) / 2, the angle cost as sin(2 arcsin(sine)) of the smaller angle to an axis."""
    left1, top1, right1, bottom1, left2, top2, right2, bottom2, e = (real(x) for x in (*box1, *box2, rules.iou_eps))
    across = (left2 + right2 - left1 - right1) / 2 + e
    down = (top2 + bottom2 - top1 - bottom1) / 2 + e
    width, tall = (real(length) for length in enclosing_sides(box1, box2, rules))
    sine = min(abs(across), abs(down)) / MP.sqrt(across**2 + down**2)
    turn = MP.sin(2 * MP.asin(sine)) - 2
    distance = 2 - MP.exp(turn * (across / width) ** 2) - MP.exp(turn * (down / tall) ** 2)
    widths = side(left1, right1, rules), side(left2, right2, rules)
    heights = real(slope_height(top1, bottom1, rules)), real(slope_height(top2, bottom2, rules))
    shape = sum((1 - MP.exp(-abs(a - b) / max(a, b))) ** 4 for a, b in (widths, heights))
    return real(iou(box1, box2, rules)) - (distance + shape) / 2


def measured(op: str, box1: Sequence[Any], box2: Sequence[Any], rules: Any, alpha: Any = None) -> Any:
    """One of the family by name; `alpha` is a constant of ciou alone."""
    return ciou(box1, box2, rules, alpha) if op == "ciou" else {"iou": iou, "giou": giou, "diou": diou, "siou": siou}[op](box1, box2, rules)
