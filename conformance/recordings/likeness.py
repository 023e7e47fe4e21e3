"""Likeness: how far one image of a step is from what the reference answers under any dialect, cheaply and without bounds.

What counts is which anchors learn which class how strongly, and what their bins learn, up to the gains of box and dfl.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

import numpy as np

from conformance.recordings import classes
from conformance.recordings.step import Step
from refimpl import Assignment, Dialect, alignment_metric, assign, decode_boxes, pad_targets
from refimpl.alignment import candidates_in_gts, edge_distance
from refimpl.detection_gradients import image_loss_and_gradient
from refimpl.targets import PaddedTargets

NEAR = 1e-4
"""Of the largest number of its row, by which one may be off and still be taken for the same."""

UNSEEN = 1e-34
"""A gradient below it has few digits in float32."""

IMAGES, ANCHORS = 3, 2500
"""Images looked at at most, and anchors of one, if more of them are near no box."""

LEAST_SCORES = 12
"""Scores that have to tell exponents."""


class Likeness(NamedTuple):
    """One image of a step at some of its anchors, (1, n, …): what it was given, target scores and gradient of the bins as seen."""

    size: Tuple[int, int]
    labels: np.ndarray
    dist: np.ndarray
    logits: np.ndarray
    boxes: np.ndarray
    points: np.ndarray
    stride: np.ndarray
    scores: np.ndarray
    errors: np.ndarray
    bins: np.ndarray

    def far(self, dialect: Dialect) -> float:
        """The share of the anchors that learn, or are to learn, that differ: 0 … 1, those with the right class by halves."""
        assigned = self.assigned(dialect)[1]
        wanted = assigned.target_scores[0]
        off = (np.abs(wanted - self.scores) > self.errors + NEAR * np.abs(wanted)).any(axis=1)
        learning = (self.bins != 0).any(axis=1)
        off |= learning & ~assigned.fg_mask[0]
        same = np.flatnonzero(assigned.fg_mask[0] & ~off & learning)
        concerned = (wanted != 0).any(axis=1) | learning | off
        return float(off.sum() + self._bins_off(same, assigned, dialect) / 2) / max(int(concerned.sum()), 1)

    def assigned(self, dialect: Dialect) -> Tuple[PaddedTargets, Assignment]:
        """The labels, padded, and what the reference makes of them."""
        gt = pad_targets(self.labels, 1, self.size, dialect=dialect)
        given = classes.sigmoid(self.logits), self.boxes * self.stride, self.points * self.stride
        return gt, assign(*given, *gt, self.stride, dialect=dialect)

    def _bins_off(self, rows: np.ndarray, assigned: Any, dialect: Dialect) -> int:
        """How many rows have other bins, under the gains that most of them show."""
        if not len(rows):
            return 0
        by_box, by_dfl = self.slopes(rows, assigned, dialect)
        seen = self.bins[rows]
        box, dfl = _gains(by_box, by_dfl, seen)
        off = np.abs(box * by_box + dfl * by_dfl - seen) > UNSEEN + NEAR * np.abs(seen).max(axis=1, keepdims=True)
        return int(off.any(axis=1).sum())

    def slopes(self, rows: np.ndarray, assigned: Assignment, dialect: Dialect) -> List[np.ndarray]:
        """What the bins of some anchors learn by the box loss and by the distribution loss, before gains, B and S, (n, 4R)."""
        at = Assignment(*(part[:, rows] for part in assigned))
        image = self.dist[:, rows], self.logits[:, rows], self.boxes[:, rows], self.points[rows], self.stride[rows], at, self.size
        gains = [replace(dialect, box_gain=box, dfl_gain=1.0 - box, cls_gain=0.0) for box in (1.0, 0.0)]
        return [image_loss_and_gradient(*image, dialect=one)[1][0, :, : self.bins.shape[1]] for one in gains]


def _gains(by_box: np.ndarray, by_dfl: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """The middle one of the gains (2,) that each row shows, where it shows both; else that of the box alone."""
    aa, bb, ab = ((x * y).sum(axis=1) for x, y in ((by_box, by_box), (by_dfl, by_dfl), (by_box, by_dfl)))
    as_, bs = (by_box * seen).sum(axis=1), (by_dfl * seen).sum(axis=1)
    determinant = aa * bb - ab * ab
    telling = determinant > 1e-6 * aa * bb
    if telling.any():
        both = np.stack([as_ * bb - bs * ab, bs * aa - as_ * ab])[:, telling] / determinant[telling]
        return np.median(both, axis=1)
    return np.array([np.median(as_ / np.maximum(aa, 1e-300)), 0.0])


def likenesses(step: Step, images: Sequence[int]) -> List[Likeness]:
    """The first few of some images that have labels, or the first if none has."""
    labelled = [b for b in images if len(step.labels(b))] or list(images[:1])
    factor = classes.factor(step)
    return [_likeness(step, b, classes.scores(step, b, factor)) for b in labelled[:IMAGES]]


def _likeness(step: Step, b: int, shown: classes.Scores) -> Likeness:
    part = _part(step, b, shown)
    values = step.maps[b][:, part].T[np.newaxis].astype(np.float64)
    dist, logits, points = values[..., : step.bins], values[..., step.bins :], step.points[part]
    boxes = decode_boxes(dist, points, dialect=step.dialect)
    bins = step.gradients[b, : step.bins][:, part].T.astype(np.float64)
    given = step.labels(b), dist, logits, boxes, points, step.stride[part]
    return Likeness(step.size, *given, shown.z[part], shown.error(part), bins)


def classes_off(step: Step, b: int, dialect: Dialect) -> float:
    """The share of anchors of image b, 0 … 1, of the background or of the others, whose classes learn what no factor explains."""
    gt = pad_targets(step.labels(b), 1, step.size, dialect=dialect)
    values = step.maps[b].T[np.newaxis].astype(np.float64)
    dist, logits = values[..., : step.bins], values[..., step.bins :]
    boxes = decode_boxes(dist, step.points, dialect=dialect)
    given = classes.sigmoid(logits), boxes * step.stride, step.points * step.stride
    assigned = assign(*given, *gt, step.stride, dialect=dialect)
    alone = replace(dialect, box_gain=0.0, dfl_gain=0.0, cls_gain=1.0)
    image = dist, logits, boxes, step.points, step.stride, assigned, step.size
    slopes = image_loss_and_gradient(*image, dialect=alone)[1][0, :, step.bins :]
    seen = step.gradients[b, step.bins :].T.astype(np.float64)
    telling = np.abs(slopes) > NEAR * np.abs(slopes).max(initial=0)
    if not telling.any() or not seen.any():
        return 1.0
    expected = slopes * np.median(seen[telling] / slopes[telling])
    off = (np.abs(expected - seen) > NEAR * np.abs(expected).max(axis=1, keepdims=True)).any(axis=1)
    return max(float(off[part].mean()) for part in (assigned.fg_mask[0], ~assigned.fg_mask[0]) if part.any())


def _part(step: Step, b: int, shown: classes.Scores) -> np.ndarray:
    """The anchors that learn or are near a box, and as many others as any box may claim; all, if there are few."""
    learns = (step.gradients[b, : step.bins] != 0).any(axis=0) | shown.shown.any(axis=1)
    if len(learns) <= ANCHORS:
        return np.arange(len(learns))
    near, points = learns.copy(), step.points * step.stride
    for box in pad_targets(step.labels(b), 1, step.size, dialect=step.dialect).gt_bboxes[0]:
        near |= edge_distance(points, box, dialect=step.dialect) > -step.stride[:, 0]
    return np.union1d(np.flatnonzero(near), np.flatnonzero(~near)[:32])


def exponents(step: Step) -> List[Dict[str, Any]]:
    """α and β by each overlap, as the target scores show them where one box alone of a class holds an anchor; none if they are too few.

        log z[a] = α · log s[a] + β · log u[a] + a constant of the box
    """
    factor = classes.factor(step)
    images = [_likeness(step, b, classes.scores(step, b, factor)) for b in range(min(step.images, 2 * IMAGES))]
    found = []
    for overlap in ("ciou", "iou"):
        rows = [_powers(image, replace(step.dialect, alpha=1.0, beta=1.0, overlap=overlap)) for image in images if len(image.labels)]
        table = np.concatenate([np.concatenate(one) for one in rows if one] or [np.zeros((0, 3))])
        if len(table) < LEAST_SCORES:
            continue
        alpha, beta = np.linalg.lstsq(table[:, 1:], table[:, 0], rcond=None)[0]
        alpha, beta = round(float(alpha), 1), round(float(beta), 1)
        found.append({"alpha": max(alpha, 0.0), "beta": max(beta, 0.0), "overlap": overlap})
    return found


def _powers(image: Likeness, dialect: Dialect) -> List[np.ndarray]:
    """log z, log s and log u (n, 3) of the anchors of each such box, less their means."""
    gt = pad_targets(image.labels, 1, image.size, dialect=dialect)
    scores, labels = classes.sigmoid(image.logits), gt.gt_labels[0, :, 0]
    found = []
    inside = candidates_in_gts(image.points * image.stride, gt.gt_bboxes, gt.mask_gt, dialect=dialect)[0]
    for g in np.flatnonzero(gt.mask_gt[0, :, 0]):
        alone = inside[g] & (inside[labels == labels[g]].sum(axis=0) == 1)
        rows = np.flatnonzero(alone & (image.scores[:, labels[g]] > 1e-4))
        if len(rows) < 2:
            continue
        seen = np.zeros((1, len(labels), len(image.points)), bool)
        seen[0, g, rows] = True
        boxes = image.boxes * image.stride
        overlaps = alignment_metric(scores, boxes, gt.gt_labels, gt.gt_bboxes, seen, dialect=dialect).overlaps[0, g, rows]
        columns = image.scores[rows, labels[g]], scores[0, rows, labels[g]], overlaps
        if (overlaps > 1e-3).all():
            logs = np.log(np.stack(columns, axis=1))
            found.append(logs - logs.mean(axis=0))
    return found
