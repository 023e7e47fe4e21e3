"""What bins learn, and the sums of the box and distribution losses, under given owners and target scores."""

from __future__ import annotations

from dataclasses import replace
from typing import List, NamedTuple, Sequence, Tuple

import numpy as np

from conformance.judging.rounding import Rounded
from conformance.recordings.scene import Look
from conformance.recordings.step import Step
from refimpl import Assignment
from refimpl.detection_gradients import image_loss_and_gradient


class Terms(NamedTuple):
    """Before gains, B and S: sums (box, dfl), and the gradient of the bins by either loss, (n, 4R)."""

    box: Rounded
    dfl: Rounded
    by_box: Rounded
    by_dfl: Rounded


def terms(step: Step, seen: Look, rows: Sequence[int], owners: Sequence[int], weights: Rounded) -> Terms:
    """The terms of some anchors.

    Parameters
    ----------
    rows : of the look, (n,)
    owners : their ground truths, (n,)
    weights : their target scores, (n,)
    """
    n = len(rows)
    rows, owners = np.asarray(rows, int), np.asarray(owners, int)
    one = replace(step.dialect, num_classes=1)
    labels = np.zeros((1, n), np.int64)
    targets = seen.gt.gt_bboxes[:, owners]
    assigned = Assignment(labels, targets, weights.reshape(1, n, 1), np.ones((1, n), bool), owners[np.newaxis])
    image = (
        seen.dist[:, rows],
        Rounded(np.zeros((1, n, 1)), step.precision),
        seen.boxes[:, rows],
        seen.points[rows],
        seen.stride[rows],
        assigned,
    )
    found: List[Tuple[Rounded, Rounded]] = []
    for box, dfl in ((1.0, 0.0), (0.0, 1.0)):
        gains = replace(one, box_gain=box, dfl_gain=dfl, cls_gain=0.0)
        sums, gradient = image_loss_and_gradient(*image, dialect=gains)
        found.append((sums, gradient[0, :, : step.bins]))
    (sums, by_box), (_, by_dfl) = found
    return Terms(sums[0], sums[2], by_box, by_dfl)
