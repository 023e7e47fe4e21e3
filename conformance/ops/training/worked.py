"""Worked examples of averages and schedules."""

from __future__ import annotations

import math
from typing import Callable, Sequence

import numpy as np

import refimpl
from conformance.ops.example import Example, agreed, example
from conformance.paper.markdown import number, numbers, table
from conformance.paper.svg import Frame, Picture, chart
from refimpl import YOLOV8


def _curve(name: str, title: str, described: str, values: Sequence[float], ends: Callable[[int], str]) -> Picture:
    """A curve over 0 … 1, with its ends named."""
    frame = Frame(40, 150, 260 / (len(values) - 1), -120)
    shapes = [
        frame.line((0, 0), (len(values) - 1, 0)),
        frame.line((0, 0), (0, 1)),
        frame.curve(list(enumerate(values)), "a"),
    ]
    shapes += [
        frame.label((0, 0), ends(0), (0, 18), kind="small"),
        frame.label((len(values) - 1, 0), ends(-1), (0, 18), kind="small end"),
    ]
    return Picture(name, title, described, (330, 185), tuple(shapes))


def ema_decay() -> Example:
    """The ramp."""
    shown = (1, 100, 2000, 10000)
    found = [float(refimpl.ema_decay(u, dialect=YOLOV8)) for u in shown]
    agreed("ema_decay", [0.9999 * (1 - math.exp(-u / 2000)) for u in shown], found)
    values = [float(refimpl.ema_decay(200 * i, dialect=YOLOV8)) for i in range(51)]
    picture = _curve("ema_decay", "The decay rises", "From 0 towards its limit, two thirds of it after 2000 updates.", values,
                     lambda end: "0" if end == 0 else "10000 updates")  # fmt: skip
    return example(picture, table(("update", "decay"), [(str(u), number(d)) for u, d in zip(shown, found)]))


def ema_update() -> Example:
    """One step."""
    found = refimpl.ema_update(np.array([1.0, 2.0]), np.array([3.0, 10.0]), 0.75, dialect=YOLOV8)
    agreed("ema_update", [0.75 * 1 + 0.25 * 3, 0.75 * 2 + 0.25 * 10], found)
    shapes = chart(
        [0.1, 0.3, found[0] / 10], ["off", "a", "c"], Frame(50, 130, 70, -100), ("average", "weight", "new average")
    )
    picture = Picture(
        "ema_update", "The average moves a quarter of the way", "Bars of 1, 3 and 1.5.", (270, 170), shapes
    )
    return example(
        picture,
        f"Average (1, 2), weights (3, 10), decay 0.75: (0.75 · 1 + 0.25 · 3, 0.75 · 2 + 0.25 · 10) = {numbers(found)}.",
    )


def lr_factor() -> Example:
    """A line over ten epochs."""
    found = [float(refimpl.lr_factor(e, 10, dialect=YOLOV8)) for e in range(11)]
    agreed("lr_factor", [(1 - e / 10) * 0.99 + 0.01 for e in range(11)], found)
    picture = _curve(
        "lr_factor",
        "The rate falls",
        "A line from 1 to a hundredth.",
        found,
        lambda end: "epoch 0" if end == 0 else "10",
    )
    rows = [(str(e), number(found[e])) for e in (0, 1, 5, 9)]
    return example(picture, "E = 10, f = 0.01; the last epoch is 9:", table(("epoch", "factor"), rows))


def warmup() -> Example:
    """Three epochs of 100 steps."""
    shown = (0, 150, 300)
    found = [refimpl.warmup(step, 100, step // 100, 100, 16, dialect=YOLOV8) for step in shown]
    agreed(
        "warmup",
        [0.01 * 0.9901 / 2, 0.8 + 0.137 / 2, 2],
        [found[1].weight_rate, found[1].momentum, found[1].accumulate],
    )
    values = [refimpl.warmup(4 * i, 100, i // 25, 100, 16, dialect=YOLOV8).weight_rate / 0.01 for i in range(101)]
    picture = _curve("warmup", "The rate rises, then falls", "It rises for three epochs, with a step down at each new one.", values,
                     lambda end: "step 0" if end == 0 else "400")  # fmt: skip
    rows = [(str(step), *map(number, row)) for step, row in zip(shown, found)]
    columns = ("step", "weights", "biases", "momentum", "accumulate")
    return example(picture, "100 steps an epoch, E = 100, B = 16; n = 300:", table(columns, rows))


def training_sizes() -> Example:
    """Half of 128."""
    found = refimpl.training_sizes(128, 0.5, 32, dialect=YOLOV8)
    agreed("training_sizes", [64, 96, 128, 160, 192], found)
    shapes = chart(found / 200, ["a"] * len(found), Frame(50, 130, 50, -100), found.tolist())
    picture = Picture("training_sizes", "Sizes of a training", "Five multiples of the stride.", (320, 170), shapes)
    return example(
        picture,
        "Size 128, share 0.5, stride 32: n from 64 to 223, each to the multiple below it: 64, 96, 128, 160, 192.",
    )


def scaled_shape() -> Example:
    """A batch of 480 × 640."""
    found = refimpl.scaled_shape((480, 640), 320, 32, dialect=YOLOV8)
    agreed("scaled_shape", [math.ceil(240 / 32) * 32, 320], found)
    frame = Frame(20, 20, 0.4, 0.4)
    shapes = (
        frame.box((0, 0, 640, 480), "off"),
        frame.box((0, 0, 320, 256), "a"),
        frame.line((0, 240), (320, 240), "soft"),
    )
    described = "The height of 240, dashed, is rounded up to 256."
    picture = Picture("scaled_shape", "Sides are multiples of the stride", described, (300, 240), shapes)
    return example(picture, f"(480, 640) to size 320: sides 240 and 320; ⌈240 / 32⌉ · 32 = 256: {numbers(found)}.")


WORKED = {
    "ema_decay": ema_decay, "ema_update": ema_update, "lr_factor": lr_factor, "warmup": warmup, "training_sizes": training_sizes,
    "scaled_shape": scaled_shape,
}  # fmt: skip
