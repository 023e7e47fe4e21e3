"""The Task-Aligned Assigner on one image (arXiv:2108.07755, section 3.2), 50 digits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from refimpl.oracle.geometry import is_candidate
from refimpl.oracle.overlap import ciou
from refimpl.oracle.padding import Slot
from refimpl.oracle.scalars import MP, exact, real


class Assignment(NamedTuple):
    """Who owns each anchor (None is background), the target score of each, and the tables [g][a] they come from."""

    owners: list[int | None]
    scores: list[Any]
    metric: list[list[Any]]
    overlaps: list[list[Any]]
    claims: list[list[bool]]


def alignment(score: Any, gt_box: Sequence[Any], predicted: Sequence[Any], dialect: Any) -> tuple[Any, Any]:
    """(t, u) of one gt and one anchor: u = max(ciou, 0), t = s^alpha u^beta (equation 1)."""
    u = max(ciou(gt_box, predicted, dialect.iou_eps), MP.mpf(0))
    return real(score) ** real(dialect.alpha) * u ** real(dialect.beta), u


def select_topk(metric: Sequence[Any], k: int) -> set[int]:
    """The k anchors of largest metric for one gt. Of equal metrics the lower index goes first; a metric of 0 is no obstacle."""
    order = sorted(range(len(metric)), key=lambda a: (-exact(metric[a]), a))
    return set(order[:k])


def resolve_conflicts(claims: Sequence[Sequence[bool]], overlaps: Sequence[Sequence[Any]]) -> list[int | None]:
    """The one owner of each anchor: nobody, its sole claimant, or, of two or more, the gt of largest overlap with it.

    The largest is looked for among all gts, claimants or not; of equal overlaps the lower gt wins.
    """
    owners: list[int | None] = []
    for a in range(len(claims[0]) if claims else 0):
        claimants = [g for g in range(len(claims)) if claims[g][a]]
        if len(claimants) > 1:
            owners.append(max(range(len(claims)), key=lambda g: (exact(overlaps[g][a]), -g)))
        else:
            owners.append(claimants[0] if claimants else None)
    return owners


def normalised_scores(owners: Sequence[int | None], metric: Any, overlaps: Any, norm_eps: float) -> list[Any]:
    """t rescaled so that the best anchor of each gt scores its best overlap: t max(u) / (max(t) + eps), over the gt's anchors."""
    scores = []
    for a, g in enumerate(owners):
        if g is None:
            scores.append(MP.mpf(0))
            continue
        owned = [other for other, owner in enumerate(owners) if owner == g]
        best_metric = max(real(metric[g][other]) for other in owned)
        best_overlap = max(real(overlaps[g][other]) for other in owned)
        scores.append(real(metric[g][a]) * best_overlap / (best_metric + real(norm_eps)))
    return scores


def assign(scores: Any, boxes: Any, anchors: Any, slots: Sequence[Slot], dialect: Any) -> Assignment:
    """Give each anchor of one image to at most one gt.

    Parameters
    ----------
    scores : [a][c], probabilities
    boxes : [a][4], px, predicted
    anchors : [a][2], px
    slots : the image's ground truth
    dialect : read for alpha, beta, topk, the three eps, min_gt_side and claims_inside
    """
    metric, overlaps, claims = [], [], []
    for label, gt_box, valid in slots:
        inside = [valid and is_candidate(anchor, gt_box, dialect.inside_eps, dialect.min_gt_side) for anchor in anchors]
        pairs = [
            alignment(scores[a][label], gt_box, boxes[a], dialect) if inside[a] else (MP.mpf(0), MP.mpf(0))
            for a in range(len(anchors))
        ]
        metric.append([t for t, _ in pairs])
        overlaps.append([u for _, u in pairs])
        kept = select_topk(metric[-1], dialect.topk)
        claims.append([valid and a in kept and (inside[a] or not dialect.claims_inside) for a in range(len(anchors))])
    owners = resolve_conflicts(claims, overlaps) if slots else [None] * len(anchors)
    return Assignment(owners, normalised_scores(owners, metric, overlaps, dialect.norm_eps), metric, overlaps, claims)
