"""Boxes, box pairs, anchors and distances: the inputs of the geometric ops."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from conformance.cases.case import Case, Cases, also_asked_before, always
from conformance.cases.draws import in_precision, lattices, numbers, served_with


def sides(boxes: np.ndarray) -> np.ndarray:
    """Width and height of boxes: (…, 4) -> (…, 2)."""
    return boxes[..., 2:] - boxes[..., :2]


def upright(corner: np.ndarray, side: np.ndarray) -> np.ndarray:
    """Boxes from their upper left corner and their sides."""
    return np.concatenate([corner, corner + side], axis=-1)


@st.composite
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


@st.composite
def feature_shapes(draw, dialect, *, least_anchors=1, least=1, most=4):
    """Draw one (H, W) per level, each level half the one before (rounded up), with at least `least_anchors` in all."""
    height = draw(st.integers(least, most), label="H")
    width = draw(st.integers(least, most), label="W")
    while True:
        first = dialect.strides[0]
        shapes = [(-(-height * first // s), -(-width * first // s)) for s in dialect.strides]
        if sum(h * w for h, w in shapes) >= least_anchors:
            return shapes
        height, width = (height + 1, width) if height <= width else (height, width + 1)


_LEVELS = {
    "one level": lambda strides: len(strides) == 1,
    "several levels": lambda strides: len(strides) > 1,
    "odd strides": lambda strides: any(stride % 2 for stride in strides),
}


def levels_possible(event, precision, served):
    """One level, several levels or odd strides can be drawn only if a served dialect has them."""
    return event not in _LEVELS or any(_LEVELS[event](d.strides) for d in served)


@st.composite
def _anchor_cases(draw, event, precision, served):
    if event in _LEVELS:
        served = served_with(served, strides=_LEVELS[event])
    dialect = draw(st.sampled_from(served))
    shapes = draw(feature_shapes(dialect, most=6), label="feature_shapes")
    if event == "H != W":
        shapes = [(h, w + 1 + (h == w + 1)) for h, w in shapes]
    if event == "wide map":
        shapes = [(h, -(-260 * dialect.strides[0] // s)) for (h, _), s in zip(shapes, dialect.strides)]
    if event == "after another shape":
        shapes = [(h, w + 1 if h == w else w) for h, w in shapes]
        return Case(dialect, {"feature_shapes": shapes}, (Case(dialect, {"feature_shapes": [s[::-1] for s in shapes]}),))
    return Case(dialect, {"feature_shapes": shapes})


ANCHORS = Cases(
    {
        "lattice": always,
        "H != W": lambda case: any(h != w for h, w in case.feature_shapes),
        "several levels": lambda case: len(case.feature_shapes) > 1,
        "one level": lambda case: len(case.feature_shapes) == 1,
        "odd strides": lambda case: any(stride % 2 for stride in case.dialect.strides),
        "wide map": lambda case: case.feature_shapes[0][1] > 256,
        "after another shape": lambda case: case.prelude[0].feature_shapes != case.feature_shapes,
    },
    _anchor_cases,
    levels_possible,
)


@st.composite
def grid_points(draw, count):
    """Draw anchor points: centres of grid cells."""
    return draw(lattices((count, 2), 0, 40)) + 0.5


@st.composite
def _distance_cases(draw, event, precision, served):
    lead = draw(st.sampled_from([(), (1,), (2,)]), label="lead")
    anchors = 70 if event == "many" else draw(st.integers(1, 4), label="A")
    low = -4 if event == "negative" else 0
    value = numbers(lead + (anchors, 4), low, 15, step=0.25, precision=precision, real=event == "real")
    distance = draw(value, label="distance")
    if event == "negative":
        distance[..., 0, 0] = -1.5
    points = draw(grid_points(anchors), label="anchor_points")
    return Case(draw(st.sampled_from(served)), {"distance": distance, "anchor_points": points})


DISTANCES = also_asked_before(
    Cases(
        {
            "lattice": always,
            "real": always,
            "negative": lambda c: (c.distance < 0).any(),
            "many": lambda c: len(c.anchor_points) > 64,
        },
        _distance_cases,
    ),
    lambda c: {"anchor_points": c.anchor_points + 1},
)


@st.composite
def _box_to_distance_cases(draw, event, precision, served):
    dialect = draw(st.sampled_from(served))
    lead = draw(st.sampled_from([(), (1,), (2,)]), label="lead")
    anchors = 70 if event == "many" else draw(st.integers(1, 4), label="A")
    points = draw(grid_points(anchors), label="anchor_points")
    reach = {"past the last bin": dialect.reg_max + 4, "anchor outside": 4}.get(event, dialect.reg_max)
    low = -4 if event == "anchor outside" else 0
    value = numbers(lead + (anchors, 4), low, reach, step=0.25, precision=precision, real=event == "real")
    distance = draw(value, label="distance")
    if event == "past the last bin":
        distance[..., 0, draw(st.integers(0, 3), label="side")] = dialect.reg_max + draw(st.sampled_from([-1, 0, 2.5]))
    if event == "anchor outside":
        distance[..., 0, draw(st.integers(0, 3), label="side")] = -0.5
    boxes = in_precision(np.concatenate([points - distance[..., :2], points + distance[..., 2:]], axis=-1), precision)
    return Case(dialect, {"anchor_points": points, "bboxes": boxes})


def _ltrb(case):
    return np.concatenate([case.anchor_points - case.bboxes[..., :2], case.bboxes[..., 2:] - case.anchor_points], -1)


BOXES_TO_DISTANCES = also_asked_before(
    Cases(
        {
            "lattice": always,
            "real": always,
            "past the last bin": lambda c: (_ltrb(c) >= c.dialect.reg_max - 1).any(),
            "anchor outside": lambda c: (_ltrb(c) < 0).any(),
            "many": lambda c: len(c.anchor_points) > 64,
        },
        _box_to_distance_cases,
    ),
    lambda c: {"anchor_points": c.anchor_points + 1},
)
