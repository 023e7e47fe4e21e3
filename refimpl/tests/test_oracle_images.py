"""Image geometry against the second oracle: sizes exactly, boxes to a few ulps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLOV8
from refimpl.box_moves import denormalise_boxes, keep_boxes, warp_boxes
from refimpl.colour import hsv_tables, mixup
from refimpl.letterbox import letterbox_boxes, letterbox_geometry, resized_shape, restore_boxes
from refimpl.mosaic import mosaic_layout
from refimpl.oracle import images as oracle
from refimpl.oracle.closeness import assert_close

SHAPES = np.random.default_rng(0).integers(1, 900, (400, 2)).tolist() + [
    [1, 1],
    [1, 2000],
    [2000, 1],
    [640, 640],
    [116, 87],
]
FRAMES = [(640, 640), (320, 512), (33, 70), (1, 1)]


@pytest.mark.parametrize("size", [32, 320, 640, 641])
def test_resized_shapes_are_the_same_whole_numbers(size):
    for shape in SHAPES:
        assert resized_shape(shape, size, dialect=YOLOV8).tolist() == oracle.resized(shape, size)


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("enlarges", [True, False])
def test_letterboxes_are_the_same_to_the_pixel(frame, enlarges):
    dialect = replace(YOLOV8, letterbox_enlarges=enlarges)
    for shape in SHAPES:
        got = letterbox_geometry(shape, frame, dialect=dialect)

        size, padding, r = oracle.letterbox(shape, frame, enlarges=enlarges)
        assert (got.size.tolist(), got.padding.tolist(), got.ratio) == (size, padding, float(r))


@pytest.mark.parametrize("frame", FRAMES[:3])
@pytest.mark.parametrize("label_ratio", ["unrounded", "rounded"])
def test_boxes_go_into_the_frame_and_back_onto_the_image_alike(frame, label_ratio):
    rng, dialect = np.random.default_rng(1), replace(YOLOV8, label_ratio=label_ratio)
    for shape in SHAPES[::4]:
        boxes = rng.uniform(-50, 900, (3, 4))

        into = letterbox_boxes(boxes, shape, frame, dialect=dialect)
        back = restore_boxes(boxes, frame, shape, dialect=dialect)

        expected = [oracle.boxed(box, shape, frame, by_pixels=label_ratio == "rounded") for box in boxes.tolist()]
        assert_close("into", into, expected, ulps=4, scale=np.abs(into) + max(frame))
        expected = [oracle.unboxed(box, frame, shape) for box in boxes.tolist()]
        assert_close("back", back, expected, ulps=4, scale=max(shape) + np.abs(boxes).max() * max(shape) / min(frame))


def test_boxes_in_shares_of_the_image_become_the_same_corners():
    rng = np.random.default_rng(2)
    boxes, shape, padding = rng.uniform(-0.2, 1.2, (300, 4)), (377, 613), rng.uniform(0, 80, 2)

    got = denormalise_boxes(boxes, shape, padding, dialect=YOLOV8)

    assert_close(
        "corners", got, [oracle.denormalised(box, shape, padding) for box in boxes.tolist()], ulps=6, scale=613
    )


def test_a_mosaic_shows_the_same_pixels():
    rng = np.random.default_rng(3)
    for _ in range(60):
        shapes, centre, size = rng.integers(1, 9, (4, 2)), rng.integers(0, 13, 2), 6

        layout = mosaic_layout(shapes, centre, size, dialect=YOLOV8)

        for image, shown in enumerate(oracle.mosaic(shapes.tolist(), centre.tolist(), size)):
            left, top, right, bottom = layout.paste[image]
            first_x, first_y, last_x, last_y = layout.source[image]
            assert set(shown) == {(x, y) for x in range(left, right) for y in range(top, bottom)}
            assert set(shown.values()) == {(x, y) for x in range(first_x, last_x) for y in range(first_y, last_y)}
            for (x, y), own in shown.items():
                assert own == (x - left + first_x, y - top + first_y) == tuple([x, y] - layout.offset[image])


@pytest.mark.parametrize("perspective", [0, 1e-4])
def test_warped_boxes_are_the_same(perspective):
    rng = np.random.default_rng(4)
    for _ in range(60):
        boxes = rng.uniform(-50, 300, (4, 4))
        matrix = np.eye(3) + rng.normal(0, 0.5, (3, 3)) * [[1, 1, 40], [1, 1, 40], [perspective, perspective, 0]]

        got = warp_boxes(boxes, matrix, dialect=YOLOV8)

        assert_close(
            "warped", got, [oracle.warped(box, matrix.tolist()) for box in boxes.tolist()], ulps=12, scale=2000
        )


def test_the_same_boxes_stay_on_a_lattice_where_each_limit_is_met():
    rng = np.random.default_rng(5)
    before = np.concatenate([np.zeros((3000, 2)), rng.choice([2, 4, 5, 8, 20, 200, 400], (3000, 2))], axis=1)
    after = np.concatenate([np.zeros((3000, 2)), rng.choice([-1, 0, 1, 2, 3, 4, 200, 300, 400], (3000, 2))], axis=1)

    got = keep_boxes(before, after, dialect=YOLOV8)

    expected = [oracle.stays(a, b, side=2, area=0.1, aspect=100) for a, b in zip(before.tolist(), after.tolist())]
    assert got.tolist() == expected and 300 < sum(expected) < 2900


@pytest.mark.parametrize("gains", [(0, 0, 0), (-0.25, 0.5, -0.5), (0.5, 1, -1), (1, -0.125, 0.75), (-0.015625, 0, 0)])
def test_tables_are_the_same_for_gains_that_floats_hold(gains):
    got = hsv_tables(np.array(gains), dialect=YOLOV8)

    assert got.tolist() == [oracle.table(kind, gain) for kind, gain in zip(("hue", "sat", "value"), gains)]


@pytest.mark.parametrize("lam", [0, 0.25, 0.5, 0.6171875, 1])
def test_images_blend_to_the_same_levels(lam):
    a, b = (np.repeat(side[..., np.newaxis], 3, axis=-1).astype(np.uint8) for side in np.indices((256, 256)))

    got = mixup(a, b, lam, dialect=YOLOV8)[..., 0]

    assert got.tolist() == [[oracle.blended(x, y, lam) for y in range(256)] for x in range(256)]
