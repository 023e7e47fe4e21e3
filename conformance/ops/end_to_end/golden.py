"""Losses of two heads: the same image as two heads see it, at some epoch of a training."""

from __future__ import annotations

import dataclasses
from typing import Any, Dict, Sequence

import numpy as np

from conformance.cases.stored import Definition, gradient_case, pattern
from conformance.ops.end_to_end.heads import HEADS
from conformance.ops.head.golden import TWO_LEVELS

WITHOUT_BINS = dataclasses.replace(TWO_LEVELS, reg_max=1, widen_gts="to_second_stride")
"""YOLO26 at hand size."""

SHAPES = ((2, 4), (1, 2))
TARGETS = ((0, 0, 0.375, 0.5, 0.5, 0.75), (0, 1, 0.625, 0.5, 0.625, 0.875), (1, 1, 0.5, 0.5, 0.5, 0.75))


def heads(epoch: int, epochs: int, targets: Sequence[Any] = TARGETS, images: int = 2, dialect: Any = TWO_LEVELS) -> Dict[str, Any]:
    """The arguments: maps of both heads, which differ, and targets."""
    channels = 4 * dialect.reg_max + dialect.num_classes
    maps = {
        name: [pattern((images, channels, *shape), 300 + 10 * h + i) for i, shape in enumerate(SHAPES)] for h, name in enumerate(HEADS)
    }
    for level in (level for of_head in maps.values() for level in of_head) if dialect.reg_max == 1 else ():
        level[:, :4] = (level[:, :4] + 4) / 4
    return {**maps, "targets": np.array(targets, np.float64).reshape(-1, 6), "epoch": epoch, "epochs": epochs}


def _case(id: str, inputs: Dict[str, Any], why: str, dialect: Any = TWO_LEVELS) -> Definition:
    source = "Ultralytics 8.4.190, E2ELoss"
    return Definition(id, "end_to_end_loss", ("E2E-1", "E2E-2"), why, source, inputs, dialect)


GOLDEN = (
    _case("two-heads-midway", heads(3, 11), "catches: heads exchanged, both of the same maps, weights that stay or add up to more than 1"),
    _case("two-heads-last-epoch", heads(10, 11), "catches: e / E in place of e / (E − 1), a head that fades to 0"),
    _case("two-heads-after-the-last-epoch", heads(14, 11), "catches: a head that fades on, below 0.1"),
    _case("two-heads-one-epoch", heads(0, 1), "catches: a division by E − 1 = 0"),
    _case("two-heads-no-targets", heads(3, 11, ()), "catches: a loss without boxes that costs nothing in one of the heads"),
    _case(
        "two-heads-without-bins", heads(3, 11, dialect=WITHOUT_BINS),
        "catches: bins decoded that are none, distances not normalised by the image", WITHOUT_BINS,
    ),
    gradient_case(
        "gradient-two-heads", "end_to_end_loss", ("E2E-2g",),
        "catches: a head that is detached, gradients without the weight of their head", "Ultralytics 8.4.190, E2ELoss",
        heads(3, 11, TARGETS[:1], 1, WITHOUT_BINS), WITHOUT_BINS, cotangent=-1.5,
    ),
)  # fmt: skip
