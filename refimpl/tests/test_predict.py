"""Prediction: boxes in px and probabilities, one column for each anchor."""

from dataclasses import replace

import numpy as np

from refimpl import YOLOV8
from refimpl.predict import predict

SMALL = replace(YOLOV8, num_classes=2, reg_max=4, strides=(8, 16))


def maps(shapes=((1, 2), (1, 1)), channels=18, batch=1):
    return [np.zeros((batch, channels, h, w)) for h, w in shapes]


def test_flat_logits_give_a_square_of_three_cells_about_each_anchor_and_even_chances():
    # All four distances are 1.5 cells: 24 px at stride 8, 48 px at stride 16.
    got = predict(maps(), dialect=SMALL)

    assert got.shape == (1, 6, 3)
    np.testing.assert_allclose(got[0, :, 0], [4, 4, 24, 24, 0.5, 0.5])
    np.testing.assert_allclose(got[0, :, 1], [12, 4, 24, 24, 0.5, 0.5])
    np.testing.assert_allclose(got[0, :, 2], [8, 8, 48, 48, 0.5, 0.5])


def test_the_four_sides_and_the_classes_are_not_mixed_up():
    given = maps(shapes=((1, 1), (0, 0)))
    given[0][0, [3, 4, 11, 12], 0, 0] = 100  # l = 3, t = 0, r = 3, b = 0 cells
    given[0][0, 17, 0, 0] = 100

    got = predict(given, dialect=SMALL)[0, :, 0]

    np.testing.assert_allclose(got, [4, 4, 48, 0, 0.5, 1], atol=1e-12)


def test_images_are_decoded_each_for_itself():
    given = [np.random.default_rng(i).normal(0, 2, m.shape) for i, m in enumerate(maps(batch=3))]

    whole = predict(given, dialect=SMALL)

    for b in range(3):
        np.testing.assert_array_equal(whole[b : b + 1], predict([m[b : b + 1] for m in given], dialect=SMALL))
