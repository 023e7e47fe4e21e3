"""Shapes and frames: the inputs of scaling and letterboxing."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from conformance.cases.case import Case, Cases, always
from conformance.cases.draws import composite, numbers

HALVES = (
    ((4, 3), (6, 6)), ((3, 4), (10, 10)), ((8, 5), (20, 20)), ((7, 8), (12, 12)), ((6, 4), (33, 9)), ((432, 864), (953, 873)),
)  # fmt: skip
"""Shapes and frames whose ratio leaves one side at just a half, of the last a hair more in float64."""

WHOLE = ((116, 87, 320), (87, 116, 320), (164, 123, 640), (232, 174, 640), (123, 41, 960))
"""Shapes and sizes of which the short side is whole, and of some a hair more in float64."""


TRIES = 100
"""Ratios that are tried until one tells float32 from more."""

SHORT_SIDES = {
    "short side half": ((4, 3, 6), (8, 5, 20), (5, 8, 12), (3, 4, 10)),
    "short side a hair more than whole": ((2003, 917, 640), (279, 3001, 1280), (4001, 994, 640)),
    "short side a hair less than whole": ((2003, 1086, 640), (2722, 3001, 1280), (4001, 3007, 640)),
}
"""Shapes and sizes, for each event of that name: h, w and the long side that is asked for."""


@composite
def shapes_of(draw, event, least=2, most=900):
    """Draw (h, w) so that the event occurs."""
    h, w = draw(st.integers(least, most), label="h"), draw(st.integers(least, most), label="w")
    if event == "square":
        w = h
    if event == "tall":
        h = 3 * w + 1
    if event == "wide":
        w = 3 * h + 1
    if event == "thin":
        h, w = draw(st.sampled_from([(2000, 1), (1, 1999)]), label="thin")
    return h, w


SHAPE_EVENTS = {
    "lattice": always,
    "square": lambda c: c.shape[0] == c.shape[1],
    "tall": lambda c: c.shape[0] > 3 * c.shape[1],
    "wide": lambda c: c.shape[1] > 3 * c.shape[0],
    "thin": lambda c: min(c.shape) == 1,
    "one pixel": lambda c: c.shape == (1, 1),
}


def _size(case):
    """The argument of that name: a case has a size of its own."""
    return case.arguments["size"]


@composite
def _resized_cases(draw, event, precision, served):
    shape, size = draw(shapes_of(event)), 32 * draw(st.integers(1, 20), label="size / 32")
    if event == "short side whole":
        *shape, size = draw(st.sampled_from(WHOLE), label="whole")
    if event in SHORT_SIDES:
        *shape, size = draw(st.sampled_from(SHORT_SIDES[event]), label="short side")
    if event == "already so long":
        size = max(shape)
    if event == "enlarged":
        size = 2 * max(shape) + 1
    if event == "one pixel":
        shape = (1, 1)
    return Case.of(draw(st.sampled_from(served)), {"shape": tuple(shape), "size": size})


RESIZED = Cases(
    {
        **SHAPE_EVENTS,
        "short side whole": lambda c: min(c.shape) * _size(c) % max(c.shape) == 0,
        **{name: (lambda c, named=named: (*c.shape, _size(c)) in named) for name, named in SHORT_SIDES.items()},
        "already so long": lambda c: _size(c) == max(c.shape),
        "enlarged": lambda c: _size(c) > max(c.shape),
    },
    _resized_cases,
)


@composite
def odd_halves(draw):
    """Draw (h, w) and a frame of an odd side S, so that the ratio S / 2p leaves the other side, a multiple of p, at a half.

    Such that the product of a ratio in float32 misses it, which few do.
    """
    random = np.random.default_rng(draw(st.integers(0, 2**16), label="seed"))
    for _ in range(TRIES):
        p, side, times = random.integers(3, 400), 2 * random.integers(8, 300) + 1, random.choice([1, 3, 5])
        if np.float32(side / (2 * p)) * np.float32(times * p) != times * side / 2:
            break
    shape, frame = (int(2 * p), int(times * p)), (int(side), int(times * side))
    return (shape, frame) if draw(st.booleans(), label="turned") else (shape[::-1], frame[::-1])


@composite
def frames(draw, event):
    """Draw (h, w) of an image and (H, W) of its frame, so that the event occurs."""
    shape = draw(shapes_of(event))
    frame = 32 * draw(st.integers(2, 20), label="H / 32"), 32 * draw(st.integers(2, 20), label="W / 32")
    if event == "exactly a half":
        shape, frame = draw(st.sampled_from(HALVES), label="half")
    if event == "half of a side by no round ratio":
        shape, frame = draw(odd_halves(), label="half")
    if event == "fits already":
        frame = shape
    if event == "enlarged":
        shape = draw(shapes_of(event, most=60))
    if event == "odd padding":
        frame = shape[0] + 2 * draw(st.integers(0, 9)), shape[1] + 2 * draw(st.integers(0, 9)) + 1
        frame = (shape[0], frame[1]) if draw(st.booleans()) else (frame[0] + 1, shape[1])
    if event == "one pixel":
        shape = (1, 1)
    return shape, frame


def _ratio(shape, frame):
    return min(Fraction(frame[0], shape[0]), Fraction(frame[1], shape[1]))


def _leaves_a_half(shape, frame):
    return any(2 * side * _ratio(shape, frame) % 2 == 1 for side in shape)


def frame_events(shape, frame):
    """Events of an image in a frame; by the names of the two arguments."""
    return {
        "lattice": always,
        "square": lambda c: c.arguments[shape][0] == c.arguments[shape][1],
        "tall": lambda c: c.arguments[shape][0] > 3 * c.arguments[shape][1],
        "wide": lambda c: c.arguments[shape][1] > 3 * c.arguments[shape][0],
        "thin": lambda c: min(c.arguments[shape]) == 1,
        "exactly a half": lambda c: _leaves_a_half(c.arguments[shape], c.arguments[frame]),
        "half of a side by no round ratio": lambda c: _leaves_a_half(c.arguments[shape], c.arguments[frame]),
        "fits already": lambda c: c.arguments[shape] == c.arguments[frame],
        "enlarged": lambda c: _ratio(c.arguments[shape], c.arguments[frame]) > 1,
        "odd padding": lambda c: sum(f - s for f, s in zip(c.arguments[frame], c.arguments[shape])) % 2 == 1,
        "one pixel": lambda c: c.arguments[shape] == (1, 1),
    }


@composite
def _geometry_cases(draw, event, precision, served):
    shape, frame = draw(frames(event))
    return Case.of(draw(st.sampled_from(served)), {"shape": tuple(shape), "new_shape": tuple(frame)})


GEOMETRY = Cases(frame_events("shape", "new_shape"), _geometry_cases)


@composite
def boxes_on(draw, event, shape, precision, count=None):
    """Draw (N, 4) boxes on an image (h, w), so that the event occurs."""
    count = draw(st.integers(1, 3), label="N") if count is None else count
    h, w = shape
    first = draw(numbers((count, 2), 0, 1, step=0.125, precision=precision, real=event == "real"), label="first")
    last = draw(numbers((count, 2), 0, 1, step=0.125, precision=precision, real=event == "real"), label="last")
    low, high = np.minimum(first, last), np.maximum(first, last) + 0.125
    boxes = np.concatenate([low, high], axis=1) * [w, h, w, h]
    if event == "outside":
        boxes[0] = [-w, -h / 2, 2 * w, 1.5 * h]
    return boxes.astype(precision.dtype).astype(np.float64)


@composite
def _into_cases(draw, event, precision, served):
    shape, frame = draw(frames(event))
    count = 0 if event == "no boxes" else None
    boxes = draw(boxes_on(event, shape, precision, count))
    return Case.of(draw(st.sampled_from(served)), {"boxes": boxes, "shape": tuple(shape), "new_shape": tuple(frame)})


@composite
def _back_cases(draw, event, precision, served):
    shape, frame = draw(frames(event))
    count = 0 if event == "no boxes" else None
    boxes = draw(boxes_on(event, frame, precision, count))
    return Case.of(
        draw(st.sampled_from(served)), {"boxes": boxes, "network_shape": tuple(frame), "image_shape": tuple(shape)}
    )


BOX_EVENTS = {
    "real": always,
    "outside": lambda c: bool((c.boxes < 0).any()),
    "no boxes": lambda c: len(c.boxes) == 0,
}

INTO = Cases({**frame_events("shape", "new_shape"), **BOX_EVENTS}, _into_cases)
BACK = Cases({**frame_events("image_shape", "network_shape"), **BOX_EVENTS}, _back_cases)

CASES = {"resized_shape": RESIZED, "letterbox_geometry": GEOMETRY, "letterbox_boxes": INTO, "restore_boxes": BACK}
