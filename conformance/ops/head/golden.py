"""Whole losses: raw feature maps and labelled boxes of a few images."""

from __future__ import annotations

import dataclasses
from typing import Any, Sequence

import numpy as np

from conformance.cases.stored import SMALL, Definition, pattern
from refimpl import Dialect

TWO_LEVELS = dataclasses.replace(SMALL, strides=(8, 16), reg_max=4)
ALL = ("DET-1", "DET-2", "DET-3", "DET-4")


def batch(
    id: str, shapes: Sequence[Any], images: int, targets: Sequence[Any], why: str, source: str, *, clauses: Sequence[str] = ALL,
    dialect: Dialect = TWO_LEVELS, calm: float = 0.0,
) -> Definition:
    """A case of the whole loss; `calm` is taken off the class logits, so that target scores are small."""
    channels = 4 * dialect.reg_max + dialect.num_classes
    maps = [pattern((images, channels, *shape), 100 + i) for i, shape in enumerate(shapes)]
    for level in maps:
        level[:, 4 * dialect.reg_max :] -= calm
    rows = np.array(targets, np.float64).reshape(-1, 6)
    return Definition(id, "detection_loss", clauses, why, source, {"feature_maps": maps, "targets": rows}, dialect)


CENTRED = [0.5, 0.5, 0.5, 0.75]

GOLDEN = (
    batch(
        "detection-wide-maps", [(2, 4), (1, 2)], 2,
        [[0, 0, 0.375, 0.5, 0.5, 0.75], [0, 1, 0.625, 0.5, 0.625, 0.875], [1, 1, *CENTRED]],
        "catches: maps flattened x outer, channels split class first or along the batch, image height for width",
        "seed 002 slices the batch for the channels; square maps hide the rest",
    ),
    batch(
        "detection-three-images", [(3, 2)], 3,
        [[0, 1, 0.5, 0.5, 0.75, 0.5], [2, 0, 0.5, 0.375, 0.75, 0.625], [2, 1, 0.5, 0.625, 0.875, 0.5]],
        "catches: no factor B, an image without boxes left out of the classification loss, losses averaged by image",
        "LibreYOLO, jahongir7174/YOLOv8-pt, keras-cv do not multiply by B", dialect=dataclasses.replace(TWO_LEVELS, strides=(8,)),
    ),
    batch(
        "detection-unsorted-targets", [(2, 2)], 2,
        [[1, 0, 0.5, 0.5, 0.75, 0.75], [0, 1, 0.5, 0.5, 0.875, 0.75], [1, 1, 0.5, 0.5, 0.75, 1]],
        "catches: targets taken as sorted by image",
        "Ultralytics >= 8.4.25 raises IndexError", dialect=dataclasses.replace(TWO_LEVELS, strides=(8,)),
    ),
    batch(
        "detection-no-targets", [(2, 2), (1, 1)], 2, [],
        "catches: a division by a sum of 0 target scores; a loss of 0 where background still costs",
        "Ultralytics 8.0.3, https://github.com/ultralytics/ultralytics/pull/490",
    ),
    batch(
        "detection-small-score-sum", [(2, 3), (1, 2)], 1, [[0, 1, *CENTRED]],
        "catches: a division by a sum of target scores below 1, which must count as 1",
        "YOLOv6's release divides by any sum above 0", calm=5.0,
    ),
    batch(
        "detection-negative-sum", [(2, 2), (1, 1)], 1,
        [[0, 0, 0, 0, 0.5, 0.5], [0, 1, 0.5, 0.5, 0.875, 0.75]],
        "catches: a box whose coordinates sum to 0 assigned anchors; the loss is that of the other box alone",
        "Ultralytics 8.4.190, run; LibreYOLO, MultimediaTechLab/YOLO assign it",
    ),
    batch(
        "detection-other-gains", [(2, 3)], 1, [[0, 0, *CENTRED]],
        "catches: gains of box, classification and distribution swapped or written in",
        "by hand; PaddleDetection uses 2.5, 1, 0.5",
        dialect=dataclasses.replace(TWO_LEVELS, strides=(8,), box_gain=3.0, cls_gain=0.25, dfl_gain=2.0, alpha=1.0, beta=2.0),
    ),
)
