"""Fields: a step made by another dialect is answered with it, and with what is in force besides."""

from dataclasses import replace

import numpy as np
import pytest

from conformance.recordings import fields
from conformance.recordings.judging import judge
from conformance.tests.recordings.test_judging import DIALECT, a_crowd, a_recording
from refimpl import PRESETS


def named(dialect, seed=3, recording=None, images=1):
    recording = recording or a_crowd(dialect, seed, boxes=10, sides=(0.1, 0.6), images=images)
    return str(fields.differing(recording, DIALECT, judge(recording, DIALECT)) or "")


def like(name, **changes):
    return replace(PRESETS[name], num_classes=3, strides=(8,), **changes)


@pytest.mark.parametrize("made_by, words", [
    (like("YOLOV9"), "the step conforms to YOLOV9"),
    (like("LUXONIS"), "the step conforms to LUXONIS"),
    (like("KERAS_CV"), "the step conforms to KERAS_CV"),
    (like("YOLOV9", box_gain=7.0), "the step conforms to YOLOV9; then box gain in force is 7, the dialect's is 7.5"),
    (like("YOLOV9", times_batch=False), "the step conforms to YOLOV9; then the whole gradient is 0.5 times what it is to be: no batch factor (B = 2)"),
    (replace(DIALECT, overlap="iou"), "the step conforms with overlap='iou'"),
    (replace(DIALECT, topk=13), "the step conforms with topk=13"),
    (replace(DIALECT, alpha=1.0, beta=2.0), "the step conforms with alpha=1.0, beta=2.0"),
    (replace(DIALECT, box_loss="giou"), "the step conforms with box_loss='giou'"),
    (replace(DIALECT, topk=8, owner_by="metric"), "the step conforms with owner_by='metric', topk=8"),
], ids=lambda one: getattr(one, "name", ""))  # fmt: skip
def test_the_dialect_of_a_step_is_named(made_by, words):
    assert named(made_by, images=1 if made_by.times_batch else 2) == words


def test_gains_alone_are_no_other_dialect():
    assert named(replace(DIALECT, box_gain=7.0)) == ""


def not_learned(maps, targets, gradients):
    at = tuple(np.argwhere(gradients[0][:, :32].any(axis=1))[0])
    gradients[0][at[0], :, at[1], at[2]] = 0
    return maps, targets, gradients


def test_a_bug_is_no_dialect():
    recording = a_recording(change=not_learned)

    assert judge(recording, DIALECT).verdict == "BREAKS" and named(DIALECT, recording=recording) == ""


@pytest.mark.parametrize("name", ["PPYOLOE", "YOLOV6"])
def test_a_class_loss_that_is_no_witness_is_named_all_the_same(name):
    told = named(like(name))

    assert told.startswith("its class loss is varifocal") and name in told
