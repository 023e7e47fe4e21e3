"""Mosaic: four images around one point."""

import numpy as np

from refimpl import YOLOV8
from refimpl.mosaic import mosaic_layout


def test_four_images_that_fit_meet_at_the_centre():
    layout = mosaic_layout([[4, 6], [5, 3], [2, 8], [7, 7]], [10, 9], 8, dialect=YOLOV8)

    assert layout.paste.tolist() == [[4, 5, 10, 9], [10, 4, 13, 9], [2, 9, 10, 11], [10, 9, 16, 16]]
    assert layout.offset.tolist() == [[4, 5], [10, 4], [2, 9], [10, 9]]


def test_an_image_too_large_keeps_the_corner_at_the_centre():
    layout = mosaic_layout([[8, 8]] * 4, [3, 12], 8, dialect=YOLOV8)

    assert layout.source.tolist() == [[5, 0, 8, 8], [0, 0, 8, 8], [5, 0, 8, 4], [0, 0, 8, 4]]
    assert layout.offset.tolist() == [[-5, 4], [3, 4], [-5, 12], [3, 12]]


def test_what_is_pasted_is_as_large_as_what_is_taken():
    rng = np.random.default_rng(0)
    for _ in range(200):
        layout = mosaic_layout(rng.integers(1, 20, (4, 2)), rng.integers(4, 12, 2), 8, dialect=YOLOV8)

        np.testing.assert_array_equal(
            layout.paste[:, 2:] - layout.paste[:, :2], layout.source[:, 2:] - layout.source[:, :2]
        )
        assert layout.paste.min() >= 0 and layout.paste.max() <= 16 and layout.source.min() >= 0
