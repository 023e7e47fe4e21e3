"""Labelled boxes to the padded ground truth, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from refimpl.oracle.scalars import exact


class Slot(NamedTuple):
    """One ground-truth slot of an image: class, box in px, and whether anybody may be assigned to it."""

    label: int
    box: list[Fraction]
    valid: bool


EMPTY = Slot(0, [Fraction(0)] * 4, False)


def slot(row: Sequence[Any], image_size: tuple[int, int], every: bool = False) -> Slot:
    """(class, cx, cy, w, h in 0..1) to px xyxy. A box whose corners sum to 0 or less counts as padding, unless every box counts."""
    height, width = image_size
    centre_x, centre_y, side_x, side_y = (exact(number) for number in row[2:])
    box = [
        (centre_x - side_x / 2) * width, (centre_y - side_y / 2) * height,
        (centre_x + side_x / 2) * width, (centre_y + side_y / 2) * height,
    ]
    return Slot(int(row[1]), box, every or sum(box) > 0)


def pad_targets(
    targets: Sequence[Sequence[Any]], batch_size: int, image_size: tuple[int, int], every: bool = False
) -> list[list[Slot]]:
    """The slots of every image: its rows in order of appearance, then empty ones up to the fullest image's count."""
    images = [[slot(row, image_size, every) for row in targets if int(row[0]) == image] for image in range(batch_size)]
    most = max((len(slots) for slots in images), default=0)
    return [slots + [EMPTY] * (most - len(slots)) for slots in images]
