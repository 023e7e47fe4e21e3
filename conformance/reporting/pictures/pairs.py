"""Box pairs: intersection, union, enclosing box and centre distance of the two boxes an overlap is about."""

from __future__ import annotations

from typing import Any, List, Sequence, Tuple

import numpy as np

from conformance.reporting.markup import Markup, joined, tag
from conformance.reporting.pictures.drawing import Plane, box, corners, legend, picture, plane, segment, short, text


def pair(boxes: Tuple[Sequence[float], Sequence[float]], names: Tuple[str, str], said: str, key: str) -> Markup:
    """Two boxes (4,) xyxy, their measures below, and a line about them.

    Parameters
    ----------
    said : what was expected of the pair, and what came
    """
    first, second = (np.asarray(edges, float) for edges in boxes)
    low, high = np.minimum(first[:2], second[:2]), np.maximum(first[2:], second[2:])
    enclosing = np.concatenate([low, high])
    view, tall = plane(corners([first, second, enclosing]), top=0, tallest=260)
    shared = np.concatenate([np.maximum(first[:2], second[:2]), np.minimum(first[2:], second[2:])])
    drawn: List[Any] = [box(view, shared, "shared")] if (shared[2:] > shared[:2]).all() else []
    drawn += [box(view, enclosing, "enclosing"), box(view, first, "box"), box(view, second, "box second"), _centres(view, first, second)]
    marks, below = legend(
        tall, ("box", names[0]), ("box second", names[1]), ("enclosing", "enclosing box"), ("centres", "centre distance ρ")
    )
    lines = [*_measures(first, second, shared, low, high), said]
    words = joined(*(text(12, tall + below + 16 * (i + 1), line, "small") for i, line in enumerate(lines)))
    description = f"{names[0]} {first.tolist()}, {names[1]} {second.tolist()}. {' '.join(lines)}"
    return picture(f"{key}-pair", "The two boxes", description, tall + below + 16 * len(lines) + 10, *drawn, marks, words)


def _centres(view: Plane, first: np.ndarray, second: np.ndarray) -> Markup:
    ends = [view.at(*((edges[:2] + edges[2:]) / 2)) for edges in (first, second)]
    return joined(segment(*ends, "centres"), *(tag("circle", cx=x, cy=y, r=2.5, class_="ink-ref") for x, y in ends))


def _measures(first: np.ndarray, second: np.ndarray, shared: np.ndarray, low: np.ndarray, high: np.ndarray) -> List[str]:
    """The quantities of the formulas, without their epsilons."""
    inner = float(np.maximum(shared[2:] - shared[:2], 0).prod())
    union = float((first[2:] - first[:2]).prod() + (second[2:] - second[:2]).prod()) - inner
    apart = float(np.square((first[:2] + first[2:] - second[:2] - second[2:]) / 2).sum())
    across = float(np.square(high - low).sum())
    return [f"intersection {short(inner)}   union {short(union)}   ρ² {short(apart)}   c² {short(across)}"]
