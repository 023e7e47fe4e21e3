"""Golden cases of areas."""

from conformance.cases.stored import Definition

GOLDEN = (
    Definition(
        "area-of-three", "box_area", ("AREA-1",), "catches: sides that count one pixel more, and a lost sign", "by hand",
        {"boxes": [[0, 0, 3, 2], [1, 1, 1, 5], [4, 0, 2, 3]]},
    ),
)  # fmt: skip
