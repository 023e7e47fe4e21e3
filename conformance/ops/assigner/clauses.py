"""TAL: the Task-Aligned Assigner, op by op and as a whole.

`assign` shows only owners and targets. Its discrete steps are judged by looking for legal claims that explain the
owners; labels, boxes and scores are then judged on the candidate's own decision.
"""

from __future__ import annotations

from typing import Any, Tuple

import numpy as np

from conformance.judging.clause import TOOD, YOLOV8, Body, clause
from conformance.judging.judge import Judge
from conformance.ops.assigner import legal_sets
from conformance.ops.assigner.legal_scenes import certain_claims, inside_bounds, owned, scenes
from conformance.ops.bodies import values
from refimpl.alignment import edge_distance
from refimpl.targets import PaddedTargets


def strictly_inside(answer: Any, case: Any, judge: Judge) -> None:
    boxes, points = (case.rounded(judge.precision)[name] for name in ("gt_bboxes", "anchor_points"))
    for b, g, _ in np.argwhere(case.mask_gt):
        must, may = inside_bounds(edge_distance(points, boxes[b, g], dialect=case.dialect), case.dialect)
        judge.decisions(f"inside[{b}, {g}]", answer.inside[b, g], must, may)


def k_largest(answer: Any, case: Any, judge: Judge) -> None:
    claimed = judge.mask("claimed", answer.claimed)
    for b, g, _ in np.argwhere(case.mask_gt):
        if not legal_sets.legal_topk(case.metric[b, g], case.dialect.topk, claimed[b, g], case.dialect.claim_above):
            chosen = np.flatnonzero(claimed[b, g])
            judge.fail(f"claimed[{b}, {g}]: anchors {chosen} are not {case.dialect.topk} largest of {case.metric[b, g]}")
        judge.decided(1)


def owner_is_largest_overlap(answer: Any, case: Any, judge: Judge) -> None:
    claims, u, above = case.mask_pos, case.overlaps, case.dialect.owner_above
    fg, owner = judge.mask("fg_mask", answer.fg_mask), answer.target_gt_idx
    expected = np.zeros(fg.shape, bool)
    for b, a in np.argwhere(claims.any(axis=1)):
        allowed = _owners(claims[b, :, a], u[b, :, a], case.dialect.owner_among)
        expected[b, a] = above is None or u[b, allowed[0], a] > above
        if fg[b, a] and owner[b, a] not in allowed:
            judge.fail(f"target_gt_idx[{b}, {a}]: expected one of {allowed}, got {owner[b, a]}")
        judge.decided(1)
    judge.equal("fg_mask", fg, expected)
    owned_by = (owner[:, np.newaxis] == np.arange(claims.shape[1])[:, np.newaxis]) & fg[:, np.newaxis]
    judge.equal("mask_pos", answer.mask_pos, owned_by)


def _owners(claimed: np.ndarray, u: np.ndarray, among: str) -> np.ndarray:
    """Who may own an anchor by exactly known overlaps (G,)."""
    if claimed.sum() == 1:
        return np.flatnonzero(claimed)
    pool = claimed if among == "claimants" else np.ones_like(claimed)
    return np.flatnonzero(pool & (u == u[pool].max()))


def observed(answer: Any, case: Any, judge: Judge) -> np.ndarray:
    """The candidate's owners (B, A), −1 on background, its indices checked on the foreground."""
    fg = judge.mask("fg_mask", answer.fg_mask)
    owner = np.asarray(answer.target_gt_idx, np.float64)[fg]
    if not np.isin(owner, np.arange(case.gt_bboxes.shape[1])).all():
        judge.fail(f"target_gt_idx: expected 0…{case.gt_bboxes.shape[1] - 1} on the foreground, got {owner}")
    owners = np.full(fg.shape, -1)
    owners[fg] = owner
    return owners


def legal_view(answer: Any, case: Any, judge: Judge) -> Tuple[Any, np.ndarray, Any, Any]:
    """Alignment with bounds, the candidate's owners, and for each image the clause its owners break, or None."""
    alignment, images = judge.expected(
        lambda: scenes(*case.rounded(judge.precision).values(), dialect=case.dialect), "scenes"
    )
    owners = observed(answer, case, judge)
    broken = [
        legal_sets.broken_clause(scene, owners[b]) or weight_from_outside(scene, owners[b], answer.target_scores[b])
        for b, scene in enumerate(images)
    ]
    return alignment, owners, broken, images


