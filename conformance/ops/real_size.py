"""Real size: one image of 640 × 640 with a hundred boxes and all classes, as a half-trained head sees it."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Sequence, Tuple

import numpy as np
from hypothesis import strategies as st

from conformance.cases.boxes import level_shapes
from conformance.cases.case import Case
from conformance.cases.draws import composite, in_precision
from conformance.cases.logits import decoding_to
from conformance.judging.rounding import Precision
from refimpl import Dialect, decode_boxes, make_anchors, pad_targets
from refimpl.bce import sigmoid
from refimpl.detection import split_predictions

EVENT = "640 px"

SIDE, BOXES = 640, 100

SEEDS = (1, 4, 5, 8, 10, 11, 12, 13, 14, 15)
"""Of scenes that YOLOV8 assigns in one way alone, whatever rounding does: a hundred boxes leave a choice in every second scene."""


def fits(dialect: Dialect) -> bool:
    """Whether a dialect is one that models of that size are trained by."""
    return dialect.num_classes >= 80 and dialect.topk >= 10 and len(dialect.strides) > 1


@composite
def drawn(
    draw: Any, arguments: Callable[[int, Dialect, Precision], Dict[str, Any]], precision: Precision, served: Sequence[Dialect]
) -> Case:
    """A case with these arguments, made of a seed, of a dialect that fits."""
    dialect = draw(st.sampled_from([dialect for dialect in served if fits(dialect)]), label="dialect")
    return Case.of(dialect, arguments(draw(st.sampled_from(SEEDS), label="seed"), dialect, precision))


def occurs(anchors: int) -> bool:
    """Whether there are so many anchors that it may be an image of that size."""
    return anchors >= (SIDE // 16) ** 2


def shapes(dialect: Dialect) -> List[Tuple[int, int]]:
    """The maps, (H, W) each."""
    first = SIDE // dialect.strides[0]
    return level_shapes(first, first, dialect)


def batch(seed: int, dialect: Dialect, precision: Precision) -> Dict[str, Any]:
    """The arguments of the whole loss."""
    random = np.random.default_rng(seed)
    side = random.uniform(0.02, 0.4, (BOXES, 2))
    centre = random.uniform(side / 2, 1 - side / 2)
    rows = [np.zeros((BOXES, 1)), random.integers(0, dialect.num_classes, (BOXES, 1)), centre, side]
    targets = in_precision(np.concatenate(rows, axis=1), precision)
    return {"feature_maps": _maps(random, targets, dialect, precision), "targets": targets}


def scene(seed: int, dialect: Dialect, precision: Precision) -> Dict[str, Any]:
    """The arguments of the assigner, as the whole loss hands them on, the strides among them."""
    maps, targets = batch(seed, dialect, precision).values()
    pred_dist, logits = split_predictions(maps, dialect=dialect)
    points, stride = make_anchors([level.shape[2:] for level in maps], dialect=dialect)
    labels, boxes, mask = pad_targets(targets, 1, (SIDE, SIDE), dialect=dialect)
    return {
        "pd_scores": in_precision(sigmoid(logits), precision),
        "pd_bboxes": in_precision(decode_boxes(pred_dist, points, dialect=dialect) * stride, precision),
        "anchor_points": points * stride, "gt_labels": labels, "gt_bboxes": in_precision(boxes, precision), "mask_gt": mask,
        "stride_tensor": stride,
    }  # fmt: skip


def _maps(random: np.random.Generator, targets: np.ndarray, dialect: Dialect, precision: Precision) -> List[np.ndarray]:
    """Each anchor aims at the smallest box around it, misses it by a cell or so, and is not sure of its class."""
    points, stride = make_anchors(shapes(dialect), dialect=dialect)
    corners = np.concatenate([targets[:, 2:4] - targets[:, 4:] / 2, targets[:, 2:4] + targets[:, 4:] / 2], axis=1) * SIDE
    centres = (points * stride)[:, np.newaxis]
    gaps = np.concatenate([centres - corners[:, :2], corners[:, 2:] - centres], axis=-1)
    area = np.where((gaps > 0).all(axis=-1), targets[:, 4] * targets[:, 5], np.inf)
    aim, inside = area.argmin(axis=1), np.isfinite(area).any(axis=1)
    distance = np.where(inside[:, np.newaxis], gaps[np.arange(len(points)), aim] / stride, 1.5)
    distance = distance + random.normal(0, 1, distance.shape)
    bins = decoding_to(distance, 2, dialect).reshape(len(points), -1)
    logits = random.normal(-4, 1.5, (len(points), dialect.num_classes))
    logits[np.arange(len(points)), targets[aim, 1].astype(int)] += 4 * inside
    flat = in_precision(np.concatenate([bins, logits], axis=1).T, precision)
    ends = np.cumsum([h * w for h, w in shapes(dialect)])[:-1]
    return [part.reshape(1, -1, h, w) for part, (h, w) in zip(np.split(flat, ends, axis=1), shapes(dialect))]
