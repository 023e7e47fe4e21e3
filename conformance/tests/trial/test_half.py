"""Half precision: numbers are moved to the grid of the type, and what is not finite though it could be is said to be so."""

from dataclasses import replace

import numpy as np
import pytest

from conformance.cases.case import Case
from conformance.judging.finding import Broken
from conformance.ops.spec import PROPERTIES
from conformance.judging.rounding import EVERY_PRECISION
from conformance.trial import half
from conformance.trial.trial import trial
from conformance.calling.candidate import Candidate
from refimpl import YOLOV8


@pytest.mark.parametrize("dtype, number, stored", [
    ("float16", 2049.0, 2048.0), ("float16", 1e9, 65504.0), ("bfloat16", 257.0, 256.0), ("bfloat16", 0.1, 0.10009765625),
])  # fmt: skip
def test_a_number_is_moved_to_the_nearest_of_the_type(dtype, number, stored):
    assert half.nearest(np.array([number]), dtype) == [stored]


def test_a_number_without_an_axis_stays_an_array():
    assert isinstance(half.nearest(np.array(1.5), "float16"), np.ndarray)


@pytest.mark.parametrize("dtype, label, stored", [("bfloat16", 299, 298), ("bfloat16", 255, 255), ("float16", 2049, 2048), ("float16", 299, 299)])
def test_a_class_stays_one_of_those_there_are(dtype, label, stored):
    dialect = replace(YOLOV8, num_classes=label + 1, reg_max=4, strides=(8,))
    maps = [np.zeros((1, 16 + dialect.num_classes, 1, 1))]
    case = Case.of(dialect, {"feature_maps": maps, "targets": np.array([[0, label, 0.5, 0.5, 0.3, 0.3]])})

    moved = half.stored(case, dtype, "detection_loss").targets

    assert moved[0, 1] == stored and moved[0, 4] == half.nearest(np.array(0.3), dtype)


def test_what_is_not_finite_behind_a_mask_may_come_back_where_nothing_is_asked():
    nothing = np.zeros((1, 1, 1))
    given = {"pd_scores": nothing + 0.5, "pd_bboxes": np.array([[[0, 0, 4, 4.0]]]), "anchor_points": np.array([[4, 4.0]]),
             "gt_labels": nothing.astype(int), "gt_bboxes": np.full((1, 1, 4), np.nan), "mask_gt": nothing > 0}  # fmt: skip
    found = next(p for p in PROPERTIES if (p.clause, p.op) == ("TAL-1", "assign"))
    dialect = replace(YOLOV8, num_classes=1, topk=1)
    pytest.importorskip("torch")
    from conformance.candidates.dense_torch import factory

    assert not trial(found, Candidate(factory, dialect, "mine"), Case.of(dialect, given), EVERY_PRECISION["float16"]).broken


def test_bfloat16_is_what_torch_makes_of_it():
    torch = pytest.importorskip("torch")
    numbers = np.random.default_rng(0).normal(0, 100, 1000)

    assert (half.nearest(numbers, "bfloat16") == torch.tensor(numbers).float().bfloat16().double().numpy()).all()


def test_whole_losses_and_decisions_are_not_decidable_in_half_precision():
    told = {op for op in ("iou", "ciou", "bce_loss", "dfl_loss", "decode_boxes", "assign", "select_topk", "detection_loss") if half.decidable(op)}

    assert told == {"iou", "ciou", "bce_loss", "dfl_loss", "decode_boxes"}


def judged(factory, boxes1, boxes2, dtype):
    """The verdict on one call of CIoU."""
    found = next(p for p in PROPERTIES if (p.clause, p.op) == ("IOU-4", "ciou"))
    case = Case.of(YOLOV8, {"boxes1": np.array([boxes1], float), "boxes2": np.array([boxes2], float)})
    return trial(found, Candidate(factory, YOLOV8, "mine"), case, EVERY_PRECISION[dtype])


def test_a_square_that_passes_the_largest_number_is_said_to():
    pytest.importorskip("torch")
    from conformance.candidates.dense_torch import factory

    found = judged(factory, [0, 0, 64, 64], [512, 512, 640, 640], "float16")

    assert found.broken and isinstance(found.error, Broken)
    assert "overflow: a square passes 65504, the largest float16, from 255.9 on" in str(found.error)


def test_what_computes_in_float32_inside_conforms():
    torch = pytest.importorskip("torch")
    from conformance.candidates.dense_torch import DenseTorch

    class Inside(DenseTorch):
        def ciou(self, boxes1, boxes2):
            return super().ciou(boxes1.float(), boxes2.float())

    for dtype in ("float16", "bfloat16"):
        assert judged(Inside, [0, 0, 64, 64], [512, 512, 640, 640], dtype).holds
        assert judged(Inside, [3, 3, 64, 64], [3, 3, 64, 64], dtype).holds
    assert torch.float16
