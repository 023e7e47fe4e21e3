"""The Task-Aligned Assigner on one image (arXiv:2108.07755, section 3.2), 50 digits, under any rules of a dialect."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

from refimpl.oracle.geometry import is_candidate, is_within_range
from refimpl.oracle.overlap import ciou, iou
from refimpl.oracle.padding import Slot
from refimpl.oracle.scalars import MP, real


class Assignment(NamedTuple):
    """Who owns each anchor (None is background), the target score of each, and the tables [g][a] they come from."""

    owners: list[int | None]
    scores: list[Any]
    metric: list[list[Any]]
    overlaps: list[list[Any]]
    claims: list[list[bool]]


def overlap_rules(rules: Any) -> Any:
    """The rules by which the overlap of the metric is measured: it may have an eps of its own."""
    fields = ("union_eps", "enclosing_eps", "negative_sides", "negative_hull", "ciou_range", "nan_is", "alpha_rule", "aspect_factor")
    own = {"iou_eps": rules.overlap_eps, "side_eps": rules.overlap_side_eps or rules.side_eps}
    return SimpleNamespace(**{field: getattr(rules, field) for field in fields}, **own)


def alignment(score: Any, gt_box: Sequence[Any], predicted: Sequence[Any], rules: Any) -> tuple[Any, Any]:
    """(t, u) of one gt and one anchor: u = max(ciou, 0), t = s^alpha u^beta (equation 1)."""
    measure = iou if rules.overlap == "iou" else ciou
    u = real(measure(gt_box, predicted, overlap_rules(rules)))
    if rules.overlap != "ciou_unclamped":
        u = max(u, MP.mpf(0))
    return real(score) ** real(rules.alpha) * abs(u) ** real(rules.beta), u


def select_topk(metric: Sequence[Any], k: int, above: Any = None) -> set[int]:
    """The k anchors of largest metric for one gt. Of equal metrics the lower index goes first; a metric of 0 is no obstacle,
    unless it has to be above something.
    """
    order = sorted(range(len(metric)), key=lambda a: (-real(metric[a]), a))
    return {a for a in order[:k] if above is None or real(metric[a]) > real(above)}


def resolve_conflicts(
    claims: Sequence[Sequence[bool]], overlaps: Sequence[Sequence[Any]], rules: Any = None
) -> list[int | None]:
    """The one owner of each anchor: nobody, its sole claimant, or, of two or more, the gt of largest overlap with it.

    The largest is looked for among all gts, claimants or not (or among claimants); of equal overlaps the lower gt wins.
    """
    only_claimants = rules is not None and rules.owner_among == "claimants"
    above = None if rules is None else rules.owner_above
    owners: list[int | None] = []
    for a in range(len(claims[0]) if claims else 0):
        claimants = [g for g in range(len(claims)) if claims[g][a]]
        owner = claimants[0] if claimants else None
        if len(claimants) > 1:
            rivals = claimants if only_claimants else range(len(claims))
            owner = max(rivals, key=lambda g: (real(overlaps[g][a]), -g))
        if owner is not None and above is not None and not real(overlaps[owner][a]) > real(above):
            owner = None
        owners.append(owner)
    return owners


def kept_by_metric(owners: Sequence[int | None], metric: Any, k: int) -> list[int | None]:
    """Each gt keeps those of its anchors that are among the k largest of its metrics, which count as 0 off its anchors."""
    left = list(owners)
    for g in {owner for owner in owners if owner is not None}:
        kept = select_topk([metric[g][a] if owner == g else 0 for a, owner in enumerate(owners)], k)
        left = [None if owner == g and a not in kept else owner for a, owner in enumerate(left)]
    return left


def normalised_scores(
    owners: Sequence[int | None], metric: Any, overlaps: Any, norm_eps: float, claims: Any = None, rules: Any = None
) -> list[Any]:
    """t rescaled so that the best anchor of each gt scores its best overlap: t max(u) / (max(t) + eps), over the gt's anchors."""
    over_claims = rules is not None and rules.normalised_over == "claimed"
    of_claimants = rules is not None and rules.score_of == "best_claimant"

    def scaled(a: int, g: int) -> Any:
        own = [other for other, owner in enumerate(owners) if (claims[g][other] if over_claims else owner == g)]
        best_metric = max((real(metric[g][other]) for other in own), default=MP.mpf(0))
        best_overlap = max((real(overlaps[g][other]) for other in own), default=MP.mpf(0))
        best_overlap = max(best_overlap, MP.mpf(0))  # Anchors that are not its own count as 0.
        return real(metric[g][a]) * best_overlap / (best_metric + real(norm_eps))

    scores = []
    for a, g in enumerate(owners):
        if g is None:
            scores.append(MP.mpf(0))
        elif of_claimants:
            scores.append(max(scaled(a, h) for h in range(len(metric)) if claims[h][a]))
        else:
            scores.append(scaled(a, g))
    return scores


