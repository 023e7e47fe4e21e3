"""Cases of distances, boxes and distributions over bins."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from conformance.cases.boxes import grid_points
from conformance.cases.case import Case, Cases, also_asked_before, always
from conformance.cases.draws import composite, in_precision, numbers
from conformance.cases.logits import extreme, logits_like


@composite
def _distance_cases(draw, event, precision, served):
    lead = draw(st.sampled_from([(), (1,), (2,), (2, 3)]), label="lead")
    anchors = 70 if event == "many" else draw(st.integers(1, 4), label="A")
    low = -4 if event == "negative" else 0
    value = numbers(lead + (anchors, 4), low, 15, step=0.25, precision=precision, real=event == "real")
    distance = draw(value, label="distance")
    if event == "negative":
        distance[..., 0, 0] = -1.5
    points = draw(grid_points(anchors), label="anchor_points")
    return Case.of(draw(st.sampled_from(served)), {"distance": distance, "anchor_points": points})


DISTANCES = also_asked_before(
    Cases(
        {
            "lattice": always,
            "real": always,
            "negative": lambda c: (c.distance < 0).any(),
            "many": lambda c: len(c.anchor_points) > 64,
        },
        _distance_cases,
    ),
    lambda c: {"anchor_points": c.anchor_points + 1},
)


@composite
def _box_to_distance_cases(draw, event, precision, served):
    dialect = draw(st.sampled_from(served))
    lead = draw(st.sampled_from([(), (1,), (2,), (2, 3)]), label="lead")
    anchors = 70 if event == "many" else draw(st.integers(1, 4), label="A")
    points = draw(grid_points(anchors), label="anchor_points")
    reach = {"past the last bin": dialect.reg_max + 4, "anchor outside": 4}.get(event, dialect.reg_max)
    low = -4 if event == "anchor outside" else 0
    value = numbers(lead + (anchors, 4), low, reach, step=0.25, precision=precision, real=event == "real")
    distance = draw(value, label="distance")
    if event == "past the last bin":
        distance[..., 0, draw(st.integers(0, 3), label="side")] = dialect.reg_max + draw(st.sampled_from([-1, 0, 2.5]))
    if event == "anchor outside":
        distance[..., 0, draw(st.integers(0, 3), label="side")] = -0.5
    boxes = in_precision(np.concatenate([points - distance[..., :2], points + distance[..., 2:]], axis=-1), precision)
    return Case.of(dialect, {"anchor_points": points, "bboxes": boxes})


def _ltrb(case):
    return np.concatenate([case.anchor_points - case.bboxes[..., :2], case.bboxes[..., 2:] - case.anchor_points], -1)


BOXES_TO_DISTANCES = also_asked_before(
    Cases(
        {
            "lattice": always,
            "real": always,
            "past the last bin": lambda c: (_ltrb(c) >= c.dialect.reg_max - 1).any(),
            "anchor outside": lambda c: (_ltrb(c) < 0).any(),
            "many": lambda c: len(c.anchor_points) > 64,
        },
        _box_to_distance_cases,
    ),
    lambda c: {"anchor_points": c.anchor_points + 1},
)


@composite
def _distributions(draw, event, precision, served):
    dialect = draw(st.sampled_from(served))
    images = draw(st.integers(1, 2), label="B")
    anchors = 20 if event == "many" else draw(st.integers(1, 3), label="A")
    logits = draw(logits_like(event, (images, anchors, 4 * dialect.reg_max), precision))
    return Case.of(dialect, {"pred_dist": logits, "anchor_points": draw(grid_points(anchors), label="anchor_points")})


DISTRIBUTIONS = also_asked_before(
    Cases(
        {
            "lattice": always,
            "real": always,
            "equal logits": lambda c: c.pred_dist.min() == c.pred_dist.max(),
            "saturated": extreme("pred_dist", 80),
            "huge": extreme("pred_dist", 1000),
            "many": lambda c: len(c.anchor_points) > 16,
        },
        _distributions,
    ),
    lambda c: {"pred_dist": c.pred_dist[..., ::-1].copy(), "anchor_points": c.anchor_points + 1},
)

CASES = {"dist2bbox": DISTANCES, "bbox2dist": BOXES_TO_DISTANCES, "decode_boxes": DISTRIBUTIONS}
