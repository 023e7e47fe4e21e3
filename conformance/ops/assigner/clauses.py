"""TAL: the Task-Aligned Assigner, op by op and as a whole.

`assign` shows only owners and targets. Its discrete steps are judged by looking for legal claims that explain the
owners; labels, boxes and scores are then judged on the candidate's own decision.
"""

import numpy as np

import refimpl
from conformance.ops.assigner import legal_sets as legal
from conformance.ops import cases as strategies
from conformance.ops.head.legal_batches import owned, scenes
from conformance.suite.examination import clause
from refimpl.alignment import edge_distance
from refimpl.targets import PaddedTargets


@clause("TAL-1", op="candidates_in_gts", cases=strategies.CANDIDATES)
def test_only_anchors_strictly_inside_a_box_are_its_candidates(answer, case, judge):
    boxes, points = (case.rounded(judge.precision)[name] for name in ("gt_bboxes", "anchor_points"))

    for b, g, _ in np.argwhere(case.mask_gt):
        distance = edge_distance(points, boxes[b, g], dialect=case.dialect)
        judge.truths(f"inside[{b}, {g}]", answer.inside[b, g], distance, above=case.dialect.inside_eps)


def aligned(case, judge):
    return judge.expected(
        lambda: refimpl.alignment_metric(**case.rounded(judge.precision), dialect=case.dialect), "alignment"
    )


@clause("TAL-2", op="alignment_metric", cases=strategies.ALIGNMENTS)
def test_overlap_is_ciou_not_below_zero(answer, case, judge):
    expected = aligned(case, judge)

    judge.values("overlaps", answer.overlaps, expected.overlaps)


@clause("TAL-3", op="alignment_metric", cases=strategies.ALIGNMENTS)
def test_metric_is_score_to_alpha_times_overlap_to_beta(answer, case, judge):
    expected = aligned(case, judge)

    judge.values("metric", answer.metric, expected.metric)


@clause("TAL-4", op="select_topk", cases=strategies.METRICS)
def test_each_box_claims_the_k_largest_metrics(answer, case, judge):
    claimed = judge.mask("claimed", answer.claimed)

    for b, g, _ in np.argwhere(case.mask_gt):
        if not legal.legal_topk(case.metric[b, g], case.dialect.topk, claimed[b, g]):
            chosen = np.flatnonzero(claimed[b, g])
            judge.fail(f"claimed[{b}, {g}]: anchors {chosen} are not {case.dialect.topk} largest of {case.metric[b, g]}")
        judge.decided(1)


@clause("TAL-5", op="resolve_conflicts", cases=strategies.CLAIMS)
def test_a_contested_anchor_goes_to_the_largest_overlap(answer, case, judge):
    claims, u = case.mask_pos, case.overlaps
    fg, owner = judge.mask("fg_mask", answer.fg_mask), answer.target_gt_idx

    judge.equal("fg_mask", fg, claims.any(axis=1))
    for b, a in np.argwhere(fg):
        allowed = np.flatnonzero(claims[b, :, a] if claims[b, :, a].sum() == 1 else u[b, :, a] == u[b, :, a].max())
        if owner[b, a] not in allowed:
            judge.fail(f"target_gt_idx[{b}, {a}]: expected one of {allowed}, got {owner[b, a]}")
        judge.decided(1)
    owned_by = (owner[:, np.newaxis] == np.arange(claims.shape[1])[:, np.newaxis]) & fg[:, np.newaxis]
    judge.equal("mask_pos", answer.mask_pos, owned_by)


def observed(answer, case, judge):
    """The candidate's owners (B, A), −1 on background, its indices checked on the foreground."""
    fg = judge.mask("fg_mask", answer.fg_mask)
    owner = np.asarray(answer.target_gt_idx, np.float64)[fg]
    if not np.isin(owner, np.arange(case.gt_bboxes.shape[1])).all():
        judge.fail(f"target_gt_idx: expected 0…{case.gt_bboxes.shape[1] - 1} on the foreground, got {owner}")
    owners = np.full(fg.shape, -1)
    owners[fg] = owner
    return owners


def legal_view(answer, case, judge):
    """Alignment with bounds, the candidate's owners, and for each image the clause its owners break, or None."""
    alignment, images = judge.expected(
        lambda: scenes(*case.rounded(judge.precision).values(), dialect=case.dialect), "scenes"
    )
    owners = observed(answer, case, judge)
    broken = [
        legal.broken_clause(scene, owners[b]) or weight_from_outside(scene, owners[b], answer.target_scores[b])
        for b, scene in enumerate(images)
    ]
    return alignment, owners, broken


def weight_from_outside(scene, owner, scores):
    """A contested anchor that overlaps none of its boxes may go to any row, but then it has no weight."""
    for a in np.flatnonzero((owner >= 0) & scores.any(axis=-1)):
        if scene.dialect.claims_inside and not scene.inside[owner[a], a]:
            return "TAL-5", f"anchor {a}: gt {owner[a]} does not contain it, and its target score is not 0"
    return None


def judge_owners(id, answer, case, judge):
    """The owners break this clause, or not; one broken by an earlier step is left to that step's clause."""
    _, owners, broken = judge.once("legal view", lambda: legal_view(answer, case, judge))
    for b, found in enumerate(broken):
        if found and found[0] == id:
            judge.fail(f"image {b}, {found[1]}")
        if found is None:
            judge.decided(len(owners[b]))


@clause("TAL-1", op="assign", cases=strategies.ASSIGNMENTS)
def test_no_anchor_is_assigned_a_box_that_does_not_contain_it(answer, case, judge):
    judge_owners("TAL-1", answer, case, judge)


@clause("TAL-4", op="assign", cases=strategies.ASSIGNMENTS)
def test_every_box_is_assigned_the_candidates_it_claims(answer, case, judge):
    judge_owners("TAL-4", answer, case, judge)


@clause("TAL-5", op="assign", cases=strategies.ASSIGNMENTS)
def test_a_contested_anchor_is_assigned_the_largest_overlap(answer, case, judge):
    judge_owners("TAL-5", answer, case, judge)


@clause("TAL-6", op="assign", cases=strategies.ASSIGNMENTS)
def test_foreground_carries_label_and_box_of_its_owner(answer, case, judge):
    owners = observed(answer, case, judge)

    for b, a in np.argwhere(owners >= 0):
        judge.equal(f"target_labels[{b}, {a}]", answer.target_labels[b, a], case.gt_labels[b, owners[b, a], 0])
        judge.equal(f"target_bboxes[{b}, {a}]", answer.target_bboxes[b, a], case.gt_bboxes[b, owners[b, a]])


@clause("TAL-7", op="assign", cases=strategies.ASSIGNMENTS)
def test_target_scores_are_metrics_scaled_to_the_best_overlap(answer, case, judge):
    alignment, owners, broken = judge.once("legal view", lambda: legal_view(answer, case, judge))
    arguments = case.rounded(judge.precision)
    gt = PaddedTargets(*(arguments[name] for name in PaddedTargets._fields))

    for b in np.flatnonzero([found is None for found in broken]):
        targets = owned(alignment, owners[b], gt, slice(b, b + 1), case.dialect)
        judge.values(f"target_scores[{b}]", answer.target_scores[b], targets.target_scores[0])
