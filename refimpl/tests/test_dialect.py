"""Dialects: the presets and their numbers, and what is refused."""

from dataclasses import FrozenInstanceError, replace

import pytest

from refimpl import (
    DIFFERENTIATED_ALPHA,
    LABEL_ASSIGNER,
    PRESETS,
    ULTRALYTICS_8_4,
    YOLOV8,
    YOLOV8_ANY_ORDER,
    Dialect,
    RangeError,
)


def test_the_default_is_the_head_of_ultralytics_8():
    assert YOLOV8 == Dialect(
        name="YOLOV8",
        num_classes=80,
        reg_max=16,
        strides=(8, 16, 32),
        topk=10,
        alpha=0.5,
        beta=6.0,
        box_gain=7.5,
        cls_gain=0.5,
        dfl_gain=1.5,
        iou_eps=1e-7,
        inside_eps=1e-9,
        norm_eps=1e-9,
        min_gt_side=0,
        claims_inside=True,
        constant_alpha=True,
        any_target_order=False,
        fewer_anchors_than_topk=False,
    )


@pytest.mark.parametrize(
    "preset, changed",
    [
        (YOLOV8_ANY_ORDER, {"any_target_order": True}),
        (ULTRALYTICS_8_4, {"min_gt_side": 16}),
        (DIFFERENTIATED_ALPHA, {"constant_alpha": False}),
        (LABEL_ASSIGNER, {"claims_inside": False}),
    ],
    ids=lambda x: getattr(x, "name", ""),
)
def test_every_other_preset_differs_in_one_decision(preset, changed):
    assert preset == replace(YOLOV8, name=preset.name, **changed)


def test_presets_are_known_by_the_name_they_carry():
    assert {name: preset.name for name, preset in PRESETS.items()} == {name: name for name in PRESETS}
    assert len(PRESETS) == 5


def test_the_side_that_is_widened_is_the_second_stride():
    assert ULTRALYTICS_8_4.min_gt_side == ULTRALYTICS_8_4.strides[1]


def test_the_largest_distance_leaves_room_for_the_right_bin():
    # 16 bins 0 … 15; a target of 14.99 lies between bins 14 and 15.
    assert YOLOV8.largest_distance == 16 - 1 - 0.01
    assert replace(YOLOV8, reg_max=2).largest_distance == 0.99


@pytest.mark.parametrize(
    "field, value, text",
    [
        ("num_classes", 0, "num_classes: expected at least 1, got 0"),
        ("reg_max", 1, "reg_max: expected at least 2, got 1"),
        ("topk", 0, "topk: expected at least 1, got 0"),
        ("strides", (), "strides: expected one positive stride per level, got ()"),
        ("strides", (8, 0), "strides: expected one positive stride per level, got (8, 0)"),
        ("min_gt_side", -1, "min_gt_side: expected at least 0 px, got -1"),
    ],
)
def test_a_number_without_meaning_is_refused(field, value, text):
    with pytest.raises(RangeError) as caught:
        replace(YOLOV8, **{field: value})

    assert str(caught.value) == text


def test_a_dialect_is_frozen_and_can_be_a_key():
    with pytest.raises(FrozenInstanceError):
        YOLOV8.topk = 13

    assert {YOLOV8: 1}[replace(YOLOV8)] == 1
