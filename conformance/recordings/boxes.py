"""What bins learn, and the sums of the box and distribution losses, under given owners and target scores."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple, Sequence, Tuple

import numpy as np

from conformance.judging.rounding import Rounded
from conformance.recordings.scene import Look
from conformance.recordings.step import Step
from refimpl import Assignment, Dialect
from refimpl.detection import AssignedImage, image_loss_sums
from refimpl.detection_gradients import image_loss_and_gradient


class Slopes(NamedTuple):
    """What bins learn by the box and by the distribution loss at weight 1, before gains, B and S, (n, 4R); the weights (n,)."""

    by_box: Rounded
    by_dfl: Rounded
    weights: Rounded

    def of(self, rows: Sequence[int]) -> "Slopes":
        """Those of some rows."""
        return Slopes(*(part[rows] for part in self))

    def weighing(self, weights: Rounded) -> "Slopes":
        """The same with other weights."""
        return self._replace(weights=weights)

    def each(self) -> Tuple[Rounded, Rounded]:
        """By either loss, weighted."""
        weights = self.weights.reshape(-1, 1)
        return weights * self.by_box, weights * self.by_dfl

    def whole(self, dialect: Dialect) -> Rounded:
        """By both, weighted and with gains."""
        by_box, by_dfl = self.each()
        return dialect.box_gain * by_box + dialect.dfl_gain * by_dfl


def slopes(step: Step, seen: Look, rows: Sequence[int], owners: Sequence[int], weights: Rounded) -> Slopes:
    """What the bins of some anchors are to learn.

    Parameters
    ----------
    rows : of the look, (n,)
    owners : their ground truths, (n,)
    weights : their target scores, (n,)
    """
    one = replace(step.dialect, num_classes=1, class_weights=None)
    image = _image(step, seen, rows, owners, Rounded(np.ones(len(rows)), step.precision))
    found = []
    for box, dfl in ((1.0, 0.0), (0.0, 1.0)):
        gains = replace(one, box_gain=box, dfl_gain=dfl, cls_gain=0.0)
        found.append(image_loss_and_gradient(*image, dialect=gains)[1][0, :, : step.bins])
    return Slopes(*found, weights)


def sums(step: Step, seen: Look, rows: Sequence[int], owners: Sequence[int], weights: Rounded) -> Rounded:
    """Sums (2,) of the box and distribution losses of these anchors, before gains and S."""
    one = replace(step.dialect, num_classes=1, class_weights=None)
    return image_loss_sums(*_image(step, seen, rows, owners, weights), dialect=one)[[0, 2]]


def _image(step: Step, seen: Look, rows: Sequence[int], owners: Sequence[int], weights: Rounded) -> AssignedImage:
    n, rows, owners = len(rows), np.asarray(rows, int), np.asarray(owners, int)
    labels, targets = np.zeros((1, n), np.int64), seen.gt.gt_bboxes[:, owners]
    assigned = Assignment(labels, targets, weights.reshape(1, n, 1), np.ones((1, n), bool), owners[np.newaxis])
    logits = Rounded(np.zeros((1, n, 1)), step.precision)
    anchors = seen.points[rows], seen.stride[rows]
    return AssignedImage(seen.dist[:, rows], logits, seen.boxes[:, rows], *anchors, assigned, step.size)
