"""Parts: which of the two losses of a box is wrong, and how, where the bins of a step learn something unexpected.

The box loss reaches bin i of a side by c·p[i]·(i − E[p]), the distribution loss by λ·(p[i] − t[i]): one number a side, and
the two bins of a target. What the reference says of one is taken away; what is left shows whether the other is of its form.
"""

from __future__ import annotations

from typing import Iterator, List, NamedTuple, Tuple

import numpy as np

from conformance.recordings.likeness import NEAR, Likeness
from refimpl import Dialect, bbox2dist, ciou_vjp, diou_vjp, giou_vjp, iou_vjp
from refimpl import ciou, diou, giou, iou

MEASURES = {"IoU": (iou, iou_vjp), "GIoU": (giou, giou_vjp), "DIoU": (diou, diou_vjp), "CIoU": (ciou, ciou_vjp)}

FORMS: Tuple[Tuple[str, object], ...] = (("1 − {}", lambda m: np.ones_like(m)), ("−ln {}", lambda m: 1 / m), ("1 − {}²", lambda m: 2 * m))
"""Losses of a measure m, and their slopes with respect to −m."""

SHARE = 0.95
"""Of the rows that have to agree."""

AROUND = 2.5
"""Bins from a target within which another target may lie."""

TELLING = 1e-6
"""Σ p² over bins without a target, below which they do not tell the factor of p."""

ENOUGH = 3
"""Rows below which nothing is said."""


class Rows(NamedTuple):
    """Anchors that learn a box as expected, in one image or more.

    seen : (n, 4, R), what their bins learn. by_box, by_dfl : the same by the reference at weight w, gains and factors applied.
    p : of the bins. boxes, targets : (n, 4) grid. distances : (n, 4), of the targets, clamped. weights : (n,). strength : (n,) of
    the distribution loss.
    """

    seen: np.ndarray
    by_box: np.ndarray
    by_dfl: np.ndarray
    p: np.ndarray
    boxes: np.ndarray
    targets: np.ndarray
    distances: np.ndarray
    weights: np.ndarray
    strength: np.ndarray

    @property
    def along(self) -> np.ndarray:
        """p[i]·(i − E[p]): how bins move a side."""
        bins = np.arange(self.p.shape[2])
        return self.p * (bins - (self.p * bins).sum(axis=2, keepdims=True))

    @property
    def room(self) -> np.ndarray:
        """By how much a number may be off, (n, 1, 1)."""
        return NEAR * np.abs(self.seen).max(axis=(1, 2), keepdims=True)


def told(seen: List[Likeness], dialect: Dialect, factor: float) -> str:
    """What is wrong with the gradient of the bins, in words, "" if it is not to be told.

    Parameters
    ----------
    factor : cotangent · B / S
    """
    found = [rows for one in seen for rows in _rows(one, dialect, factor)]
    rows = Rows(*(np.concatenate(part) for part in zip(*found))) if found else None
    if rows is None or len(rows.weights) < ENOUGH or rows.p.shape[2] < 4:
        return ""
    scale = factor * dialect.box_gain
    return _of_both(rows) or _of_box(rows, dialect, scale) or _of_distribution(rows)


def _rows(seen: Likeness, dialect: Dialect, factor: float) -> Iterator[Rows]:
    assigned = seen.assigned(dialect)[1]
    at = np.flatnonzero(assigned.fg_mask[0] & (seen.bins != 0).any(axis=1))
    if len(at):
        sides = lambda array: array.reshape(len(at), 4, -1)  # noqa: E731
        by_box, by_dfl = (factor * sides(one) for one in seen.slopes(at, assigned, dialect))
        p = sides(seen.dist[0, at])
        p = np.exp(p - p.max(axis=2, keepdims=True))
        targets = assigned.target_bboxes[0, at] / seen.stride[at]
        weights = assigned.target_scores[0, at].sum(axis=1)
        known = dialect.box_gain * by_box, dialect.dfl_gain * by_dfl
        distances = np.clip(bbox2dist(seen.points[at], targets, dialect=dialect), 0, dialect.largest_distance)
        strength = factor * dialect.dfl_gain * weights / 4
        yield Rows(sides(seen.bins[at]), *known, p / p.sum(axis=2, keepdims=True), seen.boxes[0, at], targets, distances, weights, strength)


def agree(fits: np.ndarray) -> bool:
    """Whether rows (n,) do, but for a few."""
    return float(fits.mean()) >= SHARE


def _of_both(rows: Rows) -> str:
    """Where every anchor learns what it is to, times a factor of its own."""
    whole = rows.by_box + rows.by_dfl
    ratio = (rows.seen * whole).sum(axis=(1, 2)) / (whole * whole).sum(axis=(1, 2))
    if not agree((np.abs(rows.seen - ratio[:, np.newaxis, np.newaxis] * whole) <= rows.room).all(axis=(1, 2))):
        return ""
    words = _strength(ratio[:, np.newaxis], rows.weights)
    return f"box and distribution loss are as expected but for a factor at each anchor: {words}" if words else ""


