"""What the oracle and `refimpl` are shown: seeded boxes and scenes, ordinary ones and the shapes that break implementations."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np


class Scene(NamedTuple):
    """The arguments of one call of `assign`, in order."""

    pd_scores: Any  # (B, A, C)
    pd_bboxes: Any  # (B, A, 4) px
    anchor_points: Any  # (A, 2) px
    gt_labels: Any  # (B, G, 1)
    gt_bboxes: Any  # (B, G, 4) px
    mask_gt: Any  # (B, G, 1)


def boxes(rng: np.random.Generator, n: int, *, size: float = 640.0) -> np.ndarray:
    """(n, 4) xyxy px with sides between size / 10^5 and size / 2, some of them partly at negative coordinates."""
    low = rng.uniform(-0.2 * size, size, (n, 2))
    sides = size * 10.0 ** rng.uniform(-5, -0.3, (n, 2))
    return np.concatenate([low, low + sides], axis=1)


def neighbours(rng: np.random.Generator, near: np.ndarray) -> np.ndarray:
    """A box for each given one that mostly overlaps it: corners moved by up to 40 % of the sides."""
    sides = np.tile(near[:, 2:] - near[:, :2], 2)
    return near + rng.uniform(-0.4, 0.4, near.shape) * sides


def lattice_boxes(rng: np.random.Generator, n: int) -> np.ndarray:
    """(n, 4) with whole corners in -3..3: equal edges, identical pairs, zero-area and inverted boxes are all common."""
    return rng.integers(-3, 4, (n, 4)).astype(float)


def logits(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Normal logits, one in eight of them saturated at -80 or +80, one in eight equal to 0."""
    kind = rng.integers(0, 16, shape)
    return np.select([kind == 0, kind == 1, kind < 4], [80.0, -80.0, 0.0], rng.normal(0, 3, shape))


def targets(rng: np.random.Generator, images: list[int], num_classes: int) -> np.ndarray:
    """(n, 6) labelled boxes in 0..1 for the given image indices, in that order; sides between 0.05 and 0.6."""
    n = len(images)
    columns = [np.array(images, dtype=float), rng.integers(0, num_classes, n), *rng.uniform(0.2, 0.8, (2, n))]
    return np.stack([*columns, *rng.uniform(0.05, 0.6, (2, n))], axis=1) if n else np.zeros((0, 6))


def grid_points(side: int, stride: float) -> np.ndarray:
    """(side * side, 2) px, the anchor points of one square level."""
    line = (np.arange(side) + 0.5) * stride
    return np.stack([np.tile(line, side), np.repeat(line, side)], axis=1)


def scene(rng: np.random.Generator, *, batch: int = 2, gts: int = 4, num_classes: int = 3, side: int = 6) -> Scene:
    """Overlapping gts on one level of stride 8, so that anchors are contested; of each image the last gt is padding.

    Every anchor predicts a box around itself of about the gts' size; no two metrics are equal but those that are 0.
    """
    points = grid_points(side, 8.0)
    extent = 8.0 * side
    reach = rng.uniform(0.1, 0.5, (batch, len(points), 4)) * extent * [-1, -1, 1, 1]
    centres = rng.uniform(0.3, 0.7, (batch, gts, 2)) * extent
    halves = rng.uniform(0.1, 0.4, (batch, gts, 2)) * extent
    gt_bboxes = np.concatenate([centres - halves, centres + halves], axis=2)
    valid = np.arange(gts)[None, :, None] < gts - 1
    return Scene(
        rng.uniform(0.01, 1.0, (batch, len(points), num_classes)),
        np.tile(points, 2) + reach,
        points,
        rng.integers(0, num_classes, (batch, gts, 1)),
        np.where(valid, gt_bboxes, 0.0),
        np.tile(valid, (batch, 1, 1)),
    )


def feature_maps(rng: np.random.Generator, shapes: list[tuple[int, int]], batch: int, channels: int) -> list[np.ndarray]:
    """[(batch, channels, H, W)] of normal logits."""
    return [rng.normal(0, 1.5, (batch, channels, height, width)) for height, width in shapes]
