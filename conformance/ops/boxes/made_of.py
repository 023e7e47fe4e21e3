"""What the decode is made of."""

from __future__ import annotations

import numpy as np

from conformance.cases.case import Case
from conformance.ops.made_of import Answer, Stages, Whole, named


def of_decode(case: Case, answer: Answer) -> Stages:
    """The distances that the boxes have from their points, as boxes."""
    points, boxes = case.anchor_points, answer("decode_boxes", case.pred_dist, case.anchor_points)
    distance = np.concatenate([points - boxes[..., :2], boxes[..., 2:] - points], axis=-1)
    yield named("dist2bbox", distance, points)
    yield "decode_boxes", dict(case.arguments)


MADE_OF = {"decode_boxes": Whole(("dist2bbox",), of_decode)}
