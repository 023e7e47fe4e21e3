"""Boxes, maps and grid points: what the cases of many ops are made of."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from conformance.cases.draws import composite, in_precision, lattices, numbers


def sides(boxes: np.ndarray) -> np.ndarray:
    """Width and height of boxes: (…, 4) -> (…, 2)."""
    return boxes[..., 2:] - boxes[..., :2]


def upright(corner: np.ndarray, side: np.ndarray) -> np.ndarray:
    """Boxes from their upper left corner and their sides."""
    return np.concatenate([corner, corner + side], axis=-1)


@composite
def upright_boxes(draw, shape, *, low=0, high=64, largest=64, step=4, precision, real=False):
    """Draw boxes with positive sides: corners in [low, high], sides in [step, largest]."""
    corner = draw(numbers(shape + (2,), low, high, step=step, precision=precision, real=real), label="corner")
    side = draw(numbers(shape + (2,), step, largest, step=step, precision=precision, real=real), label="side")
    return in_precision(upright(corner, side), precision)


def crowds(seed: int, shape, size: float, precision) -> np.ndarray:
    """Upright boxes in bulk, more than one would draw one by one: sides up to a third of the image."""
    generator = np.random.default_rng(seed)
    corner = generator.uniform(0, size * 2 / 3, (*shape, 2))
    return in_precision(upright(corner, generator.uniform(4, size / 3, (*shape, 2))), precision)


def level_shapes(height, width, dialect):
    """The maps of an image whose first has this size: [(H, W)]·L, cells rounded up."""
    first = dialect.strides[0]
    return [(-(-height * first // s), -(-width * first // s)) for s in dialect.strides]


@composite
def feature_shapes(draw, dialect, *, least_anchors=1, least=1, most=4):
    """Draw one (H, W) per level, each level half the one before (rounded up), with at least `least_anchors` in all."""
    height = draw(st.integers(least, most), label="H")
    width = draw(st.integers(least, most), label="W")
    while True:
        shapes = level_shapes(height, width, dialect)
        if sum(h * w for h, w in shapes) >= least_anchors:
            return shapes
        height, width = (height + 1, width) if height <= width else (height, width + 1)


LEVELS = {
    "one level": lambda strides: len(strides) == 1,
    "several levels": lambda strides: len(strides) > 1,
    "empty level": lambda strides: len(strides) > 1,
    "odd strides": lambda strides: any(stride % 2 for stride in strides),
}


def levels_possible(event, precision, served):
    """One level, several levels or odd strides can be drawn only if a served dialect has them."""
    return event not in LEVELS or any(LEVELS[event](d.strides) for d in served)


@composite
def grid_points(draw, count):
    """Draw anchor points: centres of grid cells."""
    return draw(lattices((count, 2), 0, 40)) + 0.5
