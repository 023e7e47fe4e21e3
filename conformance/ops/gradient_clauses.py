"""Gradients: what each op sends back to its arguments, at kinks any mean of the one-sided derivatives."""

import functools

import numpy as np

import refimpl
from conformance.judging import licences
from conformance.ops import cases as strategies
from conformance.ops.head.legal_batches import legal_gradients
from conformance.judging.judge import Broken
from conformance.suite.examination import clause
from conformance.judging.rounding import KINKS, Rounded
from refimpl.detection import split_predictions


def in_precision(vjp, case):
    """The gradient as a function of the precision, computed once in each."""
    return functools.lru_cache(maxsize=None)(lambda precision: vjp(**case.rounded(precision), dialect=case.dialect))


@clause("DEC-1g", op="dist2bbox", cases=strategies.DISTANCE_GRADIENTS)
def test_corners_pull_at_their_distances(answer, case, judge):
    judge.gradient("gradient by distance", answer.distance, judge.expected(lambda: in_precision(refimpl.dist2bbox_vjp, case)))


@clause("DEC-3g", op="decode_boxes", cases=strategies.DISTRIBUTION_GRADIENTS)
def test_an_expectation_pulls_at_its_logits(answer, case, judge):
    form = judge.expected(lambda: in_precision(refimpl.decode_boxes_vjp, case))
    judge.gradient("gradient by pred_dist", answer.pred_dist, form, span=np.abs(case.cotangent).max())


def judge_pairs(answer, case, judge, *vjps):
    forms = judge.expected(lambda: [in_precision(vjp, case) for vjp in vjps])
    for i, name in enumerate(answer._fields):
        judge.gradient(f"gradient by {name}", answer[i], *(lambda p, form=form: form(p)[i] for form in forms))
    judge_common_shift(answer, judge, forms)


def judge_common_shift(answer, judge, forms):
    """Moved together, two boxes overlap as before: at a kink the one takes what the other does not."""
    pull = np.concatenate(answer, axis=1, dtype=np.float64)
    legal, error = (
        np.stack([np.concatenate([x.error for x in form(precision)], axis=1) for form in forms])
        for precision in (KINKS, judge.precision)
    )
    at_kinks = (legal > 0).any(axis=(0, 2)) & np.isfinite(error).all(axis=(0, 2))
    rounding = error - legal + 2 * judge.precision.u * np.abs(pull)
    got, bounds = (x[..., at_kinks, :].reshape(*x.shape[:-2], -1, 4, 2).sum(axis=-2) for x in (pull, rounding))
    expected = [Rounded(np.zeros_like(bound), judge.precision, bound) for bound in bounds]
    judge.values("gradient by a shift of both boxes", got, *expected, span=np.inf)


@clause("IOU-1g", op="iou", cases=strategies.PAIR_GRADIENTS)
def test_iou_pulls_at_both_boxes(answer, case, judge):
    judge_pairs(answer, case, judge, refimpl.iou_vjp)


@clause("IOU-2g", op="giou", cases=strategies.PAIR_GRADIENTS)
def test_giou_pulls_at_both_boxes(answer, case, judge):
    judge_pairs(answer, case, judge, refimpl.giou_vjp)


@clause("IOU-3g", op="diou", cases=strategies.PAIR_GRADIENTS)
def test_diou_pulls_at_both_boxes(answer, case, judge):
    judge_pairs(answer, case, judge, refimpl.diou_vjp)


@clause("IOU-4g", op="ciou", cases=strategies.PAIR_GRADIENTS)
def test_ciou_pulls_at_both_boxes(answer, case, judge):
    judge_pairs(answer, case, judge, refimpl.ciou_vjp, licences.ciou_vjp_by_arctan2)


