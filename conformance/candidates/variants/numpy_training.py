"""Averages, schedules and sizes, and other forms of the same."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from conformance.candidates.variants.variant import variant


class Training:
    """Formulas as they stand, sizes in fractions."""

    framework = "numpy"

    def __init__(self, dialect):
        self.dialect = dialect

    def ema_decay(self, updates):
        return self.dialect.ema_limit * (1 - math.exp(-updates / self.dialect.ema_tau))

    def ema_update(self, average, value, decay):
        return average * decay + value * (1 - decay)

    def lr_factor(self, epoch, epochs):
        return max(1 - epoch / epochs, 0) * (1 - self.dialect.lr_final) + self.dialect.lr_final

    def line(self, share, start, end):
        """The point of a line that a share of it is behind."""
        return start + (end - start) * share

    def warmup(self, step, steps_per_epoch, epoch, epochs, batch_size):
        d = self.dialect
        steps = round(min(d.warmup_epochs, epochs - 1) * steps_per_epoch)
        share, rate = min(step / steps, 1.0) if steps else 1.0, d.lr_first * self.lr_factor(epoch, epochs)
        ends = (0.0, rate), (d.warmup_bias_rate, rate), (d.warmup_momentum, d.momentum)
        accumulate = max(round(self.line(share, 1, d.nominal_batch / batch_size)), 1)
        return (*(self.line(share, *each) for each in ends), accumulate)

    def training_sizes(self, size, share, stride):
        least = max(math.floor(size * (1 - Fraction(share))), stride) // stride
        last = (math.floor(size * (1 + Fraction(share)) + stride) - 1) // stride
        return np.array([k * stride for k in range(least, last + 1)])

    def scaled_shape(self, shape, size, stride):
        return np.array([-(-side * size // (max(shape) * stride)) * stride for side in shape])


@variant("formulas of training as they stand, sizes in whole numbers")
class AsItStands(Training):
    pass


@variant("an average is moved by a share of its distance, the ramp is an expm1, a line is weighed at both ends")
class MovedByAShare(Training):
    def ema_decay(self, updates):
        return -self.dialect.ema_limit * math.expm1(-updates / self.dialect.ema_tau)

    def ema_update(self, average, value, decay):
        return average + (1 - decay) * (value - average)

    def lr_factor(self, epoch, epochs):
        done = min(epoch / epochs, 1)
        return 1 - done * (1 - self.dialect.lr_final)

    def line(self, share, start, end):
        return start * (1 - share) + end * share


@variant("an average is moved back from its value, lines are np.interp, sizes are those of all numbers between")
class MovedBack(Training):
    def ema_update(self, average, value, decay):
        return value - decay * (value - average)

    def line(self, share, start, end):
        return np.interp(share, [0, 1], [start, end])

    def training_sizes(self, size, share, stride):
        least = max(math.floor(size * (1 - Fraction(share))), stride)
        past = math.floor(size * (1 + Fraction(share)) + stride)
        return np.array(sorted({n // stride * stride for n in range(least, past)}))


@variant("an average is a lerp that starts at the nearer end, as torch's")
class LerpFromTheNearerEnd(Training):
    def ema_update(self, average, value, decay):
        weight, change = 1 - decay, value - average
        return average + weight * change if weight < 0.5 else value - change * (1 - weight)
