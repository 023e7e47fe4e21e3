"""A case as the user reads it."""

from dataclasses import replace

import numpy as np

from conformance.cases.describe import describe
from conformance.cases.case import Case
from refimpl import YOLOV8, Dialect


def test_a_smallest_case_is_described_by_what_its_dialect_changes_and_by_its_arguments():
    arguments = {"targets": np.zeros((0, 6)), "batch_size": 2, "maps": [np.ones(2), np.ones(1)], "boxes": np.eye(2)}

    text = describe(Case.of(replace(YOLOV8, topk=3, strides=(8,)), arguments))

    assert text.splitlines() == [
        "dialect: YOLOV8 with strides (8,), topk 3",
        "targets (0, 6) = []",
        "batch_size = 2",
        "maps[0] (2,) = [1., 1.]",
        "maps[1] (1,) = [1.]",
        "boxes (2, 2) =",
        "    [[1., 0.],",
        "     [0., 1.]]",
    ]
    assert describe(Case.of(YOLOV8, {})) == "dialect: YOLOV8"


def test_a_dialect_that_is_no_preset_is_described_by_what_differs_from_yolov8():
    text = describe(Case.of(Dialect(name="MINE", topk=3), {}))

    assert text == "dialect: MINE, which is YOLOV8 with topk 3"


def test_a_large_array_is_told_by_what_is_not_constant():
    maps = np.zeros((1, 67, 2, 2))
    maps[0, 3, 1, 1] = 2.0
    ramp = np.zeros((1, 40, 3, 3))
    ramp[0, 7], ramp[0, 8] = np.arange(9.0).reshape(3, 3), np.arange(9.0, 18.0).reshape(3, 3)

    text = describe(Case.of(YOLOV8, {"feature_maps": [maps, np.zeros((1, 67, 1, 1))], "ramp": ramp}))

    assert text.splitlines()[1:] == [
        "feature_maps[0] (1, 67, 2, 2): 0 but [0, 3, 1, 1] = 2",
        "feature_maps[1] (1, 67, 1, 1): 0 throughout",
        "ramp (1, 40, 3, 3):",
        "    [0, 0] … [0, 6]: 0 throughout",
        "    [0, 7]: [[0., 1., 2.], [3., 4., 5.], [6., 7., 8.]]",
        "    [0, 8]: [[ 9., 10., 11.], [12., 13., 14.], [15., 16., 17.]]",
        "    [0, 9] … [0, 39]: 0 throughout",
    ]


def test_not_a_number_is_like_itself():
    text = describe(Case.of(YOLOV8, {"scores": np.full((1, 64), np.nan)}))

    assert text.endswith("scores (1, 64): nan throughout")


def test_every_number_is_there_for_who_asks():
    text = describe(Case.of(YOLOV8, {"metric": np.arange(1000.0)}), whole=True)

    assert " 500., 501., " in text and "..." not in text


def test_large_arrays_are_cut_short_and_numbers_are_not():
    text = describe(Case.of(YOLOV8, {"metric": np.arange(1000.0), "score": np.array([0.123456789])}))

    assert "metric (1000,): [  0.,   1.,   2.,   3., ..., 996., 997., 998., 999.]" in text
    assert "score (1,) = [0.123456789]" in text
