"""Anchors, deltas and proposals against the second oracle."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8
from refimpl.deltas import decode_deltas, decode_deltas_vjp, encode_deltas
from refimpl.oracle import regions as oracle
from refimpl.oracle.closeness import assert_close
from refimpl.oracle.differences import gradient
from refimpl.proposals import clip_boxes, propose
from refimpl.region_anchors import cell_anchors, rpn_anchors

SIZES, RATIOS = [32, 45, 128, 300], [0.5, 1, 2, 0.7]


def boxes(rng, n):
    first = rng.uniform(-50, 300, (n, 2))
    return np.concatenate([first, first + 10.0 ** rng.uniform(0, 2.5, (n, 2))], axis=1)


def test_anchors_of_a_cell_and_of_a_grid_are_the_same():
    exact = oracle.cell(SIZES, RATIOS)
    free, whole = (replace(YOLOV8, anchor_rounding=how) for how in ("none", "corners"))
    sizes, ratios = np.array(SIZES, float), np.array(RATIOS)

    assert_close("cell", cell_anchors(16, sizes, ratios, dialect=free), exact, ulps=4, scale=300)
    assert cell_anchors(16, sizes, ratios, dialect=whole).tolist() == [oracle.to_pixels(box) for box in exact]
    got = rpn_anchors((3, 2), 16, sizes, ratios, dialect=whole)
    assert got.tolist() == oracle.grid([oracle.to_pixels(box) for box in exact], 3, 2, 16)


@pytest.mark.parametrize("offset", [0, 1])
def test_deltas_agree_both_ways(offset):
    rng, dialect = np.random.default_rng(0), replace(YOLOV8, region_pixel_offset=offset)
    anchors, gts = boxes(rng, 200), boxes(rng, 200)
    deltas = rng.normal(0, 1, (200, 4)) * [1, 1, 2.5, 2.5]

    coded = encode_deltas(anchors, gts, dialect=dialect)
    decoded = decode_deltas(anchors, deltas, dialect=dialect)

    pairs = list(zip(anchors.tolist(), gts.tolist()))
    assert_close(
        "coded", coded, [oracle.encode(a, g, offset=offset) for a, g in pairs], ulps=8, scale=np.abs(coded) + 400
    )
    expected = [oracle.decode(a, d, offset=offset, most=62.5) for a, d in zip(anchors.tolist(), deltas.tolist())]
    assert (deltas[:, 2:] > np.log(62.5)).sum() > 5
    assert_close("decoded", decoded, expected, ulps=12, scale=np.abs(decoded) + 1000)


def test_the_gradient_of_decoding_is_that_of_differences():
    rng = np.random.default_rng(1)
    anchors, deltas, cotangent = boxes(rng, 40), rng.normal(0, 1, (40, 4)) * [1, 1, 3, 3], rng.normal(0, 1, (40, 4))

    got = decode_deltas_vjp(anchors, deltas, cotangent, dialect=YOLOV8)

    expected = [
        gradient(lambda x: sum(c * g for c, g in zip(oracle.decode(a, x, most=62.5), weights)), d)
        for a, d, weights in zip(
            anchors.tolist(), deltas.tolist(), [list(map(_mpf, row)) for row in cotangent.tolist()]
        )
    ]
    assert (deltas[:, 2:] > np.log(62.5)).any()
    assert_close("gradient", got, expected, ulps=16, scale=np.abs(got) + 300)


def _mpf(x):
    return oracle.real(x)


@pytest.mark.parametrize("offset", [0, 1])
def test_clipped_boxes_are_the_same(offset):
    rng, dialect = np.random.default_rng(2), replace(YOLOV8, region_pixel_offset=offset)
    given = rng.uniform(-100, 400, (200, 4))

    got = clip_boxes(given, (200, 300), dialect=dialect)

    assert got.tolist() == [oracle.clip(box, (200, 300), offset=offset) for box in given.tolist()]


@pytest.mark.parametrize("order", ["best_first", "clip_first"])
def test_proposals_are_the_same_boxes_in_the_same_order(order):
    rng, dialect = np.random.default_rng(3), replace(YOLOV8, propose_order=order)
    for _ in range(60):
        anchors, deltas = boxes(rng, 14), rng.normal(0, 0.3, (14, 4))
        scores, caps = rng.integers(0, 9, 14) / 8, (int(rng.integers(0, 15)), int(rng.integers(0, 8)))

        got = propose(
            anchors=anchors,
            deltas=deltas,
            scores=scores,
            image_size=(200, 250),
            pre_nms_topk=caps[0],
            post_nms_topk=caps[1],
            iou_threshold=0.3,
            min_size=12,
            dialect=dialect,
        )

        expected = oracle.propose(
            anchors.tolist(), deltas.tolist(), scores, (200, 250), *caps, 0.3, 12, clip_first=order == "clip_first"
        )
        assert got.roi_scores.tolist() == scores[expected].tolist()
        moved = clip_boxes(decode_deltas(anchors, deltas, dialect=dialect), (200, 250), dialect=dialect)
        assert got.rois.tolist() == moved[expected].tolist()
