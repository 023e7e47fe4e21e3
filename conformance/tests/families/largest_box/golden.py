"""Golden cases of the largest box."""

from conformance.cases.stored import Definition

GOLDEN = (
    Definition(
        "largest-of-two", "largest_box", ("LARGE-1",), "catches: the widest taken for the largest", "by hand",
        {"boxes": [[[0, 0, 9, 1], [0, 0, 4, 4]]]},
    ),
)  # fmt: skip