def _of_box(rows: Rows, dialect: Dialect, scale: float) -> str:
    """Where what the distribution loss leaves is of the form of a box loss: which one."""
    left, along = rows.seen - rows.by_dfl, rows.along
    moved = (left * along).sum(axis=2) / (along * along).sum(axis=2)
    if not agree((np.abs(left - moved[..., np.newaxis] * along) <= rows.room).all(axis=(1, 2))):
        return ""
    if agree((np.abs(left - rows.by_box) <= rows.room).all(axis=(1, 2))):
        return ""
    whole = "the distribution loss is as expected, the box loss is not"
    fits = []
    for name, (measure, vjp) in MEASURES.items():
        values = measure(rows.boxes, rows.targets, dialect=dialect)
        by_corners = vjp(rows.boxes, rows.targets, np.ones(len(values)), dialect=dialect)[0]
        slopes = by_corners * [1, 1, -1, -1]  # Of −measure, by the distances.
        h = (moved * slopes).sum(axis=1) / (slopes * slopes).sum(axis=1)
        off = np.abs(moved - h[:, np.newaxis] * slopes).max(axis=1) / np.abs(moved).max(axis=1)
        fits.append((float(np.quantile(off, SHARE)), name, h, values))
    off, name, h, values = min(fits, key=lambda fit: fit[0])
    return f"{whole}: it is {_form(name, h / scale, values, rows.weights)}" if off <= 10 * NEAR else whole


def _form(name: str, h: np.ndarray, values: np.ndarray, weights: np.ndarray) -> str:
    """The loss of a measure, from the factor h of its slope at each anchor."""
    for by_weight, words in ((weights, ""), (np.ones_like(weights), ", not weighted by the target scores")):
        for form, slope in FORMS:
            ratio = h / (by_weight * slope(values))
            middle = float(np.median(ratio))
            if agree(np.abs(ratio - middle) <= 100 * NEAR * abs(middle)):
                times = "" if abs(middle - 1) < 100 * NEAR else f" times {middle:.4g}"
                return form.format(name) + times + words
    return f"one of {name}, weighted otherwise"


def _of_distribution(rows: Rows) -> str:
    """Where the box loss leaves λ·(p − t): the λ and t that are learnt, against those that are expected."""
    left, bins = rows.seen - rows.by_box, np.arange(rows.p.shape[2])
    wanted = np.maximum(1 - np.abs(bins - rows.distances[..., np.newaxis]), 0)
    far = np.where(np.abs(bins - rows.distances[..., np.newaxis]) > AROUND, rows.p, 0)  # There t is 0.
    squares = (far * rows.p).sum(axis=2)
    found = (far * left).sum(axis=2) / np.maximum(squares, 1e-300)
    telling = (squares > TELLING) & (found != 0)
    if telling.sum() < ENOUGH:
        return ""
    learnt = rows.p[telling] - left[telling] / found[telling][:, np.newaxis]
    if not agree(((np.abs(learnt) > 100 * NEAR).sum(axis=1) <= 2)):
        return ""
    ratio, weights = (found / rows.strength[:, np.newaxis])[telling], np.repeat(rows.weights, 4).reshape(-1, 4)[telling]
    words = [w for w in (_strength(ratio[:, np.newaxis], weights), _bins(learnt[:, np.newaxis], wanted[telling][:, np.newaxis])) if w]
    return f"the box loss is as expected, the distribution loss is not: {'; '.join(words)}" if words else ""


def _strength(ratio: np.ndarray, weights: np.ndarray) -> str:
    """What λ is times the expected one, in words; "" if it is as expected."""
    for by_weight, words in ((np.ones_like(weights), ""), (weights, "it is not weighted by the target scores")):
        one = ratio * by_weight[:, np.newaxis]
        middle = float(np.median(one))
        if agree((np.abs(one - middle) <= 100 * NEAR * abs(middle)).all(axis=1)):
            times = "" if abs(middle - 1) < 100 * NEAR else f"it is {middle:.4g} times as strong"
            return ", and ".join(w for w in (words, times) if w)
    return "it is weighted otherwise"


def _bins(learnt: np.ndarray, wanted: np.ndarray) -> str:
    """How targets differ, in words; "" if they do not."""
    off = np.abs(learnt - wanted).max(axis=2)
    if agree((off <= 100 * NEAR).all(axis=1)):
        return ""
    rounded = np.zeros_like(wanted)
    np.put_along_axis(rounded, wanted.argmax(axis=2)[..., np.newaxis], 1, axis=2)
    for words, other in (
        ("the weights of the two bins are exchanged", _exchanged(wanted)),
        ("all weight lies on the nearer bin", rounded),
        ("targets are one bin too far", np.roll(wanted, 1, axis=2)),
        ("targets are one bin too near", _nearer(wanted)),
    ):
        if agree((np.abs(learnt - other).max(axis=2) <= 100 * NEAR).all(axis=1)):
            return words
    row, side = np.unravel_index(np.argmax(off), off.shape)
    tell = lambda t: ", ".join(f"{t[i]:.4g} on bin {i}" for i in np.flatnonzero(np.abs(t) > 100 * NEAR))  # noqa: E731
    return f"where {tell(wanted[row, side])} is expected, it learns {tell(learnt[row, side])}"


def _nearer(wanted: np.ndarray) -> np.ndarray:
    """Targets moved by a bin towards 0, and no farther."""
    return np.concatenate([wanted[..., :2].sum(axis=2, keepdims=True), wanted[..., 2:], np.zeros_like(wanted[..., :1])], axis=2)


def _exchanged(wanted: np.ndarray) -> np.ndarray:
    """Targets, the weights of their two bins exchanged."""
    last, value = wanted.shape[2] - 2, (wanted * np.arange(wanted.shape[2])).sum(axis=2, keepdims=True)
    found, left = np.zeros_like(wanted), np.clip(np.floor(value + NEAR), 0, last).astype(int)
    for to, of in ((left, left + 1), (left + 1, left)):
        np.put_along_axis(found, to, np.take_along_axis(wanted, of, axis=2), axis=2)
    return found
