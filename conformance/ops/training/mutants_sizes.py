"""Faults in sizes of a training."""

from __future__ import annotations

import math

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under


@mutant("training_sizes", "the largest size is left out", "SIZ-1")
def sizes_without_last(self, right, *arguments):
    return right(*arguments)[:-1]


@mutant("training_sizes", "sizes may be below one stride", "SIZ-1", seen="Ultralytics before 8.4.46, #24394")
def sizes_from_0(self, right, size, share, stride):
    found = right(size, share, stride)
    return np.concatenate([[0], found]) if size * (1 - share) < stride else found


@mutant(
    "training_sizes",
    "the size varies by half whatever the share",
    "SIZ-1",
    seen="Ultralytics before #23284",
    convention=True,
)
def sizes_of_half(self, right, size, share, stride):
    return right(size, 0.5, stride)


@mutant("training_sizes", "sizes are not made multiples of the stride", "SIZ-1")
def sizes_of_any_px(self, right, size, share, stride):
    return np.arange(max(math.floor(size * (1 - share)), stride), math.floor(size * (1 + share)) + 1)


@mutant("training_sizes", "multiples of the stride are rounded up", "SIZ-1")
def sizes_rounded_up(self, right, size, share, stride):
    return np.unique(
        -(-np.arange(max(int(size * (1 - share)), stride), int(size * (1 + share) + stride)) // stride) * stride
    )


@mutant("training_sizes", "sizes only shrink", "SIZ-1")
def sizes_that_shrink(self, right, size, share, stride):
    found = right(size, share, stride)
    return found[found <= size]


@mutant(
    "scaled_shape",
    "the quotient is a float64: a whole one may be rounded up",
    "SIZ-2",
    seen="Ultralytics multi_scale",
    convention=True,
)
def scaled_in_floats(self, right, *arguments):
    return under(self, float_rule="float64").scaled_shape(*arguments)


@mutant("scaled_shape", "sides are rounded to the nearest multiple", "SIZ-2")
def scaled_to_nearest(self, right, shape, size, stride):
    return np.array([max(round(side * size / max(shape) / stride), 1) * stride for side in shape])


@mutant("scaled_shape", "sides are rounded down", "SIZ-2")
def scaled_down(self, right, shape, size, stride):
    return np.array([max(side * size // max(shape) // stride, 1) * stride for side in shape])


@mutant("scaled_shape", "the short side becomes the size", "SIZ-2")
def scaled_by_short_side(self, right, shape, size, stride):
    return np.array([-(-side * size // min(shape) // stride) * stride for side in shape])


@mutant("scaled_shape", "width stands before height", "SIZ-2")
def scaled_w_first(self, right, *arguments):
    return right(*arguments)[::-1]


@mutant("scaled_shape", "both sides become the size", "SIZ-2")
def scaled_square(self, right, shape, size, stride):
    return right((1, 1), size, stride)


@mutant("scaled_shape", "sides are not made multiples of the stride", "SIZ-2")
def scaled_to_any_px(self, right, shape, size, stride):
    return np.array([-(-side * size // max(shape)) for side in shape])
