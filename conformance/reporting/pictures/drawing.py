"""Drawing: the frame of a picture, the scale from a scene to the paper, and the marks with their legend."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, NamedTuple, Sequence, Tuple

import numpy as np

from conformance.reporting.markup import Markup, joined, tag

WIDTH = 360
"""Of every picture, in units of its own: about a phone, so that letters stay readable there."""


def picture(key: str, title: str, description: str, height: float, *children: Any) -> Markup:
    """A picture with a name and a description for those who cannot see it.

    Parameters
    ----------
    key : tells its ids from others of the page
    """
    words = [tag("title", title, id=f"{key}-title"), tag("desc", description, id=f"{key}-desc")]
    named = {"role": "img", "aria_labelledby": f"{key}-title", "aria_describedby": f"{key}-desc"}
    frame = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {height:.0f}", "class_": "picture"}
    return tag("svg", *words, *children, **frame, **named)


class Plane(NamedTuple):
    """The scale from a scene to the paper, the same in x and y; y grows downwards in both."""

    left: float
    top: float
    low: Tuple[float, float]
    scale: float

    def at(self, x: float, y: float) -> Tuple[float, float]:
        """The place of a point; one at infinity lies at the edge of what can be drawn."""
        place = np.nan_to_num([x, y], nan=0.0, posinf=1e9, neginf=-1e9)
        paper = (place - self.low) * self.scale + (self.left, self.top)
        return tuple(np.clip(paper, -2000.0, 2000.0))


def plane(points: Any, *, top: float, tallest: float = 300.0, margin: float = 12.0) -> Tuple[Plane, float]:
    """A scale that shows all points, and the height it takes.

    Parameters
    ----------
    points : (N, 2); those that are not finite are not considered
    """
    points = np.asarray(points, float).reshape(-1, 2)
    points = points[np.isfinite(points).all(axis=1)]
    low, high = (points.min(axis=0), points.max(axis=0)) if len(points) else (np.zeros(2), np.ones(2))
    size = np.maximum(high - low, 1e-30)
    scale = float(min((WIDTH - 2 * margin) / size[0], (tallest - 2 * margin) / size[1]))
    left = (WIDTH - size[0] * scale) / 2
    return Plane(left, top + margin, (float(low[0]), float(low[1])), scale), float(size[1] * scale + 2 * margin)


def corners(boxes: Any) -> np.ndarray:
    """The corners (2N, 2) of boxes (…, 4)."""
    return np.asarray(boxes, float).reshape(-1, 2)


def box(view: Plane, edges: Sequence[float], class_: str, name: Any = None) -> Markup:
    """A box (4,) xyxy, at least a hair wide; an inverted one is drawn between its corners."""
    (x1, y1), (x2, y2) = view.at(*edges[:2]), view.at(*edges[2:])
    drawn = tag(
        "rect", x=min(x1, x2), y=min(y1, y2), width=max(abs(x2 - x1), 0.5), height=max(abs(y2 - y1), 0.5), class_=class_
    )
    return joined(drawn, None if name is None else text(min(x1, x2) + 3, min(y1, y2) + 12, name, "small"))


def segment(a: Tuple[float, float], b: Tuple[float, float], class_: str) -> Markup:
    return tag("line", x1=a[0], y1=a[1], x2=b[0], y2=b[1], class_=class_)


def text(x: float, y: float, content: Any, class_: str | None = None) -> Markup:
    return tag("text", content, x=float(x), y=float(y), class_=class_)


def dot(x: float, y: float) -> Markup:
    return tag("circle", cx=x, cy=y, r=1.4, class_="dot")


def ring(x: float, y: float) -> Markup:
    """What the reference says."""
    return tag("circle", cx=x, cy=y, r=5.5, class_="ref")


def cross(x: float, y: float) -> Markup:
    """What the candidate says."""
    return tag("path", d=f"M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8", class_="got")


def square(x: float, y: float) -> Markup:
    """What may be so or otherwise."""
    return tag("rect", x=x - 8.5, y=y - 8.5, width=17, height=17, class_="open")


_MARKS: Dict[str, Callable[[float, float], Markup]] = {"ring": ring, "cross": cross, "square": square, "dot": dot}


def legend(top: float, *entries: Tuple[str, str]) -> Tuple[Markup, float]:
    """Marks with their meaning, one below the other, and the height they take.

    Parameters
    ----------
    entries : (mark, meaning); a mark is one of ring, cross, square, dot, or the class of a line
    """
    rows: List[Markup] = []
    for i, (mark, meaning) in enumerate(entries):
        y = top + 14 + 20 * i
        drawn = _MARKS[mark](14, y) if mark in _MARKS else segment((4, y), (24, y), mark)
        rows += [drawn, text(34, y + 4, meaning)]
    return joined(*rows), 20 * len(entries) + 12


def short(number: float) -> str:
    """A number in few digits."""
    return f"{number:.4g}"
