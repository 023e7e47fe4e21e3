"""Boxes that move, and images that are put together or mixed."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st

from conformance.cases.case import Case, Cases, also_asked_before, always
from conformance.cases.draws import choices, composite, in_precision, lattices, numbers, realness
from conformance.ops.images.cases import boxes_on


@composite
def _share_cases(draw, event, precision, served):
    count = 0 if event == "no boxes" else draw(st.integers(1, 4), label="N")
    real = draw(realness(event), label="real")
    centre = draw(numbers((count, 2), 0, 1, step=0.0625, precision=precision, real=real), label="centre")
    size = draw(numbers((count, 2), 0.0625, 1, step=0.0625, precision=precision, real=real), label="size")
    boxes = np.concatenate([centre, size], axis=1)
    if event == "off the image":
        boxes[0] = [0.0625, 0.9375, 0.5, 0.5]
    if event == "zero area":
        boxes[0, 2] = 0
    shape = draw(st.integers(1, 700), label="h"), draw(st.integers(1, 700), label="w")
    if event == "H != W" and shape[0] == shape[1]:
        shape = (shape[0], shape[1] + 1)
    padding = draw(lattices((2,), 0, 64, 0.5), label="padding")
    if event == "no padding":
        padding[:] = 0
    if event == "padding on one side":
        padding[:] = 0, 8
    return Case.of(draw(st.sampled_from(served)), {"boxes": boxes, "shape": shape, "padding": padding})


SHARES = Cases(
    {
        "lattice": always,
        "real": always,
        "H != W": lambda c: c.shape[0] != c.shape[1],
        "off the image": lambda c: bool((c.boxes[:, :2] < c.boxes[:, 2:] / 2).any()),
        "zero area": lambda c: bool((c.boxes[:, 2:] == 0).any()),
        "no padding": lambda c: not c.padding.any(),
        "padding on one side": lambda c: c.padding[0] != c.padding[1],
        "no boxes": lambda c: len(c.boxes) == 0,
    },
    _share_cases,
)


@composite
def _flip_cases(draw, event, precision, served):
    width = 0 if event == "no width" else draw(st.integers(1, 700), label="width")
    boxes = draw(boxes_on(event, (64, max(width, 1)), precision, 0 if event == "no boxes" else None))
    if event == "inside out":
        boxes[0] = boxes[0, [2, 1, 0, 3]]
    return Case.of(draw(st.sampled_from(served)), {"boxes": boxes, "width": width})


FLIPS = Cases(
    {
        "lattice": always,
        "real": always,
        "outside": lambda c: bool((c.boxes < 0).any()),
        "inside out": lambda c: bool((c.boxes[:, 2] < c.boxes[:, 0]).any()),
        "odd width": lambda c: c.width % 2 == 1,
        "no boxes": lambda c: len(c.boxes) == 0,
    },
    lambda event, precision, served: _flip_cases(event, precision, served).map(
        lambda case: case.having(width=case.width | 1) if event == "odd width" else case
    ),
)


@composite
def _mosaic_cases(draw, event, precision, served):
    size = draw(st.integers(16, 128), label="size")
    most = size // 2 if event == "all fit" else 2 * size
    shapes = np.array(draw(st.lists(st.tuples(*[st.integers(1, most)] * 2), min_size=4, max_size=4), label="shapes"))
    centre = np.array(draw(st.tuples(*[st.integers(size // 2, 3 * size // 2 - 1)] * 2), label="centre"))
    if event == "all fit":
        centre[:] = size
    if event == "of an odd size":
        size |= 1
        shapes[:] = 2 * size
    if event == "too large":
        shapes[draw(st.integers(0, 3), label="image")] = 2 * size
    if event == "all too large":
        shapes[:] = 2 * size
    if event == "far too large":
        shapes[:] = 5 * size
    if event == "centre in a corner":
        centre[:] = size // 2, 3 * size // 2 - 1
    if event == "centre at the edge":
        centre[draw(st.integers(0, 1), label="axis")] = draw(st.sampled_from([0, 2 * size]), label="edge")
    if event == "all alike":
        shapes[1:] = shapes[0]
    if event == "H != W":
        shapes[:, 1] += shapes[:, 0] == shapes[:, 1]
    return Case.of(draw(st.sampled_from(served)), {"shapes": shapes, "centre": centre, "size": size})


def _room(case):
    """Room between centre and the edges of the canvas: left, top, right, below."""
    edge = 2 * case.arguments["size"]  # A case has a size of its own.
    return case.centre[0], case.centre[1], edge - case.centre[0], edge - case.centre[1]


MOSAICS = Cases(
    {
        "lattice": always,
        "all fit": lambda c: bool(c.shapes.max() <= min(_room(c))),
        "too large": lambda c: bool(c.shapes.max() > max(_room(c))),
        "of an odd size": lambda c: c.arguments["size"] % 2 == 1,
        "far too large": lambda c: bool((c.shapes == 5 * c.arguments["size"]).all()),
        "all too large": lambda c: bool(c.shapes.min() > max(_room(c))),
        "centre in a corner": lambda c: c.centre[0] != c.centre[1],
        "centre at the edge": lambda c: bool(((c.centre == 0) | (c.centre == 2 * c.arguments["size"])).any()),
        "all alike": lambda c: len(np.unique(c.shapes, axis=0)) == 1,
        "H != W": lambda c: bool((c.shapes[:, 0] != c.shapes[:, 1]).all()),
    },
    _mosaic_cases,
)


def _turned(angle, scale):
    c, s = scale * math.cos(angle), scale * math.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


SLIGHT = (2.0**-14, 2.0**-17, -(2.0**-14), -(2.0**-17))
"""Shears and perspectives that move a corner of a box of 96 px by less than a pixel."""


@composite
def _warp_cases(draw, event, precision, served):
    count = 0 if event == "no boxes" else draw(st.integers(1, 3), label="N")
    boxes = draw(boxes_on(event, (64, 96), precision, count))
    matrix = np.eye(3)
    if event in ("lattice", "shifted", "perspective", "no boxes", "sheared"):
        matrix[:2, 2] = draw(lattices((2,), -32, 32), label="shift")
    if event == "scaled":
        matrix[0, 0], matrix[1, 1] = draw(lattices((2,), 0.5, 2, 0.25), label="scale")
    if event == "sheared":
        matrix[0, 1], matrix[1, 0] = draw(choices((2,), (0.5, -0.25, 0.125)), label="shear")
    if event in ("turned", "real"):
        matrix = _turned(
            draw(st.integers(1, 11), label="angle") * math.pi / 12, draw(st.sampled_from([1.0, 0.75, 1.5]))
        )
    if event == "third coordinate not 1":
        matrix[2, 2] = 2
    if event == "mirrored":
        matrix[0, 0], matrix[0, 2] = -1, 96
    if event == "perspective":
        matrix[2, :2] = draw(choices((2,), (2.0**-9, 2.0**-8, -(2.0**-9))), label="perspective")
    if event == "slight shear":
        matrix[0, 1], matrix[1, 0] = draw(choices((2,), SLIGHT), label="shear")
    if event == "slight perspective":
        matrix[2, :2] = draw(choices((2,), SLIGHT), label="perspective")
    return Case.of(draw(st.sampled_from(served)), {"boxes": boxes, "matrix": in_precision(matrix, precision)})


WARPS = also_asked_before(
    Cases(
        {
            "lattice": always,
            "real": always,
            "identity": lambda c: bool((c.matrix == np.eye(3)).all()),
            "shifted": lambda c: bool((c.matrix[:2, :2] == np.eye(2)).all()),
            "scaled": lambda c: c.matrix[0, 1] == 0,
            "turned": lambda c: c.matrix[0, 1] == -c.matrix[1, 0] != 0,
            "sheared": lambda c: c.matrix[0, 1] != 0,
            "mirrored": lambda c: c.matrix[0, 0] < 0,
            "perspective": lambda c: bool(c.matrix[2, :2].any()),
            "slight shear": lambda c: 0 < np.abs(c.matrix[[0, 1], [1, 0]]).max() < 1e-4,
            "slight perspective": lambda c: 0 < np.abs(c.matrix[2, :2]).max() < 1e-4,
            "third coordinate not 1": lambda c: c.matrix[2, 2] == 2,
            "no boxes": lambda c: len(c.boxes) == 0,
        },
        _warp_cases,
    ),
    lambda c: {"boxes": c.boxes + 1},
)

CASES = {"denormalise_boxes": SHARES, "flip_boxes": FLIPS, "mosaic_layout": MOSAICS, "warp_boxes": WARPS}
