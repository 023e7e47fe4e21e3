"""Drawing: the canvas of a picture, the frame from a scene to the paper, and the marks with their legend."""

from __future__ import annotations

import textwrap
from typing import Any, Callable, Dict, List, NamedTuple, Sequence, Tuple

import numpy as np

from conformance.paper.markup import Markup, joined, tag

WIDTH = 360
"""Of every picture, in units of its own: about a phone, so that letters stay readable there."""

LETTERS = 58
"""That fit beside each other."""

Point = Tuple[float, float]


def picture(key: str, title: str, description: str, height: float, *children: Any) -> Markup:
    """A picture with a name and a description for those who cannot see it.

    Parameters
    ----------
    key : tells its ids from others of the page
    """
    words = [tag("title", title, id=f"{key}-title"), tag("desc", description, id=f"{key}-desc")]
    named = {"role": "img", "aria_labelledby": f"{key}-title", "aria_describedby": f"{key}-desc"}
    canvas = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {height:.0f}", "class_": "picture"}
    return tag("svg", *words, *children, **canvas, **named)


class Frame(NamedTuple):
    """The scale from a scene to the paper, the same in x and y; y grows downwards in both."""

    left: float
    top: float
    low: Point
    scale: float

    def at(self, x: float, y: float) -> Point:
        """The place of a point; one at infinity lies at the edge of what can be drawn."""
        place = np.nan_to_num([x, y], nan=0.0, posinf=1e9, neginf=-1e9)
        with np.errstate(over="ignore"):
            paper = (place - self.low) * self.scale + (self.left, self.top)
        x, y = np.clip(paper, -2000.0, 2000.0)
        return float(x), float(y)

    def box(self, edges: Sequence[float], class_: str, name: Any = None, below: bool = False) -> Markup:
        """A box (4,) xyxy, at least a hair wide; an inverted one is drawn between its corners. Its name stands outside."""
        (x1, y1), (x2, y2) = self.at(*edges[:2]), self.at(*edges[2:])
        x, y = min(x1, x2), min(y1, y2)
        drawn = rectangle(x, y, max(abs(x2 - x1), 0.5), max(abs(y2 - y1), 0.5), class_)
        return joined(drawn, None if name is None else label(x, max(y1, y2) + 11 if below else y - 4, name, "small"))

    def dots(self, points: Any) -> Markup:
        """Points (N, 2), all in one path."""
        places = "".join("M{:.1f} {:.1f}h0".format(*self.at(*point)) for point in points)
        return tag("path", d=places, class_="dots") if places else joined()


def framed(points: Any, *, top: float = 0.0, tallest: float = 280.0, margin: float = 14.0) -> Tuple[Frame, float]:
    """A frame that shows all points, and the height it takes.

    Parameters
    ----------
    points : (N, 2); those that are not finite are not considered
    """
    points = np.asarray(points, float).reshape(-1, 2)
    points = points[(np.abs(points) < 1e6).all(axis=1)]
    low, high = (points.min(axis=0), points.max(axis=0)) if len(points) else (np.zeros(2), np.ones(2))
    size = np.maximum(high - low, 1e-6)
    scale = float(min((WIDTH - 2 * margin) / size[0], (tallest - 2 * margin) / size[1]))
    left = (WIDTH - size[0] * scale) / 2
    return Frame(left, top + margin, (float(low[0]), float(low[1])), scale), float(size[1] * scale + 2 * margin)


def corners(boxes: Any) -> np.ndarray:
    """The corners (2N, 2) of boxes (…, 4)."""
    return np.asarray(boxes, float).reshape(-1, 2)


def rectangle(x: float, y: float, width: float, height: float, class_: str) -> Markup:
    """A rectangle by its upper left corner."""
    return tag("rect", x=float(x), y=float(y), width=float(width), height=float(height), class_=class_)


def line(a: Point, b: Point, class_: str) -> Markup:
    """A line from a to b."""
    return tag("line", x1=float(a[0]), y1=float(a[1]), x2=float(b[0]), y2=float(b[1]), class_=class_)


def label(x: float, y: float, words: Any, class_: str | None = None) -> Markup:
    """Words on a line at the height y; they start at x, or have their end or their middle there if the style says so."""
    return tag("text", words, x=float(x), y=float(y), class_=class_)


def dot(x: float, y: float) -> Markup:
    return tag("circle", cx=float(x), cy=float(y), r=2, class_="dot")


def ring(x: float, y: float) -> Markup:
    """What the reference says."""
    return tag("circle", cx=float(x), cy=float(y), r=5.5, class_="ref")


def cross(x: float, y: float) -> Markup:
    """What the candidate says."""
    return tag("path", d=f"M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8", class_="got")


def square(x: float, y: float) -> Markup:
    """What may be so or otherwise."""
    return rectangle(x - 8.5, y - 8.5, 17, 17, "open")


def bar(x: float, y: float) -> Markup:
    """A share."""
    return rectangle(x - 5, y - 5, 10, 10, "bar")


_MARKS: Dict[str, Callable[[float, float], Markup]] = {one.__name__: one for one in (ring, cross, square, dot, bar)}


def mark(name: str, place: Point) -> Markup:
    """One of ring, cross, square, dot, bar."""
    return _MARKS[name](*place)


def legend(top: float, *entries: Tuple[str, str]) -> Tuple[Markup, float]:
    """Marks with their meaning, one below the other, and the height they take.

    Parameters
    ----------
    entries : (mark, meaning); a mark is one of those of `mark`, or the class of a line
    """
    rows: List[Markup] = []
    for i, (name, meaning) in enumerate(entries):
        y = top + 14 + 20 * i
        drawn = mark(name, (14, y)) if name in _MARKS else line((4, y), (24, y), name)
        rows += [drawn, label(34, y + 4, meaning)]
    return joined(*rows), 20 * len(entries) + 12


def words(top: float, lines: Sequence[str]) -> Tuple[Markup, float]:
    """Lines of small text, broken where they are too long, and the height they take."""
    broken = [part for whole in lines for part in textwrap.wrap(whole, LETTERS)]
    rows = [label(4, top + 12 + 16 * i, said, "small") for i, said in enumerate(broken)]
    return joined(*rows), 16 * len(broken) + 8 * bool(broken)


def sheet(pictures: Sequence[Markup], title: str, style: str) -> Markup:
    """Pictures one below the other, with a title above, as a document of its own."""
    text, top = words(0, [title])
    placed: List[Markup] = []
    for one in pictures:
        height = float(one.split('viewBox="0 0 ', 1)[1].split('"')[0].split()[1])
        placed.append(Markup(one.replace("<svg", f'<svg y="{top + 8:.0f}" width="{WIDTH}" height="{height:.0f}"', 1)))
        top += height + 16
    size = {"width": WIDTH + 24, "height": f"{top:.0f}", "viewBox": f"-12 -8 {WIDTH + 24} {top + 8:.0f}"}
    paper = rectangle(-12, -8, WIDTH + 24, top + 8, "paper")
    look = tag("style", Markup(style))
    return tag("svg", look, paper, text, *placed, xmlns="http://www.w3.org/2000/svg", class_="picture", **size)


def short(number: float) -> str:
    """A number in few digits."""
    return f"{float(number) + 0.0:.4g}"
