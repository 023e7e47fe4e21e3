"""The dialects a candidate is asked for: a preset, and the preset with other sizes."""

from __future__ import annotations

from dataclasses import replace
from typing import List, Tuple

from refimpl import Dialect

_CHANGES = (
    {"num_classes": 1},
    {"num_classes": 3},
    {"topk": 3},
    {"reg_max": 4},
    {"strides": (8,)},
    {"num_classes": 1, "topk": 1, "reg_max": 4, "strides": (8,)},
    {"num_classes": 2, "topk": 1},
    {"num_classes": 2, "topk": 1, "reg_max": 2, "strides": (8,)},
    {"num_classes": 200, "topk": 1, "strides": (8,)},
    {"num_classes": 3, "topk": 2},
    {"num_classes": 3, "topk": 13},
    {"num_classes": 1, "topk": 3, "strides": (8, 16)},
    {"num_classes": 2, "topk": 2, "reg_max": 8},
    {"num_classes": 3, "topk": 3, "reg_max": 4, "strides": (8,)},
    {"num_classes": 2, "topk": 1, "strides": (4, 8, 16, 32)},
    {"num_classes": 2, "topk": 2, "strides": (5, 15)},
    {"num_classes": 1, "topk": 1, "reg_max": 20, "strides": (8, 16)},
)
"""Each size alone, for a candidate that fixes the others, then small ones together: the suite draws small scenes."""


def variants(preset: Dialect) -> Tuple[Dialect, ...]:
    """The preset with other numbers of classes, bins, claims and levels.

    Where sides are widened to the second stride (`min_gt_side`), they follow it; to the first with one level.
    """
    changed: List[Dialect] = []
    for change in _CHANGES:
        dialect = replace(preset, **change)
        if preset.strides[1:2] == (preset.min_gt_side,):
            dialect = replace(dialect, min_gt_side=dialect.strides[:2][-1])
        changed.append(dialect)
    return tuple(dialect for dialect in dict.fromkeys(changed) if dialect != preset)
