"""The gradient cases: autograd passes them at every kink, and what is right in value and wrong in gradient does not."""

import numpy as np
import pytest

import refimpl
from conformance.calling.candidate import Candidate
from conformance.calling.loading import load
from conformance.cases.protocol import GRADIENTS, OPS, vjp
from conformance.judging.rounding import PRECISIONS
from golden import rules
from golden.check import read_case
from golden.definitions import DEFINITIONS
from golden.store import HOME
from golden.tests.judging import ENTRIES, faults, of_reference
from refimpl import YOLOV8
from refimpl import oracle
from refimpl.oracle.frozen import filled

GRADIENT_OPS = {vjp(op): op for op in GRADIENTS}


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_the_autograd_of_a_correct_implementation_passes_every_case_of_a_constant_alpha(dtype):
    pytest.importorskip("torch")
    candidate = Candidate(load("conformance.candidates.dense_torch:factory"), YOLOV8, "dense_torch")
    judged = []
    offered = {vjp(op) for op in GRADIENTS if op in candidate.differentiable}
    for id, entry in ENTRIES.items():
        if entry.op not in offered or not entry.dialect.constant_alpha:
            continue
        op, tensors = GRADIENT_OPS[entry.op], read_case(HOME, entry)
        values, count = list(rules.arguments(entry.op, tensors).values()), len(OPS[op].arguments)

        answer = candidate.gradients(op, entry.dialect, values[:count], values[count:], PRECISIONS[dtype])

        named = rules.outputs(entry.op, answer if len(answer) > 1 else answer[0])
        assert rules.faults(entry.op, tensors, named, dtype) == [], id
        judged.append(entry.op)
    assert set(judged) == offered


def changed(op, change):
    """The reference's gradient, each of its arrays changed."""

    def each(answer):
        if isinstance(answer, tuple):
            return tuple(map(change, answer))
        return list(map(change, answer)) if isinstance(answer, list) else change(answer)

    return of_reference(op, each)


def nothing(x):
    return 0 * x


def doubled(x):
    return 2 * x


def not_a_number(x):
    return x + np.nan


def instead(op):
    """The gradient of another op."""
    return lambda *values: getattr(refimpl, op)(*values[:-1], dialect=values[-1])


def logits_clamped_to_30(logits, targets, cotangent, dialect):
    return np.where(np.abs(logits) > 30, 0, refimpl.bce_loss_vjp(logits, targets, cotangent))


def both_bins_clamped(pred_dist, target, cotangent, dialect):
    left = np.clip(np.floor(target), 0, dialect.reg_max - 1)
    inside = np.repeat((left < dialect.reg_max - 1) & (target >= 0), dialect.reg_max, axis=-1)
    return np.where(inside, refimpl.dfl_loss_vjp(pred_dist, target, cotangent, dialect=dialect), 0)


def probabilities_plus_epsilon(pred_dist, target, cotangent, dialect):
    shape = (len(pred_dist), 4, dialect.reg_max)
    p = np.exp(pred_dist.reshape(shape) - np.logaddexp.reduce(pred_dist.reshape(shape), axis=-1, keepdims=True))
    w = np.maximum(1 - np.abs(target[..., np.newaxis] - np.arange(dialect.reg_max)), 0)
    pull = -w / (p + 1e-10)
    slopes = p * (pull - (p * pull).sum(axis=-1, keepdims=True)) / 4
    return (cotangent[:, np.newaxis, np.newaxis] * slopes).reshape(pred_dist.shape)


def weights_clamped(*values):
    *arguments, dialect = values
    arguments[4] = np.maximum(arguments[4], 1e-6)
    return refimpl.bbox_loss_vjp(*arguments, dialect=dialect)


def scores_in_the_graph(feature_maps, targets, cotangent, dialect):
    """Right for the bins; class logits also move target scores and S."""
    right = refimpl.detection_loss_vjp(feature_maps, targets, cotangent, dialect=dialect)
    table, numbers = [level.tolist() for level in feature_maps], np.concatenate([level.ravel() for level in feature_maps])

    def total(x):
        return oracle.detection_loss(filled(table, iter(x)), targets.tolist(), dialect).total

    whole = np.array([float(cotangent * slope) for slope in oracle.gradient(total, numbers)]).reshape(right[0].shape)
    classes = np.arange(right[0].shape[1])[:, np.newaxis, np.newaxis] >= 4 * dialect.reg_max
    return [np.where(classes, whole, right[0])]