def weight_from_outside(scene: Any, owner: np.ndarray, scores: np.ndarray) -> Any:
    """A contested anchor that overlaps none of its boxes may go to any row, but then it has no weight."""
    for a in np.flatnonzero((owner >= 0) & scores.any(axis=-1)):
        if scene.dialect.outside_metric == "zero" and scene.dialect.claims_inside and not scene.inside[owner[a], a]:
            return "TAL-5", f"anchor {a}: gt {owner[a]} does not contain it, and its target score is not 0"
    return None


def owners(id: str) -> Body:
    """The owners break this clause, or not; one broken by an earlier step is left to that step's clause."""

    def body(answer: Any, case: Any, judge: Judge) -> None:
        _, owner, broken, _ = judge.once("legal view", lambda: legal_view(answer, case, judge))
        for b, found in enumerate(broken):
            if found and found[0] == id:
                judge.fail(f"image {b}, {found[1]}")
            if found is None:
                judge.decided(len(owner[b]))

    return body


def carries_its_owner(answer: Any, case: Any, judge: Judge) -> None:
    """Where the owner is a box: a row that is masked may win a tie of overlaps at 0, and what it holds is not read."""
    owner = observed(answer, case, judge)
    for b, a in np.argwhere(owner >= 0):
        if not case.mask_gt[b, owner[b, a], 0]:
            continue
        judge.equal(f"target_labels[{b}, {a}]", answer.target_labels[b, a], case.gt_labels[b, owner[b, a], 0])
        judge.equal(f"target_bboxes[{b}, {a}]", answer.target_bboxes[b, a], case.gt_bboxes[b, owner[b, a]])


def scaled_to_the_best_overlap(answer: Any, case: Any, judge: Judge) -> None:
    alignment, owner, broken, images = judge.once("legal view", lambda: legal_view(answer, case, judge))
    arguments = case.rounded(judge.precision)
    gt = PaddedTargets(*(arguments[name] for name in PaddedTargets._fields))
    for b in np.flatnonzero([found is None for found in broken]):
        targets = owned(alignment, owner[b], gt, slice(b, b + 1), case.dialect, certain_claims(images[b]))
        judge.values(f"target_scores[{b}]", answer.target_scores[b], targets.target_scores[0])


CLAUSES = (
    clause(
        "TAL-1",
        "An anchor is a candidate of a box only if it lies strictly inside it.",
        "inside = [min(x − x1, y − y1, x2 − x, y2 − y) > inside_eps]; short sides are first widened as `widen_gts` says",
        f"{TOOD} section 3.2; {YOLOV8}; seed 000",
        candidates_in_gts=strictly_inside,
        assign=owners("TAL-1"),
    ),
    clause(
        "TAL-2",
        "The overlap of a candidate is its CIoU with the ground truth, not below 0; off the mask it is 0.",
        "u = max(0, CIoU(gt, prediction)) where mask, else 0",
        YOLOV8,
        alignment_metric=values(of="overlaps"),
    ),
    clause(
        "TAL-3",
        "The metric of a candidate is its score for the class of the ground truth times its overlap, as powers.",
        "t = s[label]^α · u^β where mask, else 0",
        f"{TOOD} eq. 1; {YOLOV8}",
        alignment_metric=values(of="metric"),
    ),
    clause(
        "TAL-4",
        "Each ground truth claims exactly the k anchors with the largest metric, zero or not; ties are free.",
        "|S| = k, min over S of t ≥ max outside S of t",
        f"{TOOD} section 3.2; {YOLOV8}",
        select_topk=k_largest,
        assign=owners("TAL-4"),
    ),
    clause(
        "TAL-5",
        "An anchor claimed by several ground truths goes to the one of all it overlaps most; others keep theirs.",
        "owner = argmax over all g of u[g, a] where Σ_g claimed[g, a] ≥ 2, else the one that claims it",
        YOLOV8,
        resolve_conflicts=owner_is_largest_overlap,
        assign=owners("TAL-5"),
    ),
    clause(
        "TAL-6",
        "A foreground anchor carries the label and the box of its owner.",
        "target_labels = gt_labels[owner], target_bboxes = gt_bboxes[owner]",
        YOLOV8,
        assign=carries_its_owner,
    ),
    clause(
        "TAL-7",
        "The target score is the metric scaled to the best overlap of the owner, at the owner's class; 0 elsewhere.",
        "score = t · max_P u / (max_P t + norm_eps), maxima over the anchors the owner ends up with",
        f"{TOOD} section 3.2; {YOLOV8}",
        assign=scaled_to_the_best_overlap,
    ),
)
