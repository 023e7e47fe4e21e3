"""Suppression and detections once more: one pair at a time, on exact numbers, by recursion instead of a list.

A box falls if and only if one that ranks before it stays and overlaps it too much: that sentence, taken as a definition.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from refimpl.oracle.scalars import exact


def overlap(box1: Sequence[Any], box2: Sequence[Any], *, offset: int = 0, sort_corners: bool = False) -> Any:
    """Area of the intersection over area of the union; None for 0 / 0, and where a corner is not finite."""
    if not all(math.isfinite(x) for x in (*box1, *box2)):
        return None
    (left1, right1), (top1, bottom1), (left2, right2), (top2, bottom2) = (
        _interval(box[i], box[i + 2], sort_corners) for box in (box1, box2) for i in (0, 1)
    )
    across = min(right1, right2) - max(left1, left2) + offset
    down = min(bottom1, bottom2) - max(top1, top2) + offset
    shared = across * down if across > 0 and down > 0 else Fraction(0)
    area1 = (right1 - left1 + offset) * (bottom1 - top1 + offset)
    area2 = (right2 - left2 + offset) * (bottom2 - top2 + offset)
    union = area1 + area2 - shared
    return shared / union if union else None if shared == 0 else Fraction(10**9)


def ranks(scores: Sequence[Any]) -> list[int]:
    """Indices from the highest score to the lowest, equal ones as they stand."""
    return sorted(range(len(scores)), key=lambda i: (-exact(scores[i]), i))


def survivors(
    boxes: Sequence[Sequence[Any]],
    scores: Sequence[Any],
    classes: Sequence[int],
    t: Any,
    *,
    at_least: bool = False,
    undefined_falls: bool = False,
    offset: int = 0,
    sort_corners: bool = False,
) -> list[int]:
    """The boxes that stay, best first."""
    order, t = ranks(scores), exact(t)

    def meets(i: int, j: int) -> bool:
        value = overlap(boxes[i], boxes[j], offset=offset, sort_corners=sort_corners)
        if value is None:
            return undefined_falls
        return value >= t if at_least else value > t

    @lru_cache(maxsize=None)
    def stays(place: int) -> bool:
        mine = order[place]
        return not any(
            stays(before) and classes[order[before]] == classes[mine] and meets(order[before], mine)
            for before in range(place)
        )

    return [order[place] for place in range(len(order)) if stays(place)]


def detections(
    prediction: Sequence[Sequence[Any]], score_threshold: Any, t: Any, most: int, *, entering: int, every: bool = False
) -> list[list[Any]]:
    """Rows x1, y1, x2, y2, score, class of one image, strictly above the score, classes apart."""
    rows = []
    for a in range(len(prediction[0])):
        cx, cy, w, h, *probabilities = (exact(channel[a]) for channel in prediction)
        box = [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2]
        best = max(range(len(probabilities)), key=lambda c: (probabilities[c], -c))
        for c in range(len(probabilities)) if every else [best]:
            if probabilities[c] > exact(score_threshold):
                rows.append(box + [probabilities[c], c])
    rows = [rows[i] for i in ranks([row[4] for row in rows])][:entering]
    boxes, scores, labels = [row[:4] for row in rows], [row[4] for row in rows], [row[5] for row in rows]
    return [rows[i] for i in survivors(boxes, scores, labels, t)][:most]


def _interval(a: Any, b: Any, sort: bool) -> tuple[Any, Any]:
    a, b = exact(a), exact(b)
    return (min(a, b), max(a, b)) if sort else (a, b)
