"""Signs, zeros, single elements, ends of ranges and numbers beyond the head: each is seen to kill the fault it is for."""

from dataclasses import replace

import numpy as np
import pytest

import refimpl
from conformance.cases.case import Case
from conformance.cases.probes.signs import of_signs
from conformance.cases.protocol import OPS
from conformance.judging.rounding import FLOAT64
from conformance.ops.right import Right
from conformance.tests.cases.test_probes import kills
from refimpl import YOLOV8


def zeros_are_padding(self, boxes, width):
    return Right(self.dialect).flip_boxes(boxes, width) * boxes.any(axis=1, keepdims=True)


def as_if_right_of_the_origin(self, boxes, width):
    return Right(self.dialect).flip_boxes(np.maximum(boxes, -50), width)


def never_below_zero(self, average, value, decay):
    return np.maximum(Right(self.dialect).ema_update(average, value, decay), -100)


def squeezed(self, prediction, *others):
    found = Right(self.dialect).detections(prediction, *others)
    return found[:0] if prediction.shape[1] == 1 else found


def doubled_without_axis(self, logits, targets):
    return Right(self.dialect).bce_loss(logits, targets) * (2 if np.ndim(logits) == 0 else 1)


def keeps_by_the_usual_numbers(self, before, after):
    return refimpl.keep_boxes(before, after, dialect=YOLOV8)


def all_enter(self, *arguments):
    return refimpl.detections(*arguments, dialect=replace(self.dialect, max_nms=30000))


def owner_in_a_byte(self, mask, overlaps):
    owners = Right(self.dialect).resolve_conflicts(mask, overlaps)
    return (owners[0] % 256, *owners[1:])


def cut_at_10000(self, boxes1, boxes2):
    return Right(self.dialect).iou(np.clip(boxes1, -1e4, 1e4), np.clip(boxes2, -1e4, 1e4))


def sides_in_16_bits(self, shape, size):
    return Right(self.dialect).resized_shape(tuple(min(side, 2**16 - 1) for side in shape), size)


@pytest.mark.parametrize(
    "op, clause, event, fault",
    [
        ("flip_boxes", "AUG-1", "an element of zeros", zeros_are_padding),
        ("flip_boxes", "AUG-1", "left of the origin", as_if_right_of_the_origin),
        ("ema_update", "EMA-2", "far below zero", never_below_zero),
        ("detections", "DTN-1", "one anchor", squeezed),
        ("bce_loss", "BCE-1", "no axis", doubled_without_axis),
        ("keep_boxes", "AUG-4", "other numbers", keeps_by_the_usual_numbers),
        ("detections", "DTN-1", "other numbers", all_enter),
        ("resolve_conflicts", "TAL-5", "behind many ground truths", owner_in_a_byte),
        ("iou", "IOU-1", "16384 times as large", cut_at_10000),
        ("resized_shape", "GEO-1", "16384 times as large", sides_in_16_bits),
    ],
)
def test_a_probe_kills_the_fault_it_is_for_and_nothing_right(op, clause, event, fault):
    assert kills(op, clause, event, fault)


def test_a_number_that_a_probe_changes_stays_an_array():
    probe = of_signs(OPS["ema_update"])["far below zero"]
    case = Case.of(YOLOV8, {"average": np.array(1.0), "value": np.array(2.0), "decay": 0.5})

    changed = probe.make(lambda strategy, label: 1, case, FLOAT64)

    assert all(isinstance(changed.arguments[name], np.ndarray) and changed.arguments[name] < 0 for name in ("average", "value"))
