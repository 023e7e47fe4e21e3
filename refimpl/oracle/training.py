"""Averages, schedules and sizes once more, in 50 digits or exactly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from refimpl.oracle.images import nearest
from refimpl.oracle.scalars import MP, exact, real


def decay(u: int, limit: Any, tau: Any) -> Any:
    """limit · (1 − e^(−u/τ))."""
    return real(limit) * -MP.expm1(-u / real(tau))


def average(values: Sequence[Any], decays: Sequence[Any]) -> Any:
    """Of values m₀, m₁, …: Σ_i m_i · (1 − d_i) · Π_{j>i} d_j, with 1 − d₀ = 1."""
    total = Fraction(0)
    for i, value in enumerate(values):
        weight = Fraction(1) if i == 0 else 1 - exact(decays[i - 1])
        for later in decays[i:]:
            weight *= exact(later)
        total += weight * exact(value)
    return total


def factor(epoch: int, epochs: int, final: Any, *, cosine: bool = False) -> Any:
    """Between 1 and `final`: along a line, or along half a cosine."""
    final = real(final)
    if cosine:
        return final + (1 - final) * (1 + MP.cos(MP.pi * epoch / epochs)) / 2
    behind = min(Fraction(epoch, epochs), Fraction(1))
    return 1 + real(behind) * (final - 1)


def warm(step: int, per_epoch: int, epoch: int, epochs: int, batch: int, dialect: Any) -> list[Any]:
    """Rates of weights and biases, momentum and accumulate: points on lines, or their ends."""
    last = nearest(min(exact(dialect.warmup_epochs), Fraction(epochs - 1)) * per_epoch)
    rate = real(dialect.lr_first) * factor(epoch, epochs, dialect.lr_final, cosine=dialect.lr_shape == "cosine")
    lines = [(0, rate), (dialect.warmup_bias_rate, rate), (dialect.warmup_momentum, dialect.momentum)]
    ends = Fraction(1), Fraction(dialect.nominal_batch, batch)
    at = Fraction(step, last) if step < last else Fraction(1)
    values = [real(a) * real(1 - at) + real(b) * real(at) for a, b in lines]
    return values + [max(nearest(ends[0] * (1 - at) + ends[1] * at), 1)]


def sizes(size: int, share: Any, stride: int) -> set[int]:
    """Every size that some draw leads to, by trying them all."""
    low, high = size * (1 - exact(share)), size * (1 + exact(share)) + stride
    draws = range(max(low.numerator // low.denominator, stride), high.numerator // high.denominator)
    return {draw - draw % stride for draw in draws}


def scaled(shape: Sequence[int], size: int, stride: int) -> list[int]:
    """The least multiples of the stride that are not below each side's share."""
    found = []
    for side in shape:
        multiple = stride
        while multiple * max(shape) < side * size:
            multiple += stride
        found.append(multiple)
    return found
