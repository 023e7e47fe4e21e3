"""Pictures as SVG text: a few shapes with a light and a dark dress, and words for those who cannot see them."""

from __future__ import annotations

import math
from typing import Iterable, NamedTuple, Sequence, Tuple
from xml.sax.saxutils import escape

from conformance.paper.marks import label, line, rectangle

_STYLE = """
text { font: 14px system-ui, "Helvetica Neue", Arial, sans-serif; fill: #1f2328 }
.small { font-size: 12px }
.middle { text-anchor: middle }
.end { text-anchor: end }
.paper { fill: #ffffff }
.line { stroke: #59636e; stroke-width: 1.5; fill: none }
.grid { stroke: #d1d9e0; stroke-width: 1; fill: none }
.soft { stroke: #59636e; stroke-width: 1.5; stroke-dasharray: 5 4; fill: none }
.a { stroke: #0969da; stroke-width: 2; fill: #0969da; fill-opacity: .18 }
.b { stroke: #bc4c00; stroke-width: 2; fill: #bc4c00; fill-opacity: .18 }
.c { stroke: #1a7f37; stroke-width: 2; fill: #1a7f37; fill-opacity: .35 }
.off { stroke: #8c959f; stroke-width: 1.5; fill: #8c959f; fill-opacity: .25 }
.head { fill: #59636e }
.curve { fill-opacity: 0 }
.dashed { fill-opacity: 0; stroke-dasharray: 3 3 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc }
.paper { fill: #0d1117 }
.line, .soft { stroke: #9198a1 }
.head { fill: #9198a1 }
.grid { stroke: #3d444d }
.a { stroke: #4493f8; fill: #4493f8 }
.b { stroke: #f0883e; fill: #f0883e }
.c { stroke: #3fb950; fill: #3fb950 }
.off { stroke: #656c76; fill: #656c76 }
}
"""

Point = Tuple[float, float]


class Picture(NamedTuple):
    """name of its file without suffix; title; description; width and height in px; its shapes."""

    name: str
    title: str
    description: str
    size: Point
    shapes: Tuple[str, ...]


class Frame(NamedTuple):
    """Where the point (0, 0) of the data lies, and how many px one unit of x and of y take."""

    x: float
    y: float
    per_x: float
    per_y: float

    def at(self, x: float, y: float) -> Point:
        """Where a point of the data lies, px."""
        return self.x + x * self.per_x, self.y + y * self.per_y

    def box(self, box: Sequence[float], kind: str) -> str:
        """A box, xyxy, of the data."""
        (x1, y1), (x2, y2) = self.at(*box[:2]), self.at(*box[2:])
        return rectangle(min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1), kind)

    def line(self, start: Sequence[float], end: Sequence[float], kind: str = "line") -> str:
        """A line between two points of the data."""
        return line(self.at(*start), self.at(*end), kind)

    def dot(self, point: Sequence[float], kind: str, radius: float = 4) -> str:
        """A point of the data."""
        x, y = self.at(*point)
        return f'<circle class="{kind}" cx="{_px(x)}" cy="{_px(y)}" r="{_px(radius)}"/>'

    def curve(self, points: Iterable[Sequence[float]], kind: str) -> str:
        """A line through points of the data."""
        places = " ".join(",".join(map(_px, self.at(*point))) for point in points)
        return f'<polyline class="{kind} curve" points="{places}"/>'

    def label(self, point: Sequence[float], words: str, shift: Point = (0, 0), kind: str | None = None) -> str:
        """Words at a point of the data, moved by some px; they start there, or end or are centred if the kind says so."""
        x, y = self.at(*point)
        return label(x + shift[0], y + shift[1], words, kind)


def document(picture: Picture) -> str:
    """The whole file."""
    width, height = map(_px, picture.size)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t d" viewBox="0 0 {width} {height}"'
    lines = [
        f'{head} width="{width}" height="{height}">',
        f'<title id="t">{escape(picture.title)}</title>',
        f'<desc id="d">{escape(picture.description)}</desc>',
        f"<style>{_STYLE}</style>",
        rectangle(0, 0, *picture.size, "paper"),
        *picture.shapes,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def arrow(start: Point, end: Point) -> str:
    """A line with a head at its end, px."""
    length = math.dist(start, end)
    x, y = ((b - a) / length for a, b in zip(start, end))
    tip, base = end, (end[0] - 8 * x, end[1] - 8 * y)
    corners = (tip, (base[0] - 4 * y, base[1] + 4 * x), (base[0] + 4 * y, base[1] - 4 * x))
    points = " ".join(",".join(map(_px, corner)) for corner in corners)
    return line(start, base, "line") + f'<polygon class="head" points="{points}"/>'


def bars(values: Sequence[float], kinds: Sequence[str], frame: Frame, width: float = 0.7) -> Tuple[str, ...]:
    """A bar for each value at x = 0, 1, …, upward from the frame's y."""
    edges = ((i - width / 2, 0, i + width / 2, value) for i, value in enumerate(values))
    return tuple(frame.box(box, kind) for box, kind in zip(edges, kinds))


def chart(
    values: Sequence[float], kinds: Sequence[str], frame: Frame, names: Iterable[object], title: str = ""
) -> Tuple[str, ...]:
    """Bars on an axis, under each its name, and under all a title."""
    last = len(values) - 1
    axis = [frame.line((-0.6, 0), (last + 0.6, 0))]
    axis += [frame.label((i, 0), str(name), (0, 16), kind="small middle") for i, name in enumerate(names)]
    axis += [frame.label((last / 2, 0), title, (0, 38), kind="middle")] if title else []
    return (*bars(values, kinds, frame), *axis)


def _px(value: float) -> str:
    return f"{round(float(value), 1) + 0:g}"
