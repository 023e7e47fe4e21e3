"""Dialects: the presets and their numbers, and what is refused."""

from dataclasses import FrozenInstanceError, fields, replace

import pytest

import refimpl
from refimpl import (
    DECISIONS, DIFFERENTIATED_ALPHA, LABEL_ASSIGNER, NUMBERS, PRESETS, ULTRALYTICS_8_4, ULTRALYTICS_8_4_0, YOLOV8,
    YOLOV8_ANY_ORDER, YOLOV9, Dialect, NumberTypeError, RangeError
)  # fmt: skip


def test_the_default_is_the_head_of_ultralytics_8():
    numbers = {
        "num_classes": 80, "reg_max": 16, "strides": (8, 16, 32), "topk": 10, "alpha": 0.5, "beta": 6.0, "box_gain": 7.5,
        "cls_gain": 0.5, "dfl_gain": 1.5, "iou_eps": 1e-7, "inside_eps": 1e-9, "norm_eps": 1e-9,
    }  # fmt: skip

    assert {field: getattr(YOLOV8, field) for field in numbers} == numbers


@pytest.mark.parametrize("row", DECISIONS.values(), ids=DECISIONS)
def test_the_first_value_of_a_decision_is_that_of_the_default(row):
    assert getattr(YOLOV8, row.field) == row.values[0].value


def test_every_field_is_a_decision_a_number_or_a_service():
    services = {"name", "strides", "class_weights", "any_target_order", "fewer_anchors_than_topk"}

    assert {field.name for field in fields(Dialect)} == {*DECISIONS, *NUMBERS, *services}
    assert not {*DECISIONS} & {*NUMBERS}


def test_every_field_is_explained():
    said = Dialect.__doc__

    assert [field.name for field in fields(Dialect) if f"\n    {field.name} : " not in said] == []


@pytest.mark.parametrize("field, value", [(d.field, v.value) for d in DECISIONS.values() for v in d.values])
def test_every_legal_value_is_taken(field, value):
    assert getattr(replace(YOLOV8, **{field: value}), field) == value


@pytest.mark.parametrize("field", DECISIONS)
@pytest.mark.parametrize("value", ["neither", 7, 0.5, (1,), object(), [], "True"])
def test_a_value_that_is_not_legal_is_refused_with_those_that_are(field, value):
    legal = ", ".join(repr(v.value) for v in DECISIONS[field].values)

    with pytest.raises(RangeError) as caught:
        replace(YOLOV8, **{field: value})

    assert str(caught.value).startswith(f"{field}: expected one of {legal}, got ")


def test_true_is_not_one_and_zero_is_not_false():
    for field, value in (("times_batch", 1), ("inside_edges", 0), ("claim_above", False), ("nan_is", False)):
        with pytest.raises(RangeError, match=field):
            replace(YOLOV8, **{field: value})


@pytest.mark.parametrize(
    "preset, changed",
    [
        (YOLOV8_ANY_ORDER, {"any_target_order": True}),
        (ULTRALYTICS_8_4, {"widen_gts": "to_second_stride"}),
        (ULTRALYTICS_8_4_0, {"widen_gts": "below_first_to_second"}),
        (DIFFERENTIATED_ALPHA, {"constant_alpha": False}),
        (LABEL_ASSIGNER, {"topk_among": "all"}),
        (YOLOV9, {"owner_among": "all", "outside_metric": "own"}),
    ],
    ids=lambda x: getattr(x, "name", ""),
)
def test_a_preset_differs_in_its_decisions_alone(preset, changed):
    assert preset == replace(YOLOV8, name=preset.name, **changed)


def test_presets_are_known_by_the_name_they_carry():
    assert {name: preset.name for name, preset in PRESETS.items()} == {name: name for name in PRESETS}
    assert len({replace(preset, name="") for preset in PRESETS.values()}) == len(PRESETS)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_offered_by_its_name(name):
    assert getattr(refimpl, name) is PRESETS[name]


def test_sides_are_widened_to_the_second_stride_or_the_first_where_there_is_one():
    assert (YOLOV8.min_gt_side, YOLOV8.widened) == (0, (0, 0))
    assert (ULTRALYTICS_8_4.min_gt_side, ULTRALYTICS_8_4.widened) == (16, (16, 16))
    assert (ULTRALYTICS_8_4_0.min_gt_side, ULTRALYTICS_8_4_0.widened) == (16, (8, 16))
    assert replace(ULTRALYTICS_8_4, strides=(4,)).widened == (4, 4)
    assert replace(ULTRALYTICS_8_4, strides=(4, 12)).min_gt_side == 12


def test_lists_as_json_has_them_become_tuples():
    dialect = Dialect(name="x", num_classes=2, strides=[8], class_weights=[1.0, 2.0], ciou_range=[-1, 1])

    assert (dialect.strides, dialect.class_weights, dialect.ciou_range) == ((8,), (1.0, 2.0), (-1, 1))
    assert {dialect: 1}[dialect] == 1


def test_the_overlap_of_the_metric_has_an_epsilon_of_its_own():
    dialect = replace(YOLOV8, iou_eps=0.5, overlap_eps=0.25, side_eps="aspect", overlap_side_eps="none")

    assert (dialect.of_overlap.iou_eps, dialect.of_overlap.side_eps) == (0.25, "none")
    assert replace(dialect, overlap_side_eps=None).of_overlap.side_eps == "aspect"


def test_the_largest_distance_leaves_room_for_the_right_bin():
    # 16 bins 0 … 15; a target of 14.99 lies between bins 14 and 15.
    assert YOLOV8.largest_distance == 16 - 1 - 0.01
    assert replace(YOLOV8, reg_max=2).largest_distance == 0.99


@pytest.mark.parametrize(
    "field, value, text",
    [
        ("num_classes", 0, "num_classes: expected at least 1, got 0"),
        ("reg_max", 0, "reg_max: expected at least 1, got 0"),
        ("topk2", 0, "topk2: expected at least 1, got 0"),
        ("iou_eps", -1e-9, "iou_eps: expected at least 0, got -1e-09"),
        ("beta", float("nan"), "beta: expected at least 0, got nan"),
        ("class_weights", (1.0,), "class_weights: expected 80 weights > 0, got (1.0,)"),
        ("topk", 0, "topk: expected at least 1, got 0"),
        ("strides", (), "strides: expected one positive stride per level, got ()"),
        ("strides", (8, 0), "strides: expected one positive stride per level, got (8, 0)"),
    ],
)
def test_a_number_without_meaning_is_refused(field, value, text):
    with pytest.raises(RangeError) as caught:
        replace(YOLOV8, **{field: value})

    assert str(caught.value) == text


@pytest.mark.parametrize(
    "field, value, text",
    [
        ("alpha", "0.5", "alpha: expected a finite number, got '0.5'"),
        ("num_classes", 2.5, "num_classes: expected a whole number, got 2.5"),
        ("topk", True, "topk: expected a whole number, got True"),
        ("topk2", "1", "topk2: expected a whole number or None, got '1'"),
        ("any_target_order", 1, "any_target_order: expected True or False, got 1"),
    ],
)
def test_what_is_no_number_is_refused(field, value, text):
    with pytest.raises(NumberTypeError) as caught:
        replace(YOLOV8, **{field: value})

    assert str(caught.value) == text


def test_a_dialect_is_frozen_and_can_be_a_key():
    with pytest.raises(FrozenInstanceError):
        YOLOV8.topk = 13

    assert {YOLOV8: 1}[replace(YOLOV8)] == 1