@clause("BCE-1g", op="bce_loss", cases=strategies.LOGIT_GRADIENTS)
def test_a_logit_learns_its_probability_less_the_target(answer, case, judge):
    g = np.abs(case.cotangent)
    legal, slack = (g * x for x in licences.bce_gradient_slack(case.logits, judge.precision))
    form = judge.expected(lambda: in_precision(refimpl.bce_loss_vjp, case))
    expected = licences.widened(form(judge.precision), legal + slack)

    judge.values("gradient by logits", answer.logits, expected, span=g, legal=legal)


@clause("DFL-1g", op="dfl_loss", cases=strategies.BIN_GRADIENTS)
def test_bins_learn_their_probability_less_their_weight(answer, case, judge):
    span = np.abs(case.cotangent).max(initial=0)
    form = judge.expected(lambda: in_precision(refimpl.dfl_loss_vjp, case))
    judge.gradient("gradient by pred_dist", answer.pred_dist, form, span=span)


def judge_foreground(answer, case, judge, name):
    form = judge.expected(lambda: in_precision(refimpl.bbox_loss_vjp, case), "gradient")
    judge.gradient(f"gradient by {name}", getattr(answer, name), lambda precision: getattr(form(precision), name))


@clause("BOX-1g", op="bbox_loss", cases=strategies.FOREGROUND_GRADIENTS)
def test_box_loss_pulls_at_foreground_boxes(answer, case, judge):
    judge_foreground(answer, case, judge, "pred_bboxes")


@clause("BOX-2g", op="bbox_loss", cases=strategies.FOREGROUND_GRADIENTS)
def test_dfl_term_pulls_at_foreground_bins(answer, case, judge):
    judge_foreground(answer, case, judge, "pred_dist")


def judge_channels(answer, case, judge, name, part, of):
    """Channels of the feature maps carry the gradient of a legal assignment of the batch.

    `part` takes (B, A, 4R + C) apart into bins and logits; `of(batch)` is the mask of the values that are judged.
    """
    batches = judge.expected(lambda: legal_gradients(case, judge.precision), "legal gradients")
    got = split_predictions([x.astype(np.float64) for x in answer.feature_maps], dialect=case.dialect)[part]
    broken = []
    for batch in batches:
        expected, legal, at = (batch.bins, batch.logits)[part], batch.legal[part], of(batch)
        span = np.abs(expected.value).max()
        try:
            return judge.values(f"gradient by {name}", got, expected, span=span, legal=legal, among=at)
        except Broken as error:
            broken.append(error)
    raise Broken(f"{broken[0]}\n{_place(case, broken[0].finding.values[0].at, part)}", broken[0].finding)


def _place(case, at, part):
    """Where a value stands in the feature maps, in words, by its index (image, anchor, channel) among bins or logits."""
    image, anchor, channel = at
    ends = np.cumsum([level[0, 0].size for level in case.feature_maps])
    level = int(np.searchsorted(ends, anchor, side="right"))
    y, x = divmod(anchor - (ends[level - 1] if level else 0), case.feature_maps[level].shape[3])
    side, bin = divmod(channel, case.dialect.reg_max)
    what = f"class {channel}" if part else f"bin {bin} of the {('left', 'top', 'right', 'bottom')[side]} side"
    channel += part * 4 * case.dialect.reg_max
    return f"that is feature_maps[{level}][{image}, {channel}, {y}, {x}]: {what}"


@clause("DET-1g", op="detection_loss", cases=strategies.BATCH_GRADIENTS)
def test_bins_learn_from_box_and_distribution_loss(answer, case, judge):
    judge_channels(answer, case, judge, "bins", 0, lambda batch: np.ones(batch.bins.shape, bool))


@clause("DET-2g", op="detection_loss", cases=strategies.BATCH_GRADIENTS)
def test_class_logits_learn_everywhere(answer, case, judge):
    judge_channels(answer, case, judge, "class logits", 1, lambda batch: ~batch.assigned)


@clause("DET-5g", op="detection_loss", cases=strategies.BATCH_GRADIENTS)
def test_nothing_flows_through_the_assigner(answer, case, judge):
    judge_channels(answer, case, judge, "assigned class logits", 1, lambda batch: batch.assigned)
