"""Suppression and detections against the second oracle, on lattices where equality with the threshold is common."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8
from refimpl.detections import detections
from refimpl.nms import batched_nms, box_overlaps, nms
from refimpl.oracle import suppression as oracle
from refimpl.oracle.closeness import assert_close

HALF = replace(YOLOV8, num_classes=3)


def scene(rng, n, *, lattice):
    """(n, 4) boxes that overlap much, and (n,) scores of few values."""
    if lattice:
        first = rng.integers(0, 4, (n, 2))
        return np.concatenate([first, first + rng.integers(0, 5, (n, 2))], axis=1).astype(float), rng.integers(
            0, 4, n
        ) / 4
    first = rng.uniform(0, 4, (n, 2))
    return np.concatenate([first, first + rng.uniform(1, 5, (n, 2))], axis=1), rng.uniform(0, 1, n)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("lattice", [True, False], ids=["lattice", "free"])
@pytest.mark.parametrize(
    "fields, told",
    [
        ({}, {}),
        ({"nms_compare": "at_least"}, {"at_least": True}),
        ({"nms_nan": "drops"}, {"undefined_falls": True}),
        ({"nms_pixel_offset": 1}, {"offset": 1}),
        ({"nms_sort_corners": True}, {"sort_corners": True}),
    ],
    ids=["default", "at_least", "nan_drops", "pixel_offset", "sort_corners"],
)
def test_both_keep_the_same_boxes_in_the_same_order(seed, lattice, fields, told):
    rng, dialect = np.random.default_rng(seed), replace(HALF, **fields)
    for _ in range(50):
        boxes, scores = scene(rng, int(rng.integers(0, 9)), lattice=lattice)
        if "sort_corners" in told:
            boxes = boxes[:, rng.permutation(4)]
        classes, t = rng.integers(0, 3, len(boxes)), float(rng.choice([0, 0.25, 0.5, 0.75, 1]))

        alone = nms(boxes, scores, t, dialect=dialect)
        by_class = batched_nms(boxes, scores, classes, t, dialect=dialect)

        assert alone.tolist() == oracle.survivors(boxes.tolist(), scores, [0] * len(boxes), t, **told)
        assert by_class.tolist() == oracle.survivors(boxes.tolist(), scores, classes.tolist(), t, **told)


def test_overlaps_agree_to_a_few_ulps():
    rng = np.random.default_rng(5)
    boxes, _ = scene(rng, 60, lattice=False)

    got = box_overlaps(boxes[:, np.newaxis], boxes, dialect=YOLOV8)

    expected = [[oracle.overlap(a, b) for b in boxes.tolist()] for a in boxes.tolist()]
    assert assert_close("overlaps", got, expected, ulps=12) > 0


@pytest.mark.parametrize("per_box", ["best", "every"])
@pytest.mark.parametrize("most", [1, 3, 300])
def test_detections_have_the_same_rows(per_box, most):
    rng, dialect = np.random.default_rng(6), replace(HALF, candidates_per_box=per_box, max_nms=6)
    shown = 0
    for _ in range(100):
        anchors = int(rng.integers(0, 12))
        boxes = np.concatenate([rng.integers(0, 6, (2, anchors)), rng.integers(1, 6, (2, anchors))])
        prediction = np.concatenate([boxes, rng.integers(0, 5, (3, anchors)) / 4])

        got = detections(prediction, 0.25, 0.5, most, dialect=dialect)

        expected = oracle.detections(prediction.tolist(), 0.25, 0.5, most, entering=6, every=per_box == "every")
        assert got.tolist() == [[float(x) for x in row] for row in expected]
        shown += len(got)
    assert shown > 60
