"""A step that can be judged: a recording laid out by image and anchor, and the dialect with its sizes."""

from __future__ import annotations

from dataclasses import replace
from typing import List, NamedTuple, Sequence, Tuple

import numpy as np

from conformance.judging.rounding import FLOAT32, FLOAT64, Precision
from conformance.recordings.files import Recording, shapes
from refimpl import Dialect, make_anchors
from refimpl.end_to_end import of_one_to_one
from refimpl.maps import image_size

JUDGED = {"float32": FLOAT32, "float64": FLOAT64}
"""Float types in which a whole loss can be decided; in half precision nothing can (a gain of 7 for 7.5 passes)."""


class Step(NamedTuple):
    """One recorded step.

    Attributes
    ----------
    maps, gradients : (B, 4R + C, A), all levels one after the other.
    targets : (N, 6) float64.
    points, stride : of the anchors, (A, 2) grid and (A, 1) px.
    size : (H, W) px of the image.
    cotangent : of the total, one number.
    """

    recording: Recording
    dialect: Dialect
    precision: Precision
    maps: np.ndarray
    gradients: np.ndarray
    targets: np.ndarray
    points: np.ndarray
    stride: np.ndarray
    size: Tuple[int, int]
    cotangent: float

    @property
    def images(self) -> int:
        """B."""
        return len(self.maps)

    @property
    def batch(self) -> int:
        """The factor of the batch: B, or 1 if the dialect has none."""
        return self.images if self.dialect.times_batch else 1

    @property
    def class_weights(self) -> np.ndarray:
        """The factors (C,) of the classes by the dialect."""
        return np.ones(self.dialect.num_classes) if self.dialect.class_weights is None else np.array(self.dialect.class_weights)

    @property
    def bins(self) -> int:
        """4R, the channels before those of the classes."""
        return 4 * self.dialect.reg_max

    def labels(self, image: int) -> np.ndarray:
        """The labels of an image as those of a batch of one, (n, 6), in their order."""
        rows = self.targets[self.targets[:, 0] == image]
        return np.concatenate([np.zeros((len(rows), 1)), rows[:, 1:]], axis=1)


def laid_out(recording: Recording, dialect: Dialect) -> Step:
    """The recording as a step; `dialect` as `dialect_of` makes it."""
    levels = shapes(recording.maps)
    points, stride = make_anchors(levels, dialect=dialect)
    cotangent = np.asarray(recording.cotangent, np.float64)
    return Step(
        recording,
        dialect,
        JUDGED.get(recording.facts["dtype"], FLOAT32),
        _flat(recording.maps),
        _flat(recording.gradients),
        recording.targets.astype(np.float64),
        points,
        stride,
        image_size(levels, dialect=dialect),
        float(cotangent.mean()),
    )


def dialect_of(recording: Recording, dialect: Dialect) -> Dialect:
    """The dialect with what a recording tells of it: strides, bins, classes and the branch."""
    found = fitted(dialect, recording.maps, recording.facts["strides"], recording.facts["reg_max"])
    return of_one_to_one(found) if recording.facts["branch"] == "one_to_one" else found


def fitted(dialect: Dialect, maps: Sequence[np.ndarray], strides: Tuple[float, ...], reg_max: int) -> Dialect:
    """The dialect with the strides, bins and classes of the maps.

    Parameters
    ----------
    strides, reg_max : as recorded; the dialect's where they are not
    """
    reg_max = reg_max or dialect.reg_max
    whole = tuple(int(s) if s == int(s) else s for s in strides) or dialect.strides
    classes = maps[0].shape[1] - 4 * reg_max if maps and maps[0].ndim == 4 else dialect.num_classes
    changed = {"reg_max": reg_max, "strides": whole, "num_classes": classes if classes >= 1 else dialect.num_classes}
    return replace(dialect, **changed)


def _flat(levels: List[np.ndarray]) -> np.ndarray:
    return np.concatenate([level.reshape(*level.shape[:2], -1) for level in levels], axis=-1)
