"""Bins: the distribution of a distance, with the two bins its target lies between and what each of them weighs."""

from __future__ import annotations

from typing import Any, List, Sequence

import numpy as np

from conformance.paper.markup import Markup, joined
from conformance.ops.overlaps.picture import heaviest_anchor
from conformance.ops.subject import Subject
from conformance.paper.marks import WIDTH, label, legend, line, picture, rectangle, ring, short
from refimpl import Dialect

SIDES = ("left", "top", "right", "bottom")

_TALL, _BASE, _LEFT = 70, 52, 8


def distribution(subject: Subject, key: str) -> Markup | None:
    """The four sides of the row of a DFL loss, or of its gradient, that is wrong."""
    case = subject.case
    if not len(case.pred_dist):
        return None
    row = min(subject.image, len(case.pred_dist) - 1)
    return sides(key, case.pred_dist[row], case.dialect, case.target[row])


def decoded(subject: Subject, key: str) -> Markup | None:
    """The four sides of the anchor that is decoded wrong."""
    case = subject.case
    if not case.pred_dist[..., 0].size:
        return None
    b, a = (*subject.index[:2], 0, 0)[:2] if len(subject.index) >= 2 else (0, 0)
    return sides(key, case.pred_dist[b, a], case.dialect)


def learned(subject: Subject, key: str) -> Markup | None:
    """The four sides of the heaviest foreground anchor of a box loss."""
    case, heaviest = subject.case, heaviest_anchor(subject.case)
    if heaviest is None:
        return None
    point, target = case.anchor_points[heaviest[1]], case.target_bboxes[heaviest]
    distance = np.concatenate([point - target[:2], target[2:] - point])
    return sides(key, case.pred_dist[heaviest], case.dialect, distance)


def sides(key: str, logits: Any, dialect: Dialect, target: Any = None) -> Markup:
    """Softmax of the logits (4R,) side by side with the targets (4,) in cells, or with none."""
    bins = dialect.reg_max
    rows = np.asarray(logits, float).reshape(4, bins)
    drawn, told = [], []
    for i, name in enumerate(SIDES):
        shares = np.exp(rows[i] - rows[i].max())
        shares /= shares.sum()
        mean = float(shares @ np.arange(bins))
        wanted = None if target is None else float(np.clip(target[i], 0, dialect.largest_distance))
        said = f"{name}: mean {short(mean)}" if wanted is None else f"{name}: {_weights(float(target[i]), wanted)}"
        told.append(said)
        drawn.append(_side(_TALL * i + 20, shares, wanted, mean, said))
    mean_line, weight = ("centres", "mean: the decoded distance"), ("ring", "weight of the two bins at the target")
    entries = ("bar", "probability of each bin"), mean_line if target is None else weight
    marks, below = legend(4 * _TALL + 24, *entries)
    return picture(f"{key}-bins", "The bins", "; ".join(told), 4 * _TALL + 24 + below, *drawn, marks)


def _weights(target: float, wanted: float) -> str:
    """The target, clamped if it has to be, and the weights of its bins in words."""
    low = int(np.floor(wanted))
    clamped = f" clamped to {short(wanted)}" if wanted != target else ""
    weights = f"{short(low + 1 - wanted)} × bin {low} + {short(wanted - low)} × bin {low + 1}"
    return f"target {short(target)}{clamped} = {weights}"


def _side(top: float, shares: Sequence[float], wanted: float | None, mean: float, said: str) -> Markup:
    """Bars for the shares, over them the weights, as high as 1 is high."""
    step = (WIDTH - 2 * _LEFT) / len(shares)
    base, height = top + _BASE, _BASE - 18
    drawn: List[Markup] = [label(_LEFT, top + 8, said, "small"), line((_LEFT, base), (WIDTH - _LEFT, base), "axis")]
    for i, share in enumerate(shares):
        left = _LEFT + step * i
        drawn.append(rectangle(left + 0.15 * step, base - height * share, 0.7 * step, height * share, "bar"))
        drawn.append(label(left + step / 2, base + 10, i, "tick middle"))
        weight = 0.0 if wanted is None else max(0.0, 1 - abs(i - wanted))
        if weight:
            drawn += [line((left + step / 2, base), (left + step / 2, base - height * weight), "ref thin")]
            drawn += [ring(left + step / 2, base - height * weight)]
    if wanted is None:
        place = _LEFT + step * (mean + 0.5)
        drawn.append(line((place, base), (place, top + 14), "centres"))
    return joined(*drawn)
