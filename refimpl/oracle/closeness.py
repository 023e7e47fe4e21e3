"""How near a float64 answer must be to the oracle's: so many ulps of a scale, the size of what is added up on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from refimpl.oracle.overlap import aspect, ciou_alpha, enclosing_sides, iou_and_union
from refimpl.oracle.scalars import MP, real

ULP = 2.0**-52
"""Spacing of float64 just above 1."""

ILL_CONDITIONED = 1e5
"""A rounding error that grows more than this leaves fewer than 11 of 16 digits to compare."""


def shape_of(table: Any) -> tuple[int, ...]:
    """Lengths of nested lists, outermost first; nothing is known beyond a length of 0."""
    if not isinstance(table, (list, tuple)):
        return ()
    return (len(table), *shape_of(table[0])) if table else (0,)


def flat(table: Any) -> Iterator[Any]:
    """The numbers of nested lists, row by row."""
    if isinstance(table, (list, tuple)):
        for row in table:
            yield from flat(row)
    else:
        yield table


def assert_close(name: str, got: Any, expected: Any, *, ulps: float, scale: Any = 1.0) -> float:
    """Fail unless |got - expected| <= ulps * ULP * scale for every value; the difference is taken at 50 digits.

    Parameters
    ----------
    name : what the values are, for the message
    got : array of floats
    expected : nested lists of exact numbers, of the same shape
    ulps : the allowance
    scale : one number, or an array that broadcasts to got

    Returns
    -------
    float
        The largest error in ulps of its scale, 0 if there are no values.
    """
    values, shape = np.asarray(got), shape_of(expected)
    known = values.shape[: len(shape)] if 0 in shape else values.shape
    assert known == shape, f"{name}: expected shape {shape}, got {values.shape}"

    numbers = list(flat(expected))
    assert len(numbers) == values.size, f"{name}: expected {len(numbers)} values, got {values.size}"

    worst = 0.0
    scales = np.broadcast_to(np.asarray(scale, dtype=float), values.shape)
    for truth, value, size in zip(numbers, values.ravel().tolist(), scales.ravel().tolist()):
        unit = ULP * size
        error = float(abs(real(value) - real(truth))) if np.isfinite(value) else np.inf
        assert error <= ulps * unit, (
            f"{name}: expected {MP.nstr(real(truth), 17)}, got {value!r}: off by {error:.3g}, allowed {ulps:g} ulps of {size:.3g}"
        )
        worst = max(worst, error / unit if error else 0.0)
    return worst


def overlap_scale(op: str, box1: Sequence[Any], box2: Sequence[Any], rules: Any) -> float:
    """What one relative rounding error in the sides, areas, centres and angles of a pair can grow to in the result of op.

    Each quotient passes on the errors of its terms, divided by its denominator; the terms are corner coordinates in a
    centre (so a far-off pair of small boxes is ill-conditioned), areas in a union, and arctangents up to pi / 2 in v.
    Boxes that do not meet have an intersection, and hence an iou, of 0 without any error.
    """
    eps = real(rules.iou_eps)
    x1, y1, x2, y2, x3, y3, x4, y4 = corners = [real(number) for number in (*box1, *box2)]
    overlap, union = (real(number) for number in iou_and_union(box1, box2, rules))
    areas = abs((x2 - x1) * (y2 - y1 + eps)) + abs((x4 - x3) * (y4 - y3 + eps)) + abs(overlap * union) + eps
    scale = abs(overlap) * (1 + areas / abs(union))
    if op == "iou":
        return float(scale)

    width, height = (real(side) for side in enclosing_sides(box1, box2, rules))
    if op == "giou":
        enclosing = width * height + eps
        gap = abs((enclosing - union) / enclosing)
        return float(scale + (areas + abs(width * height) + eps) * (1 + gap) / abs(enclosing))

    reach, diagonal = max(abs(corner) for corner in corners), width**2 + height**2 + eps
    away = abs(x3 + x4 - x1 - x2) / 2 + abs(y3 + y4 - y1 - y2) / 2
    distance_scale = (2 * away * reach + 2 * away**2 + ULP * reach**2) / diagonal
    if op == "diou":
        return float(scale + distance_scale)

    alpha = abs(ciou_alpha(box1, box2, rules))
    angle_scale = 8 + aspect(box1, box2, rules)
    return float(scale + distance_scale + 2 * alpha * angle_scale + alpha**2 * (1 + scale + angle_scale))


def slope_scale(op: str, box: Sequence[Any], other: Sequence[Any], rules: Any) -> list[float]:
    """The same for the four slopes of op by the corners of `box`.

    They are sums of sides over the same denominators, times values of the family; an x turns the area by the height.
    """
    e = real(rules.iou_eps)
    x1, y1, x2, y2, x3, y3, x4, y4 = corners = [real(number) for number in (*box, *other)]
    own, shared = (x2 - x1, y2 - y1 + e), (min(x2, x4) - max(x1, x3), min(y2, y4) - max(y1, y3))
    shared = shared if min(shared) >= 0 else (MP.mpf(0), MP.mpf(0))
    overlap, union = (real(number) for number in iou_and_union(box, other, rules))
    areas = abs(own[0] * own[1]) + abs((x4 - x3) * (y4 - y3 + e)) + abs(overlap * union) + e
    by_union, value = (1 + areas / abs(union)) / abs(union), real(overlap_scale("iou", box, other, rules))
    iou = [((1 + abs(overlap) + value) * i + (abs(overlap) + value) * abs(a)) * by_union for i, a in zip(shared[::-1], own[::-1])]
    if op == "iou":
        return _by_corner(iou)

    sides = [real(side) for side in enclosing_sides(box, other, rules)]
    if op == "giou":
        enclosing = abs(sides[0] * sides[1] + e)
        by_enclosing = (areas + abs(sides[0] * sides[1]) + e) / enclosing**2
        return _by_corner([x + (i + abs(a) + abs(s)) * by_enclosing for x, i, a, s in zip(iou, shared[::-1], own[::-1], sides[::-1])])

    reach, diagonal = max(abs(corner) for corner in corners), sides[0] ** 2 + sides[1] ** 2 + e
    share = real(overlap_scale("diou", box, other, rules)) - value
    distance = [(2 * reach + (2 + share) * 2 * abs(side)) / diagonal for side in sides]
    if op == "diou":
        return _by_corner([x + d for x, d in zip(iou, distance)])

    v = aspect(box, other, rules)
    alpha, rest = abs(ciou_alpha(box, other, rules)), abs(1 - overlap + v + e)
    turned = 8 + MP.sqrt(v)
    change = alpha * turned + MP.sqrt(v) * (abs(1 - alpha) * MP.sqrt(v) * 8 + alpha * (value + turned)) / rest
    return _by_corner([x + d + 2 * change * abs(a) / (own[0] ** 2 + own[1] ** 2) for x, d, a in zip(iou, distance, own[::-1])])


def _by_corner(axes: Sequence[Any]) -> list[float]:
    """x and y to x1, y1, x2, y2."""
    return [float(axis) for axis in axes] * 2


def is_defined(box1: Sequence[Any], box2: Sequence[Any], rules: Any) -> bool:
    """Is every denominator of the IoU family clear of 0? Inverted boxes can have a union or an enclosing area of 0."""
    try:
        return max(overlap_scale("giou", box1, box2, rules), overlap_scale("ciou", box1, box2, rules)) < ILL_CONDITIONED
    except ZeroDivisionError:
        return False
