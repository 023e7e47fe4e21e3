"""Explain: maps and targets through the reference stage by stage, with whatever is wrong left in as long as it goes."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Tuple

import numpy as np

from conformance.recordings import inputs
from conformance.recordings.step import fitted
from refimpl import Assignment, Dialect, assign, bbox_loss, bce_loss, decode_boxes, make_anchors, pad_targets
from refimpl.alignment import edge_distance
from refimpl.bce import sigmoid
from refimpl.maps import image_size, split_predictions
from refimpl.door import behind_the_door


class Label(NamedTuple):
    """A label: its row and image, the box in px (4,), anchors inside it and those it owns, and why it is dropped, "" if not."""

    row: int
    image: int
    box: np.ndarray
    inside: int
    owns: int
    clamped: int
    dropped: str


class Explained(NamedTuple):
    """What the reference makes of maps and targets.

    faults: of the inputs. labels: a row each. losses (B, L, 3): box, cls, dfl by image and level, over S, after gains.
    positives (B, L). broken: the first stage with a number that is not finite, and where, "" for none.
    """

    dialect: Dialect
    size: Tuple[int, int]
    shapes: List[Tuple[int, int]]
    faults: List[inputs.Fault]
    labels: List[Label]
    losses: np.ndarray
    positives: np.ndarray
    scores_sum: float
    broken: str


def explained(maps: List[np.ndarray], targets: np.ndarray, dialect: Dialect, strides: Any = (), reg_max: int = 0) -> Explained:
    """Take maps [(B, 4R + C, H, W)]·L and targets (N, 6) through the reference.

    Labels that cannot be computed with are left out; a map with numbers that are not finite is computed with as it is.
    """
    dialect = fitted(dialect, maps, strides, reg_max)
    targets = np.asarray(targets, np.float64)
    wrong = inputs.of_shapes(maps, targets, dialect)
    if wrong:
        none = np.zeros((0, 0, 3))
        return Explained(dialect, (0, 0), [level.shape[2:] for level in maps], wrong, [], none, none[..., 0], 0.0, "")
    wrong = inputs.faults(maps, targets, dialect)
    shapes = [(int(level.shape[2]), int(level.shape[3])) for level in maps]
    size = image_size(shapes, dialect=dialect)
    bad = sorted({row for fault in wrong for row in fault.rows})
    kept = np.setdiff1d(np.arange(len(targets)), bad)
    with behind_the_door(), np.errstate(all="ignore"):
        points, stride = make_anchors(shapes, dialect=dialect)
        ends = np.cumsum([0, *(h * w for h, w in shapes)])
        found = [_image(b, maps, targets, kept, (points, stride, ends), size, dialect) for b in range(len(maps[0]))]
    labels = [label for image in found for label in image[0]]
    labels += [Label(row, _whole(targets[row, 0]), np.full(4, np.nan), 0, 0, 0, _dropped(row, wrong)) for row in bad]
    scores = float(sum(image[3] for image in found))
    gains = np.array([dialect.box_gain, dialect.cls_gain, dialect.dfl_gain])
    losses = np.stack([image[1] for image in found]) / max(scores, 1) * gains
    positives = np.stack([image[2] for image in found])
    broken = next((image[4] for image in found if image[4]), "")
    return Explained(dialect, size, shapes, wrong, sorted(labels), losses, positives, scores, broken)


def _whole(value: float) -> int:
    return int(value) if np.isfinite(value) else -1


def _dropped(row: int, wrong: List[inputs.Fault]) -> str:
    return next(fault.text for fault in wrong if row in fault.rows)


def _image(b: int, maps: Any, targets: np.ndarray, kept: np.ndarray, anchors: Any, size: Any, dialect: Dialect) -> Any:
    """Labels, losses (L, 3), positives (L,), Σ target_scores and the first stage that is not finite, of one image."""
    points, stride, ends = anchors
    rows = kept[targets[kept, 0] == b]
    gt = pad_targets(np.concatenate([np.zeros((len(rows), 1)), targets[rows, 1:]], axis=1), 1, size, dialect=dialect)
    dist, logits = split_predictions([level[b : b + 1] for level in maps], dialect=dialect)
    boxes = decode_boxes(dist, points, dialect=dialect)
    scores = sigmoid(logits)
    assigned = assign(scores, boxes * stride, points * stride, *gt, stride, dialect=dialect)
    stages = {"maps: bins": dist, "maps: class logits": logits, "decode_boxes": boxes, "sigmoid": scores}
    stages["assign: target_scores"] = assigned.target_scores
    losses, positives = np.zeros((len(maps), 3)), np.zeros(len(maps), int)
    cls = bce_loss(logits, assigned.target_scores, dialect=dialect)
    stages["bce_loss"] = cls
    for level, (start, end) in enumerate(zip(ends[:-1], ends[1:])):
        at = slice(int(start), int(end))
        box, dfl = _box_losses(at, dist, boxes, points, stride, assigned, size, dialect)
        losses[level] = box, cls[:, at].sum(), dfl
        positives[level] = assigned.fg_mask[0, at].sum()
        stages[f"bbox_loss, level {level}"] = np.array([box, dfl])
    labels = [_label(int(row), b, g, gt, assigned, points, stride, size, dialect) for g, row in enumerate(rows)]
    return labels, losses, positives, assigned.target_scores.sum(), _first_broken(b, stages)


def _box_losses(at: slice, dist: Any, boxes: Any, points: Any, stride: Any, assigned: Assignment, size: Any, dialect: Dialect) -> Any:
    """Sums of the box and distribution losses of some anchors."""
    targets = assigned.target_bboxes[:, at] / stride[at]
    given = (dist[:, at], boxes[:, at], points[at], targets, assigned.target_scores[:, at], 1.0, assigned.fg_mask[:, at])
    return bbox_loss(*given, stride[at], size, dialect=dialect)


def _label(row: int, b: int, g: int, gt: Any, assigned: Assignment, points: Any, stride: Any, size: Any, dialect: Dialect) -> Label:
    """What became of one label."""
    box = gt.gt_bboxes[0, g]
    distance = edge_distance(points * stride, box, dialect=dialect)
    inside = int((distance > dialect.inside_eps).sum())
    own = assigned.fg_mask[0] & (assigned.target_gt_idx[0] == g)
    grid = box / stride[own] if own.any() else np.zeros((0, 4))
    clamped = int((_distances(points[own], grid) > dialect.largest_distance).any(axis=1).sum()) if own.any() else 0
    why = ""
    height, width = size
    if not gt.mask_gt[0, g, 0]:
        why = f"taken for padding: its coordinates sum up to {box.sum():.4g} px, not above 0"
    elif box[2] <= 0 or box[3] <= 0 or box[0] >= width or box[1] >= height:
        why = "it lies outside the image"
    elif not inside:
        w, h = box[2:] - box[:2]
        why = f"no anchor lies inside it: it is {w:.3g} × {h:.3g} px, cells are {dialect.strides[0]} px at least"
        why = why if w and h else f"it has no area: it is {w:.3g} × {h:.3g} px"
    return Label(row, b, box, inside, int(own.sum()), clamped, why)


def _distances(points: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    return np.concatenate([points - boxes[:, :2], boxes[:, 2:] - points], axis=1)


def _first_broken(b: int, stages: Dict[str, np.ndarray]) -> str:
    for name, values in stages.items():
        bad = ~np.isfinite(values)
        if bad.any():
            place = ", ".join(map(str, np.argwhere(bad)[0][1:]))
            return f"{name} of image {b}: {values[bad].flat[0]} at ({place}), {int(bad.sum())} of {bad.size} so"
    return ""