def assign(
    scores: Any, boxes: Any, anchors: Any, slots: Sequence[Slot], dialect: Any, strides: Sequence[Any] | None = None
) -> Assignment:
    """Give each anchor of one image to at most one gt.

    Parameters
    ----------
    scores : [a][c], probabilities
    boxes : [a][4], px, predicted
    anchors : [a][2], px
    slots : the image's ground truth
    dialect : read for all that the assigner decides
    strides : [a], px per cell, for a dialect with a range limit
    """
    nothing = (MP.mpf(0), MP.mpf(0))
    inside, everywhere = [], []
    for label, box, valid in slots:
        inside.append([
            valid and is_candidate(anchor, box, dialect)
            and (not dialect.range_limit or is_within_range(anchor, box, strides[a], dialect.reg_max))
            for a, anchor in enumerate(anchors)
        ])  # fmt: skip
        seen = [valid and (looks_outside(dialect) or contained) for contained in inside[-1]]
        pairs = enumerate(seen)
        everywhere.append([alignment(scores[a][label], box, boxes[a], dialect) if look else nothing for a, look in pairs])
    tables = [[[pair[i] for pair in row] for row in everywhere] for i in (0, 1)]
    within = [[[x if k else MP.mpf(0) for x, k in zip(*rows)] for rows in zip(table, inside)] for table in tables]
    claims = [claims_of(g, slots[g].valid, tables[0][g], within[0][g], inside[g], dialect) for g in range(len(slots))]

    t, u = within if dialect.owner_among == "inside" else tables
    owners: list[int | None] = [None] * len(anchors)
    if slots:
        owners = resolve_conflicts(claims, u if dialect.owner_by == "overlap" else t, dialect)
    metric = tables[0] if dialect.outside_metric == "own" else within[0]
    if dialect.topk2 is not None:
        owners = kept_by_metric(owners, metric, dialect.topk2)
    overlaps = tables[1] if looks_outside(dialect) else within[1]
    normalised = normalised_scores(owners, metric, overlaps, dialect.norm_eps, claims, dialect)
    return Assignment(owners, normalised, within[0], within[1], claims)


def looks_outside(dialect: Any) -> bool:
    """Does anybody ask for the overlap of an anchor with a box that does not contain it?"""
    return dialect.owner_among == "all" or dialect.topk_among == "all_then_inside" or dialect.at_least_one


def claims_of(g: int, valid: bool, metric: Any, within: Any, inside: Sequence[bool], dialect: Any) -> list[bool]:
    """The claims of one gt: its k best, or its single best anchor where it would have none."""
    ranked = metric if dialect.topk_among == "all_then_inside" else within
    kept = select_topk(ranked, dialect.topk, dialect.claim_above) if valid else set()
    claims = [a in kept and (inside[a] or dialect.topk_among == "all") for a in range(len(inside))]
    if dialect.at_least_one and valid and not any(claims) and metric:
        best = max(range(len(metric)), key=lambda a: (metric[a], -a))
        claims[best] = metric[best] > 0
    return claims
