"""Image geometry once more, on exact numbers, found by looking where the reference computes.

A rounded size is found by counting up to it, a mosaic by placing every pixel, a warp corner by corner.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from refimpl.oracle.scalars import exact

HALF, TENTH = Fraction(1, 2), Fraction(1, 10)


def least_at_or_above(x: Fraction) -> int:
    """The least whole number that is not below x, by division with remainder."""
    whole, rest = divmod(x.numerator, x.denominator)
    return whole + (rest > 0)


def nearest(x: Fraction) -> int:
    """The nearest whole number; of two equally near the even one."""
    below = least_at_or_above(x) - 1 if x.denominator > 1 else x.numerator
    gaps = sorted((abs(x - n), n % 2, n) for n in (below, below + 1))
    return gaps[0][2]


def resized(shape: Sequence[int], size: int) -> list[int]:
    """(h, w) with the long side at size: the least sides that are not below their share."""
    return [least_at_or_above(Fraction(side * size, max(shape))) for side in shape]


def letterbox(
    shape: Sequence[int], frame: Sequence[int], *, enlarges: bool = True
) -> tuple[list[int], list[int], Fraction]:
    """(h, w), (left, top, right, bottom) and the ratio."""
    h, w = shape
    high, wide = frame
    r = Fraction(high, h) if high * w <= wide * h else Fraction(wide, w)
    if r > 1 and not enlarges:
        r = Fraction(1)
    size = [nearest(h * r) or 1, nearest(w * r) or 1]
    left, top = 0, 0
    while 2 * (left + 1) <= wide - size[1]:
        left += 1
    while 2 * (top + 1) <= high - size[0]:
        top += 1
    return size, [left, top, wide - size[1] - left, high - size[0] - top], r


def boxed(box: Sequence[Any], shape: Sequence[int], frame: Sequence[int], *, by_pixels: bool = False) -> list[Any]:
    """A box of the image in the frame."""
    size, (left, top, _, _), r = letterbox(shape, frame)
    across, down = (Fraction(size[1], shape[1]), Fraction(size[0], shape[0])) if by_pixels else (r, r)
    x1, y1, x2, y2 = map(exact, box)
    return [x1 * across + left, y1 * down + top, x2 * across + left, y2 * down + top]


def unboxed(box: Sequence[Any], frame: Sequence[int], shape: Sequence[int]) -> list[Any]:
    """A box of the frame on the image, clipped."""
    size, (left, top, _, _), _ = letterbox(shape, frame)
    limits = [shape[1], shape[0]] * 2
    moved = [
        (exact(x) - start) * whole / part
        for x, start, whole, part in zip(box, (left, top) * 2, limits, [size[1], size[0]] * 2)
    ]
    return [sorted((Fraction(0), x, Fraction(most)))[1] for x, most in zip(moved, limits)]


def denormalised(box: Sequence[Any], shape: Sequence[int], padding: Sequence[Any]) -> list[Any]:
    """Centre and size in shares become corners in px."""
    cx, cy, bw, bh = map(exact, box)
    (h, w), (left, top) = shape, map(exact, padding)
    width, height = bw * w, bh * h
    x1, y1 = cx * w - width / 2 + left, cy * h - height / 2 + top
    return [x1, y1, x1 + width, y1 + height]


def mosaic(
    shapes: Sequence[Sequence[int]], centre: Sequence[int], size: int
) -> list[dict[tuple[int, int], tuple[int, int]]]:
    """For each image: which pixel of the canvas, (x, y), shows which of its own. Its inner corner is at the centre."""
    placed = []
    for corner, (h, w) in enumerate(shapes):
        shown = {}
        for y in range(h):
            for x in range(w):
                at_x = centre[0] - w + x if corner in (0, 2) else centre[0] + x
                at_y = centre[1] - h + y if corner in (0, 1) else centre[1] + y
                if 0 <= at_x < 2 * size and 0 <= at_y < 2 * size:
                    shown[at_x, at_y] = (x, y)
        placed.append(shown)
    return placed


def warped(box: Sequence[Any], matrix: Sequence[Sequence[Any]]) -> list[Any]:
    """The least box around the four corners, each carried through the matrix by itself."""
    x1, y1, x2, y2 = map(exact, box)
    points = []
    for point in ((x1, y1, 1), (x1, y2, 1), (x2, y1, 1), (x2, y2, 1)):
        u, v, z = (sum(exact(m) * p for m, p in zip(row, point)) for row in matrix)
        points.append((u / z, v / z))
    across, down = zip(*points)
    return [min(across), min(down), max(across), max(down)]


def stays(before: Sequence[Any], after: Sequence[Any], *, side: Any, area: Any, aspect: Any) -> bool:
    """Whether enough of a box is left; ratios are compared without dividing."""
    x1, y1, x2, y2 = map(exact, before)
    w, h = exact(after[2]) - exact(after[0]), exact(after[3]) - exact(after[1])
    if not (w > side and h > side):
        return False
    return w * h > exact(area) * (x2 - x1) * (y2 - y1) and w < aspect * h and h < aspect * w


def table(kind: str, gain: Any) -> list[int]:
    """256 levels of hue, or of saturation or value."""
    levels = []
    for x in range(256):
        level = x + 180 * exact(gain) if kind == "hue" else x * (1 + exact(gain))
        whole = level.numerator // level.denominator
        levels.append(whole % 180 if kind == "hue" else min(max(whole, 0), 255))
    return levels


def blended(a: int, b: int, weight: Any) -> int:
    """One level of two images, fraction cut off."""
    mixed = exact(weight) * int(a) + (1 - exact(weight)) * int(b)
    return mixed.numerator // mixed.denominator