WRONG = {
    "gradient-dist2bbox-off-the-map": changed("dist2bbox_vjp", nothing),
    "gradient-decode-four-bins": changed("decode_boxes_vjp", nothing),
    "gradient-decode-saturated": changed("decode_boxes_vjp", lambda x: np.where(np.abs(x) < 1e-20, 0, x)),
    "gradient-iou-plain": changed("iou_vjp", doubled),
    "gradient-iou-touching": changed("iou_vjp", lambda x: 3 * x),
    "gradient-iou-apart": instead("giou_vjp"),
    "gradient-giou-plain": instead("iou_vjp"),
    "gradient-giou-shared-corners": changed("giou_vjp", lambda x: 3 * x),
    "gradient-diou-plain": instead("iou_vjp"),
    "gradient-diou-identical": changed("diou_vjp", not_a_number),
    "gradient-ciou-alpha-constant": of_reference("ciou_vjp", constant_alpha=False),
    "gradient-ciou-alpha-differentiated": of_reference("ciou_vjp", constant_alpha=True),
    "gradient-ciou-plain": instead("diou_vjp"),
    "gradient-ciou-shared-corners": changed("ciou_vjp", lambda x: 3 * x),
    "gradient-ciou-identical": changed("ciou_vjp", not_a_number),
    "gradient-ciou-point-inside": changed("ciou_vjp", lambda x: np.clip(x, -10, 10)),
    "gradient-ciou-no-width-no-height": changed("ciou_vjp", nothing),
    "gradient-ciou-below-minus-one": changed("ciou_vjp", nothing),
    "gradient-ciou-inverted": instead("diou_vjp"),
    "gradient-ciou-thousandth-px": of_reference("ciou_vjp", iou_eps=1e-9),
    "gradient-bce-both-signs": changed("bce_loss_vjp", lambda x: x / x.size),
    "gradient-bce-saturated": logits_clamped_to_30,
    "gradient-dfl-integer-targets": changed("dfl_loss_vjp", nothing),
    "gradient-dfl-four-unlike-sides": changed("dfl_loss_vjp", lambda x: 4 * x),
    "gradient-dfl-past-the-last-bin": both_bins_clamped,
    "gradient-dfl-confident-and-wrong": probabilities_plus_epsilon,
    "gradient-bbox-loss-two-positives": changed("bbox_loss_vjp", doubled),
    "gradient-bbox-loss-weight-of-zero": weights_clamped,
    "gradient-bbox-loss-no-foreground": changed("bbox_loss_vjp", not_a_number),
    "gradient-bbox-loss-far-apart": changed("bbox_loss_vjp", nothing),
    "gradient-detection-two-levels": changed("detection_loss_vjp", lambda x: x / 2),
    "gradient-detection-scores-outside-the-graph": scores_in_the_graph,
    "gradient-detection-contested-anchors": scores_in_the_graph,
    "gradient-detection-small-score-sum": changed("detection_loss_vjp", doubled),
    "gradient-detection-no-targets": changed("detection_loss_vjp", nothing),
    "gradient-deltas-back": changed("decode_deltas_vjp", doubled),
    "gradient-roi-pool": changed("roi_max_pool_vjp", doubled),
    "gradient-roi-align": changed("roi_align_vjp", doubled),
    "gradient-detection-alpha-differentiated": of_reference("detection_loss_vjp", constant_alpha=True),
    "gradient-two-heads": lambda *values: of_reference("end_to_end_loss_vjp")(*values)[::-1],
}


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("id", WRONG)
def test_a_wrong_gradient_fails_the_case_that_names_its_bug(id, dtype):
    assert faults(id, WRONG[id], dtype)


def test_every_gradient_case_is_failed_by_a_wrong_gradient():
    assert set(WRONG) == {definition.id for definition in DEFINITIONS if definition.op in GRADIENT_OPS}


@pytest.mark.parametrize(
    "answer",
    [
        lambda *values: of_reference("detection_loss_vjp", box_gain=0.0)(*values),
        lambda *values: of_reference("detection_loss_vjp")(*values)[::-1],
    ],
    ids=["decode outside the graph", "levels swapped"],
)
def test_bins_that_learn_from_dfl_alone_and_levels_in_another_order_are_wrong(answer):
    assert faults("gradient-detection-two-levels", answer)


def test_at_a_kink_every_mean_of_the_one_sided_derivatives_is_right():
    def touching(share):
        def answer(boxes1, boxes2, cotangent, dialect):
            middle = refimpl.iou_vjp(boxes1, boxes2, cotangent, dialect=dialect)
            return tuple(2 * share * x for x in middle)

        return answer

    assert [bool(faults("gradient-iou-touching", touching(share))) for share in (0, 0.25, 1, 1.1)] == [False] * 3 + [True]
