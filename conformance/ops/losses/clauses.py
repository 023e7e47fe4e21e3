"""BCE, DFL, BOX, DET: the losses."""

import numpy as np

import refimpl
from conformance.judging import licences
from conformance.ops import cases as strategies
from conformance.ops.head.legal_batches import legal_losses
from conformance.suite.examination import clause
from conformance.judging.rounding import Rounded


@clause("BCE-1", op="bce_loss", cases=strategies.LOGIT_TARGETS)
def test_bce_is_the_cross_entropy_of_a_logit(answer, case, judge):
    arguments = case.rounded(judge.precision)
    expected = judge.expected(
        lambda: licences.widened(refimpl.bce_loss(**arguments), licences.bce_slack(arguments["logits"]))
    )

    judge.values("loss", answer.loss, expected)


def expected_of(function, case, judge, name):
    """What the reference gives, on error-carrying numbers."""
    return judge.expected(lambda: function(**case.rounded(judge.precision), dialect=case.dialect), name)


@clause("DFL-1", op="dfl_loss", cases=strategies.BIN_TARGETS)
def test_dfl_weights_the_two_nearest_bins_linearly(answer, case, judge):
    judge.values("loss", answer.loss, expected_of(refimpl.dfl_loss, case, judge, "loss"))


@clause("DFL-2", op="dfl_loss", cases=strategies.OUTSIDE_BIN_TARGETS)
def test_dfl_targets_are_clamped_into_the_bins(answer, case, judge):
    judge.values("loss", answer.loss, expected_of(refimpl.dfl_loss, case, judge, "loss"))


@clause("BOX-1", op="bbox_loss", cases=strategies.FOREGROUNDS)
def test_box_loss_is_one_minus_ciou_weighted_by_target_scores(answer, case, judge):
    judge.values("box", answer.box, expected_of(refimpl.bbox_loss, case, judge, "losses").box)


@clause("BOX-2", op="bbox_loss", cases=strategies.FOREGROUNDS)
def test_dfl_term_is_weighted_by_target_scores(answer, case, judge):
    judge.values("dfl", answer.dfl, expected_of(refimpl.bbox_loss, case, judge, "losses").dfl)


def judge_component(answer, case, judge, index, name):
    """One component equals that of a legal assignment of the batch; each assignment is an expectation of its own."""
    losses = judge.expected(lambda: legal_losses(case, judge.precision), "legal losses")
    judge.values(name, answer.components[index], *(components[index] for components in losses))


@clause("DET-1", op="detection_loss", cases=strategies.BATCHES)
def test_first_component_is_the_box_loss(answer, case, judge):
    judge_component(answer, case, judge, 0, "components[0] (box)")


@clause("DET-2", op="detection_loss", cases=strategies.BATCHES)
def test_second_component_is_the_classification_loss_of_all_anchors(answer, case, judge):
    judge_component(answer, case, judge, 1, "components[1] (cls)")


@clause("DET-3", op="detection_loss", cases=strategies.BATCHES)
def test_third_component_is_the_distribution_loss(answer, case, judge):
    judge_component(answer, case, judge, 2, "components[2] (dfl)")


@clause("DET-4", op="detection_loss", cases=strategies.BATCHES)
def test_total_is_the_sum_of_the_components_times_the_batch(answer, case, judge):
    components = Rounded(np.asarray(answer.components, np.float64), judge.precision)

    judge.values("total", answer.total, len(case.feature_maps[0]) * components.sum())
