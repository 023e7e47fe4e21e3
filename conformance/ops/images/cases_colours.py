"""Gains of hue, saturation and value, and images that are mixed."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from conformance.cases.case import Case, Cases, also_asked_before, always
from conformance.cases.draws import composite, in_precision, lattices, numbers, realness

TINY_TURN = {"a hair below no turn": -1e-20, "a hair below a level": -(2.0**-20)}


HAIR = 2.0**-14
"""Of a level: more than a product may be off in float32, less than many sums are."""


@composite
def _hardly_whole(draw):
    """A gain by which some high level comes a hair above or below a whole number, and no level less near to one."""
    level, whole = draw(st.integers(128, 255), label="level"), draw(st.integers(96, 254), label="whole")
    return (whole + draw(st.sampled_from([HAIR, -HAIR]), label="off")) / level - 1


def _off_whole(gains):
    """(256, ...) how far each level times 1 + gain is from a whole number."""
    scaled = np.arange(1, 256)[:, np.newaxis] * (1 + gains)
    return np.where(scaled < 255, np.abs(scaled - np.rint(scaled)), 1)


@composite
def _gain_cases(draw, event, precision, served):
    real = draw(realness(event), label="real")
    gains = draw(numbers((3,), -1, 1, step=0.125, precision=precision, real=real), label="gains")
    if event in TINY_TURN:
        gains[0] = TINY_TURN[event]
    if event == "levels a hair from whole":
        gains[1:] = [draw(_hardly_whole(), label="gain") for _ in range(2)]
    if event == "no gain":
        gains[:] = 0
    if event == "saturates":
        gains[1:] = 1, 0.75
    if event == "all black":
        gains[1:] = -1
    if event == "turned back":
        gains[0] = -0.5
    return Case.of(draw(st.sampled_from(served)), {"gains": in_precision(gains, precision)})


GAINS = also_asked_before(
    Cases(
        {
            "lattice": always,
            "real": always,
            "levels a hair from whole": lambda c: bool((_off_whole(c.gains[1:]) < 2 * HAIR).any(axis=0).all()),
            "no gain": lambda c: not c.gains.any(),
            "saturates": lambda c: bool((c.gains[1:] > 0.5).all()),
            "all black": lambda c: bool((c.gains[1:] == -1).all()),
            "turned back": lambda c: c.gains[0] == -0.5,
            **{name: (lambda c: -1e-5 < c.gains[0] < 0) for name in TINY_TURN},
        },
        _gain_cases,
    ),
    lambda c: {"gains": c.gains[::-1].copy()},
)


MANY = (32, 32)
"""Height and width of an image in which a mixture is often hardly below or above a whole number."""


@composite
def _mixed_cases(draw, event, precision, served):
    shape = draw(st.integers(1, 3), label="H"), draw(st.integers(1, 3), label="W"), 3
    a, b = (draw(lattices(shape, 0, 255), label=name).astype(np.uint8) for name in ("image1", "image2"))
    lam = draw(st.integers(0, 64), label="64 lam") / 64
    if event == "one image twice":
        b = a.copy()
    if event == "bright":
        a[:], b[:] = 250, 250
    if event == "weight 1":
        lam = 1.0
    if event == "weight 0":
        lam = 0.0
    if event == "weight no fraction":
        lam = draw(st.sampled_from([0.6, 0.1, 1 / 3]), label="lam")
    if event == "many levels":
        random = np.random.default_rng(draw(st.integers(0, 2**16), label="seed"))
        a, b = random.integers(0, 256, (2, *MANY, 3)).astype(np.uint8)
        lam = draw(st.integers(1, 999), label="1000 lam") / 1000
    if event == "mixture just a half":
        a[0, 0], b[0, 0], lam = 3, 2, 0.5
    if event == "a fraction of three quarters":
        a[0, 0], b[0, 0], lam = 3, 2, 0.75
    return Case.of(draw(st.sampled_from(served)), {"image1": a, "image2": b, "lam": lam})


MIXED = also_asked_before(
    Cases(
        {
            "lattice": always,
            "real": always,
            "one image twice": lambda c: bool((c.image1 == c.image2).all()),
            "bright": lambda c: bool((c.image1 >= 250).all()),
            "weight 1": lambda c: c.lam == 1,
            "weight 0": lambda c: c.lam == 0,
            "weight no fraction": lambda c: c.lam * 64 % 1 > 0,
            "many levels": lambda c: c.image1.shape[:2] == MANY,
            "mixture just a half": lambda c: c.lam == 0.5,
            "a fraction of three quarters": lambda c: c.lam == 0.75,
        },
        _mixed_cases,
    ),
    lambda c: {"image1": c.image2, "image2": c.image1},
)

CASES = {"hsv_tables": GAINS, "mixup": MIXED}
