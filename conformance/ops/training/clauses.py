"""EMA, LRS, SIZ: averages of weights, the schedule, and sizes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from conformance.judging.clause import clause
from conformance.judging.judge import Judge
from conformance.judging.rounding import Precision, Rounded
from conformance.judging.whole_numbers import whole_numbers
from conformance.ops.bodies import equal, on, values
from refimpl.averages import decay_at
from refimpl.schedule import factor_at, warmup_steps
from refimpl.training_sizes import training_sizes

AVERAGE = "seed 001 section 2.1, average and weights named the other way round; Ultralytics ModelEMA"
RATE = "Ultralytics BaseTrainer; seed 001 section 3.1"
SCALE = "Ultralytics multi_scale; seed 001 section 6.1"


def number(value: float, precision: Precision) -> Rounded:
    """A constant that is exact."""
    return Rounded(np.float64(value), precision)


def decays(answer: Any, case: Any, judge: Judge) -> None:
    expected = decay_at(number(case.updates, judge.precision), dialect=case.dialect)
    judge.values("decay", answer.decay, _carrying(expected, judge.precision), span=1.0)


def _carrying(value: Any, precision: Precision) -> Rounded:
    return value if isinstance(value, Rounded) else Rounded(value, precision, precision.u * abs(value))


def lerped(expected: Rounded, average: Rounded, value: Rounded, decay: float) -> Rounded:
    """e + (1 − d) · (m − e) and its like lie within 3u · (|e| + |m|)."""
    size = np.abs(average.value) + np.abs(value.value)
    return Rounded(expected.value, expected.precision, np.maximum(expected.error, 3 * expected.precision.u * size))


def factors(answer: Any, case: Any, judge: Judge) -> None:
    """Either form of the line, from 1 or from its end: its error is that of both ends."""
    share = number(case.epoch, judge.precision) / number(case.epochs, judge.precision)
    line = factor_at(share, dialect=case.dialect)
    slack = 4 * judge.precision.u * (1 + abs(case.dialect.lr_final))
    judge.values("factor", answer.factor, Rounded(line.value, judge.precision, line.error + slack))


def warms(answer: Any, case: Any, judge: Judge) -> None:
    """Rates and momentum: points on lines, or their ends."""
    d, precision = case.dialect, judge.precision
    share, held = shares(case)
    rate = factor_at(number(case.epoch, precision) / number(case.epochs, precision), dialect=d) * d.lr_first
    if d.warmup_target == "first_rate" and share < 1:
        rate = number(d.lr_first, precision)
    for name, start, end, part in (
        ("weight_rate", 0.0, rate, share),
        ("bias_rate", d.warmup_bias_rate, rate, share),
        ("momentum", d.warmup_momentum, d.momentum, held),
    ):
        done = Rounded(np.float64(part), precision, 4 * precision.u * float(part))
        low, high = (x if isinstance(x, Rounded) else number(0.0, precision) + x for x in (start, end))
        # Either form of the line: its error is that of both ends.
        line = low + (high - low) * done
        slack = 4 * precision.u * (np.abs(low.value) + np.abs(high.value))
        judge.values(name, getattr(answer, name), Rounded(line.value, precision, line.error + slack))


def shares(case: Any) -> Any:
    """How much of the warm-up is behind, for the rates and for what is set in it alone."""
    steps = warmup_steps(case.steps_per_epoch, case.epochs, dialect=case.dialect)
    if not steps:
        return Fraction(1), Fraction(1)
    share = Fraction(min(case.step, steps), steps)
    left_out = case.dialect.warmup_end == "left_out"
    return share, Fraction(min(case.step, steps - 1), steps) if left_out else share


def accumulates(answer: Any, case: Any, judge: Judge) -> None:
    """The nearest whole number; a half in either direction, where floats compute it."""
    _, held = shares(case)
    exact = 1 + (Fraction(case.dialect.nominal_batch, case.batch_size) - 1) * held
    legal = whole_numbers(
        Rounded(np.float64(exact), judge.precision, 4 * np.finfo(np.float64).eps * float(exact)), np.rint
    )
    got = np.asarray(answer.accumulate, np.float64)
    if got.shape != () or not (np.maximum(legal.least, 1) <= got <= np.maximum(legal.most, 1) and got == np.floor(got)):
        judge.fail(f"accumulate: expected {max(int(legal.least), 1)} for {float(exact):.6g}, got {got}")
    judge.decided(1)


def sizes(answer: Any, case: Any, judge: Judge) -> None:
    """The sizes of the share as given, or as float64 arithmetic cuts it off, where it is no binary fraction."""
    size = case.arguments["size"]
    ways = [training_sizes.__wrapped__(size, case.share, case.stride, dialect=case.dialect)]
    if Fraction(case.share).denominator > 1024:
        near = (Fraction(case.share) * (1 + way * Fraction(1, 2**50)) for way in (-1, 1))
        ways += [training_sizes.__wrapped__(size, share, case.stride, dialect=case.dialect) for share in near]
    got = np.asarray(answer.sizes, np.float64).ravel()
    if not any(np.array_equal(np.unique(got), way) for way in ways):
        judge.fail(f"sizes: expected {ways[0].tolist()}, got {np.unique(got).tolist()}")
    judge.decided(got.size)


CLAUSES = (
    clause(
        "EMA-1",
        "The decay of update u rises from 0 towards its limit; the first update is u = 1.",
        "d(u) = d · (1 − exp(−u/τ))",
        "Ultralytics ModelEMA",
        ema_decay=decays,
    ),
    clause(
        "EMA-2",
        "The new average is d of the old and 1 − d of the weights.",
        "e → d · e + (1 − d) · m",
        AVERAGE,
        ema_update=values(widen=lerped),
    ),
    clause(
        "EMA-3",
        "Decay 0 takes the weights, decay 1 keeps the average, and equal values stay equal.",
        "d = 0: m; d = 1: e; m = e: e",
        AVERAGE,
        ema_update=on("averages at their ends", values(widen=lerped)),
    ),
    clause(
        "LRS-1",
        "The learning rate falls along a line from 1 to its final share.",
        "max(1 − e/E, 0) · (1 − f) + f",
        RATE,
        lr_factor=factors,
    ),
    clause(
        "LRS-2",
        "The warm-up interpolates from its start to the rate of the epoch, and lands on it.",
        "start + (end − start) · step/n, n = round(min(3, E − 1) · steps per epoch)",
        RATE,
        warmup=warms,
    ),
    clause(
        "LRS-3",
        "Accumulated batches grow from 1 to the nominal batch.",
        "max(round(1 + (64/B − 1) · step/n), 1)",
        RATE,
        warmup=accumulates,
    ),
    clause(
        "SIZ-1",
        "Training sizes are the multiples of the stride from the smaller end, rounded down, to the larger, rounded up; never 0.",
        "⌊n/stride⌋ · stride for max(⌊s(1 − m)⌋, stride) ≤ n < ⌊s(1 + m)⌋ + stride",
        SCALE,
        training_sizes=sizes,
    ),
    clause(
        "SIZ-2",
        "Both sides are the least multiples of the stride not below their share.",
        "⌈side · size / max(h, w) / stride⌉ · stride",
        SCALE,
        scaled_shape=equal("scaled"),
    ),
)
