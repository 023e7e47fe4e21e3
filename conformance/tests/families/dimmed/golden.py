"""Golden cases of darker images."""

from conformance.cases.stored import Definition

GOLDEN = (
    Definition(
        "dimmed-below-zero", "dimmed", ("DIM-1",), "catches: a pixel that wraps round", "by hand",
        {"image": [[[0, 7, 255]]], "shift": 8},
    ),
)  # fmt: skip
