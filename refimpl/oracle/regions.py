"""Region proposals once more: one anchor at a time, in 50 digits."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from refimpl.oracle.images import nearest
from refimpl.oracle.scalars import MP, exact, real
from refimpl.oracle.suppression import ranks, survivors

TINY = MP.mpf(10) ** -40


def cell(sizes: Sequence[Any], ratios: Sequence[Any]) -> list[list[Any]]:
    """Anchors of one cell about 0, ratios outside, sizes inside, not rounded: area size², height / width = ratio."""
    anchors = []
    for ratio in ratios:
        for size in sizes:
            area = real(size) ** 2
            width = MP.sqrt(area / real(ratio))
            height = area / width
            anchors.append([-width / 2, -height / 2, width / 2, height / 2])
    return anchors


def to_pixels(box: Sequence[Any]) -> list[int]:
    """Corners to the nearest whole px, halves to the even one. A half is a half to 40 digits."""
    return [
        nearest(Fraction(int(MP.nint(2 * x)), 2) if abs(2 * x - MP.nint(2 * x)) < TINY else _fraction(x)) for x in box
    ]


def grid(anchors: Sequence[Sequence[Any]], rows: int, columns: int, stride: int) -> list[list[Any]]:
    """The anchors of one cell at each cell, row by row."""
    return [
        [a[0] + x * stride, a[1] + y * stride, a[2] + x * stride, a[3] + y * stride]
        for y in range(rows)
        for x in range(columns)
        for a in anchors
    ]


def encode(anchor: Sequence[Any], box: Sequence[Any], *, offset: int = 0) -> list[Any]:
    """dx, dy, dw, dh of one box."""
    shifts, growths = [], []
    for i in (0, 1):
        a1, a2, g1, g2 = real(anchor[i]), real(anchor[i + 2]), real(box[i]), real(box[i + 2])
        side, wanted = a2 - a1 + offset, g2 - g1 + offset
        shifts.append(((g1 + wanted / 2) - (a1 + side / 2)) / side)
        growths.append(MP.log(wanted) - MP.log(side))
    return shifts + growths


def decode(anchor: Sequence[Any], delta: Sequence[Any], *, offset: int = 0, most: Any = None) -> list[Any]:
    """The box of one anchor; growths at most ln(most)."""
    low, high = [], []
    for i in (0, 1):
        a1, a2, shift, growth = real(anchor[i]), real(anchor[i + 2]), real(delta[i]), real(delta[i + 2])
        side = a2 - a1 + offset
        wanted = side * MP.exp(growth)
        if most is not None and wanted > side * real(most):
            wanted = side * real(most)
        middle = a1 + side / 2 + shift * side
        low.append(middle - wanted / 2)
        high.append(middle + wanted / 2 - offset)
    return low + high


def clip(box: Sequence[Any], size: Sequence[int], *, offset: int = 0) -> list[Any]:
    """Corners moved to the border where they are outside."""
    return [0 if x < 0 else most if x > most else x for x, most in zip(box, (size[1] - offset, size[0] - offset) * 2)]


def propose(
    anchors: Sequence[Sequence[Any]],
    deltas: Sequence[Sequence[Any]],
    scores: Sequence[Any],
    size: Sequence[int],
    entering: int,
    leaving: int,
    t: Any,
    least: Any,
    *,
    clip_first: bool = False,
) -> list[int]:
    """Indices of the proposals in their order, without pixel offset."""
    most = MP.mpf(1000) / 16
    boxes = [clip(decode(a, d, most=most), size) for a, d in zip(anchors, deltas)]
    large = {i for i, b in enumerate(boxes) if b[2] - b[0] >= real(least) and b[3] - b[1] >= real(least)}
    order = ranks(scores)
    order = [i for i in order if i in large][:entering] if clip_first else [i for i in order[:entering] if i in large]
    kept = survivors([[_fraction(x) for x in boxes[i]] for i in order], [scores[i] for i in order], [0] * len(order), t)
    return [order[place] for place in kept][:leaving]


def _fraction(x: Any) -> Any:
    """An mpf as the exact number it is."""
    if not isinstance(x, MP.mpf):
        return exact(x)
    mantissa, exponent = x.man_exp
    return (-1 if x < 0 else 1) * Fraction(mantissa) * Fraction(2) ** exponent
