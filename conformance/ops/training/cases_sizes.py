"""Sizes, shares and strides: the inputs of the sizes that a batch may have."""

from __future__ import annotations

from hypothesis import strategies as st

from conformance.cases.case import Case, Cases, always
from conformance.cases.draws import composite

ENDS_WHOLE = ((640, 0.4), (320, 0.2), (160, 0.2), (480, 0.4))
"""Sizes and shares whose smaller end is just below a multiple of 32, and is that multiple in float64."""


@composite
def _size_cases(draw, event, precision, served):
    stride = draw(st.sampled_from([32, 64, 16, 1]), label="stride")
    size = 32 * draw(st.integers(2, 40), label="size / 32")
    share = draw(st.integers(0, 32), label="32 share") / 32
    if event == "the whole share":
        share = 1.0
    if event == "no share":
        share = 0.0
    if event == "no multiple of the stride":
        size, stride = 600, 64
    if event == "share no fraction":
        share = draw(st.sampled_from([0.3, 0.1, 0.7]), label="share")
    if event == "small":
        size, share = 32, 0.5
    if event == "ends whole":
        (size, share), stride = draw(st.sampled_from(ENDS_WHOLE), label="whole"), 32
    return Case.of(draw(st.sampled_from(served)), {"size": size, "share": share, "stride": stride})


def _size(case):
    """The argument of that name: a case has a size of its own."""
    return case.arguments["size"]


SIZES = Cases(
    {
        "lattice": always,
        "real": always,
        "the whole share": lambda c: c.share == 1,
        "no share": lambda c: c.share == 0,
        "no multiple of the stride": lambda c: _size(c) % c.stride > 0,
        "share no fraction": lambda c: c.share * 32 % 1 > 0,
        "small": lambda c: _size(c) == 32,
        "ends whole": lambda c: (_size(c), c.share) in ENDS_WHOLE,
    },
    _size_cases,
)

HARDLY_MORE = ((733, 867, 757), (721, 1807, 802), (1361, 1895, 802), (491, 904, 707))
"""Shapes and sizes that leave the short side 1/800 px or so above a multiple of 32."""

WHOLE = ((608, 608, 672), (928, 928, 1088), (736, 736, 864))
"""Shapes and sizes whose quotient is whole, and a hair more in float64."""


@composite
def _scaled_cases(draw, event, precision, served):
    h, w = draw(st.integers(1, 900), label="h"), draw(st.integers(1, 900), label="w")
    size = 32 * draw(st.integers(1, 40), label="size / 32")
    if event == "quotient whole":
        h, w, size = draw(st.sampled_from(WHOLE), label="whole")
    if event == "quotient a hair more than whole":
        h, w, size = draw(st.sampled_from(HARDLY_MORE), label="hardly more")
    if event == "square":
        w = h
    if event == "thin":
        h, w = 900, 1
    if event == "same size":
        h, w, size = 640, draw(st.sampled_from([480, 475, 500]), label="short"), 640
    stride = 32 if event == "quotient a hair more than whole" else draw(st.sampled_from([32, 16, 64, 1, 40]))
    return Case.of(draw(st.sampled_from(served)), {"shape": (h, w), "size": size, "stride": stride})


SCALED = Cases(
    {
        "lattice": always,
        "square": lambda c: c.shape[0] == c.shape[1],
        "quotient whole": lambda c: _size(c) % 32 == 0 and c.shape[0] == c.shape[1],
        "quotient a hair more than whole": lambda c: (*c.shape, _size(c)) in HARDLY_MORE,
        "thin": lambda c: min(c.shape) == 1,
        "same size": lambda c: max(c.shape) == _size(c),
    },
    _scaled_cases,
)

CASES = {"training_sizes": SIZES, "scaled_shape": SCALED}
