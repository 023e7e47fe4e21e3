"""Decoding and the losses, 50 digits (arXiv:2006.04388 for the distribution of a side)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from refimpl.oracle.geometry import bbox2dist, clamp, dist2bbox
from refimpl.oracle.overlap import measured
from refimpl.oracle.scalars import MP, real


class Row(NamedTuple):
    """One foreground anchor: 4R logits, and in grid units its point, predicted and target box; its C target scores.

    Without bins it also has what a cell of it is of the image, (x, y).
    """

    logits: Sequence[Any]
    anchor: Sequence[Any]
    predicted: Sequence[Any]
    target: Sequence[Any]
    scores: Sequence[Any]
    share: Sequence[Any] | None = None


def sides(logits: Sequence[Any], reg_max: int) -> list[list[Any]]:
    """4R logits as four lists of R, in the order left, top, right, bottom."""
    return [[real(logits[side * reg_max + j]) for j in range(reg_max)] for side in range(4)]


def expectation(logits: Sequence[Any]) -> Any:
    """sum_j j e^x_j / sum_j e^x_j."""
    weights = [MP.exp(x) for x in logits]
    return sum(j * weight for j, weight in enumerate(weights)) / sum(weights)


def decode(logits: Sequence[Any], anchor: Sequence[Any], reg_max: int) -> list[Any]:
    """The box of one anchor from its 4R logits: each side's distance is the expectation of its distribution, or the number."""
    if reg_max == 1:
        return dist2bbox(logits, anchor)
    return dist2bbox([expectation(side) for side in sides(logits, reg_max)], anchor)


def bce(logit: Any, target: Any) -> Any:
    """-z log p - (1 - z) log(1 - p), p = 1 / (1 + e^-x), that is z log(1 + e^-x) + (1 - z) log(1 + e^x)."""
    x, z = real(logit), real(target)
    return z * MP.log1p(MP.exp(-x)) + (1 - z) * MP.log1p(MP.exp(x))


def cross_entropy(logits: Sequence[Any], index: int) -> Any:
    """-log of the softmax at index."""
    return MP.log(sum(MP.exp(x) for x in logits)) - logits[index]


def dfl(logits: Sequence[Any], target: Sequence[Any], reg_max: int) -> Any:
    """Mean over the sides of CE(l)(r - t) + CE(r)(t - l), l = floor(t), r = l + 1, t clamped to [0, R - 1 - 0.01]."""
    total = MP.mpf(0)
    for side, distance in zip(sides(logits, reg_max), target):
        t = clamp(distance, reg_max)
        low = math.floor(t)
        total += cross_entropy(side, low) * real(low + 1 - t) + cross_entropy(side, low + 1) * real(t - low)
    return total / 4


def varifocal(logit: Any, target: Any, labelled: bool) -> Any:
    """The cross-entropy, weighed with the target where there is an object and with 3/4 p^2 where there is none."""
    p = 1 / (1 + MP.exp(-real(logit)))
    return (real(target) if labelled else MP.mpf(3) / 4 * p**2) * bce(logit, target)


def raw_distance_loss(row: Row) -> Any:
    """Mean of the four |d - q|, each as a share of the image: x to the left and right, y up and down."""
    target = bbox2dist(row.anchor, row.target, 1)
    shares = [real(row.share[i % 2]) for i in range(4)]
    return sum(abs(share * (real(d) - real(q))) for share, d, q in zip(shares, row.logits, target)) / 4


def bbox_loss(rows: Sequence[Row], score_sum: Any, dialect: Any, alphas: Sequence[Any] | None = None) -> tuple[Any, Any]:
    """(box, dfl): sums of w (1 - ciou) and w dfl over the foreground, both by score_sum; w is the anchor's summed scores."""
    box, distribution = MP.mpf(0), MP.mpf(0)
    for i, row in enumerate(rows):
        weight = sum(real(score) for score in row.scores)
        alpha = None if alphas is None else alphas[i]
        box += weight * (1 - real(measured(dialect.box_loss, row.predicted, row.target, dialect, alpha)))
        if dialect.reg_max == 1:
            distribution += weight * raw_distance_loss(row)
        else:
            distances = bbox2dist(row.anchor, row.target, dialect.reg_max)
            distribution += weight * dfl(row.logits, distances, dialect.reg_max)
    return box / real(score_sum), distribution / real(score_sum)
