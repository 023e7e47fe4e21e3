"""The rules pass what is right in any precision and under any tie rule, and fail what is wrong, on the case that says so."""

import dataclasses

import numpy as np
import pytest

import refimpl
from conformance.candidates import dense_numpy, reference32
from golden import rules
from golden.check import read_case
from golden.store import HOME
from golden.tests.judging import ENTRIES, faults, of_reference
from refimpl import YOLOV8

@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("factory", [dense_numpy.factory, reference32.factory], ids=["dense_numpy", "reference32"])
def test_a_correct_implementation_passes_every_case_it_serves(factory, dtype):
    judged, offered = 0, [id for id, entry in ENTRIES.items() if hasattr(factory(YOLOV8), entry.op)]
    for id in offered:
        entry = ENTRIES[id]
        try:
            candidate = factory(entry.dialect)
        except NotImplementedError:
            continue

        found = faults(id, lambda *values: getattr(candidate, entry.op)(*values[:-1]), dtype)

        assert found == [], id
        judged += 1
    assert judged > 0.9 * len(offered)


def swapped_alpha_beta(*values):
    *arguments, dialect = values
    return refimpl.alignment_metric(*arguments, dialect=dataclasses.replace(dialect, alpha=dialect.beta, beta=dialect.alpha))


def transposed_grid(shapes, dialect):
    return refimpl.make_anchors([(w, h) for h, w in shapes], dialect=dialect)


def claimants_only(mask_pos, overlaps, dialect):
    return refimpl.resolve_conflicts(mask_pos, np.where(mask_pos, overlaps, 0), dialect=dialect)


def clamped_to_the_last_bin(pred_dist, target, dialect):
    t = np.clip(target, 0, dialect.reg_max - 1)
    bins = np.arange(dialect.reg_max)
    logits = pred_dist.reshape(-1, 4, dialect.reg_max)
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -(np.maximum(1 - np.abs(t[..., None] - bins), 0) * log_p).sum(-1).mean(-1)


def square_scale(targets, batch_size, image_size, dialect):
    return refimpl.pad_targets(targets, batch_size, (image_size[1], image_size[0]), dialect=dialect)


def positive_metrics_only(metric, mask_gt, dialect):
    return refimpl.select_topk(metric, mask_gt, dialect=dialect) & (metric > 0)


def without_batch_factor(answer):
    return answer.components.sum(), answer.components


WRONG = {
    "anchors-height-unlike-width": transposed_grid,
    "bbox2dist-past-both-ends": of_reference("bbox2dist", lambda distance: np.where(distance == 14.99, 15, distance)),
    "bbox2dist-four-bins": of_reference("bbox2dist", reg_max=16),
    "iou-tiny": of_reference("iou", iou_eps=0.0),
    "ciou-far-extreme-aspect": of_reference("ciou", lambda value: np.clip(value, -1, 1)),
    "ciou-thousandth-px": of_reference("ciou", iou_eps=1e-9),
    "targets-wide-image": square_scale,
    "targets-negative-sum": of_reference("pad_targets", lambda gt: gt._replace(mask_gt=np.ones_like(gt.mask_gt))),
    "x5-candidates-on-an-edge": of_reference("candidates_in_gts", inside_eps=-1e-9),
    "candidates-by-a-hairs-breadth": of_reference("candidates_in_gts", inside_eps=0.01),
    "candidates-5-px-box-widened": of_reference("candidates_in_gts", widen_gts="never"),
    "metric-alpha-and-beta": swapped_alpha_beta,
    "x3-topk-all-zero": positive_metrics_only,
    "topk-equal-metrics": of_reference("select_topk", topk=3),
    "resolve-owner-did-not-claim": claimants_only,
    "x3-scores-of-zero": of_reference("assign", lambda a: a._replace(fg_mask=a.fg_mask & (a.target_scores.sum(-1) > 0))),
    "x2-owner-did-not-claim": of_reference("assign", lambda a: a._replace(target_gt_idx=a.target_gt_idx * 0)),
    "assign-metrics-below-norm-eps": of_reference("assign", norm_eps=1e-6),
    "x9-padding-before-real-boxes": of_reference("assign", lambda a: a._replace(target_labels=a.target_labels * 0)),
    "assign-claims-outside-kept": of_reference("assign", topk_among="inside"),
    "assign-small-box-widened": of_reference("assign", widen_gts="never"),
    "bce-saturated": lambda x, z, dialect: -np.log(1 / (1 + np.exp(np.where(z > 0, -x, x))) + 1e-10),
    "dfl-past-the-last-bin": clamped_to_the_last_bin,
    "bbox-loss-no-foreground": of_reference("bbox_loss", lambda loss: (loss.box + np.nan, loss.dfl)),
    "detection-three-images": of_reference("detection_loss", without_batch_factor),
    "detection-other-gains": of_reference("detection_loss", box_gain=7.5),
}


@pytest.mark.parametrize("id", WRONG)
def test_a_wrong_implementation_fails_the_case_that_names_its_bug(id):
    assert faults(id, WRONG[id])


def test_another_legal_choice_is_right_and_what_follows_from_it_is_not_compared():
    def last_anchors(metric, mask_gt, dialect):
        return refimpl.select_topk(metric[..., ::-1], mask_gt, dialect=dialect)[..., ::-1]

    assert faults("x3-topk-all-zero", last_anchors) == []
    assert faults("topk-equal-metrics", last_anchors) == []
    assert faults("topk-distinct", last_anchors) == []
    assert faults("x3-scores-of-zero", of_reference("assign", lambda a: a._replace(fg_mask=a.fg_mask[:, ::-1]))) == []
    second = of_reference("assign", lambda a: a._replace(target_gt_idx=1 - a.target_gt_idx, target_labels=1 - a.target_labels))
    assert faults("x8-two-equal-boxes", second) == []


def test_a_wrong_shape_is_a_fault_and_not_an_error():
    assert "expected shape (1,), got ()" in faults("ciou-nested", lambda *values: 0.61121)[0]


def test_an_answer_just_past_its_bound_is_wrong_and_one_at_it_is_right():
    tensors = read_case(HOME, ENTRIES["ciou-nested"])
    value, bound = tensors["out.values"], tensors["out.values.bound32"]

    assert rules.faults("ciou", tensors, {"values": value + bound * 0.999}, "float32") == []
    assert rules.faults("ciou", tensors, {"values": value + bound * 1.001}, "float32")
    assert rules.faults("ciou", tensors, {"values": value * np.nan}, "float32")
