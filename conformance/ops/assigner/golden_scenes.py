"""Scenes of the assigner: one image written as anchors and boxes, several stacked to a batch."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np

from conformance.cases.stored import SMALL, Definition
from refimpl import Dialect

ALL = ("TAL-1", "TAL-4", "TAL-5", "TAL-6", "TAL-7")
"""Clauses judged through `assign`."""


def around(x: float, y: float, stride: float = 8) -> list:
    """The prediction of an anchor of no further interest: 0.6 strides to the left and up, 0.7 to the right and down."""
    return [x - 0.6 * stride, y - 0.6 * stride, x + 0.7 * stride, y + 0.7 * stride]


def scene(
    id: str, anchors: Sequence[Any], gts: Sequence[Any], why: str, source: str, *, clauses: Sequence[str] = ALL,
    dialect: Dialect = SMALL, mask: Sequence[int] = (), printed: Any = None,
) -> Definition:
    """One image.

    Parameters
    ----------
    anchors : [(x, y), predicted box, C scores]
    gts : [(label, box)]
    mask : of the gts, all 1 if empty
    printed : target scores, by (anchor, class)
    """
    points, boxes, scores = (np.array(column, np.float64) for column in zip(*anchors))
    inputs = {
        "pd_scores": [scores],
        "pd_bboxes": [boxes],
        "anchor_points": points,
        "gt_labels": np.array([[[label] for label, _ in gts]]).reshape(1, len(gts), 1),
        "gt_bboxes": np.array([[box for _, box in gts]]).reshape(1, len(gts), 4),
        "mask_gt": np.array([[[row] for row in mask or [1] * len(gts)]]).reshape(1, len(gts), 1),
    }
    shown = {}
    if printed:
        shown["target_scores"] = np.full((1,) + scores.shape, "", "<U8")
        for at, digits in printed.items():
            shown["target_scores"][(0, *at)] = digits
    return Definition(id, "assign", clauses, why, source, inputs, dialect, shown)


def stacked(id: str, scenes: Sequence[Definition], clauses: Sequence[str], why: str, source: str) -> Definition:
    """Several scenes on the same anchors as the images of one batch."""
    shared = scenes[0].inputs
    inputs = {name: np.concatenate([scene.inputs[name] for scene in scenes]) for name in shared if name != "anchor_points"}
    inputs = {name: shared[name] if name == "anchor_points" else inputs[name] for name in shared}
    return Definition(id, "assign", clauses, why, source, inputs, scenes[0].dialect)
