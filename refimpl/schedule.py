"""Schedule: the learning rate of an epoch, and the warm-up of the first."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from refimpl.arrays import FloatArray
from refimpl.dialect import Dialect
from refimpl.protocol import op


class Warmup(NamedTuple):
    """weight_rate and bias_rate; momentum; accumulate, batches for each step of the optimiser."""

    weight_rate: float
    bias_rate: float
    momentum: float
    accumulate: int


@op("epoch: count, epochs: natural -> factor:")
def lr_factor(epoch: int, epochs: int, *, dialect: Dialect) -> float:
    """The learning rate of an epoch as a share of the first.  [LRS-1, seed 001 section 3.1]

        linear: max(1 − e/E, 0) · (1 − f) + f,   cosine: (1 − cos(πe/E))/2 · (f − 1) + 1

    Epochs count from 0. The last one, E − 1, does not reach f: it would be reached at e = E.

    Parameters
    ----------
    epoch : e >= 0
    epochs : E >= 1
    dialect : lr_shape and lr_final are read

    Returns
    -------
    float, f … 1

    Raises
    ------
    RangeError
        If an argument is not as above.

    >>> from refimpl import YOLOV8
    >>> [float(lr_factor(e, 100, dialect=YOLOV8)) for e in (0, 50, 100)]
    [1.0, 0.505, 0.01]
    """
    return factor_at(epoch / epochs, dialect=dialect)


def factor_at(share: FloatArray, *, dialect: Dialect) -> FloatArray:
    """The schedule, of any number type.  [LRS-1]

    Parameters
    ----------
    share : e/E, of the training that is behind
    dialect : lr_shape and lr_final are read

    Returns
    -------
    float of that shape, f … 1
    """
    f = dialect.lr_final
    if dialect.lr_shape == "cosine":
        return np.maximum((1 - np.cos(math.pi * share)) / 2, 0) * (f - 1) + 1
    return np.maximum(1 - share, 0) * (1 - f) + f


@op(
    "step: count, steps_per_epoch: natural, epoch: count, epochs: natural, batch_size: natural"
    " -> weight_rate:, bias_rate:, momentum:, accumulate:"
)
def warmup(step: int, steps_per_epoch: int, epoch: int, epochs: int, batch_size: int, *, dialect: Dialect) -> Warmup:
    """Rates, momentum and accumulated batches of one step.  [LRS-2, LRS-3]

        n = round(min(3, E − 1) · steps_per_epoch),   each value = start + (end − start) · step/n   while step ≤ n

    Weights start at 0, biases at 0.1, both end at lr · `lr_factor` of the epoch the step is in, so that the line has
    a step at each new epoch. Momentum goes from 0.8 to 0.937; accumulate, rounded, from 1 to 64/B, never below 1.
    From step n on all have their end values; where the last step is left out (`warmup_end`), momentum and accumulate stay
    what they were one step before.

    Parameters
    ----------
    step : since the start of the training, from 0
    steps_per_epoch : batches
    epoch : of this step, from 0
    epochs : E
    batch_size : B
    dialect : lr_first, lr_final, lr_shape, momentum, warmup_momentum, warmup_epochs, warmup_bias_rate, warmup_cap,
        warmup_target, warmup_end and nominal_batch are read

    Returns
    -------
    Warmup

    Raises
    ------
    RangeError
        If an argument is not as above.
    """
    steps = warmup_steps(steps_per_epoch, epochs, dialect=dialect)
    share = min(step, steps) / steps if steps else 1.0
    held = share
    if dialect.warmup_end == "left_out" and steps:
        held = min(step, steps - 1) / steps
    rate = dialect.lr_first * lr_factor(epoch, epochs, dialect=dialect)
    target = dialect.lr_first if dialect.warmup_target == "first_rate" and share < 1 else rate
    return Warmup(
        target * share,
        dialect.warmup_bias_rate + (target - dialect.warmup_bias_rate) * share,
        dialect.warmup_momentum + (dialect.momentum - dialect.warmup_momentum) * held,
        max(round(1 + (dialect.nominal_batch / batch_size - 1) * held), 1),
    )


def warmup_steps(steps_per_epoch: int, epochs: int, *, dialect: Dialect) -> int:
    """How many steps the warm-up takes; at most all epochs but the last, or at least 100 (`warmup_cap`).  [LRS-2]"""
    if dialect.warmup_cap == "hundred_steps":
        return max(round(dialect.warmup_epochs * steps_per_epoch), 100)
    return round(min(dialect.warmup_epochs, epochs - 1) * steps_per_epoch)
