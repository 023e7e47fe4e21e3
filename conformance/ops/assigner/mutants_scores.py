"""Faults in the soft targets of the assigner."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import having, under

Array = np.ndarray


class Steps(NamedTuple):
    """What the assigner found on the way: metric, overlap, inside, claimed, owned (B, G, A)."""

    metric: Array
    overlap: Array
    inside: Array
    claimed: Array
    owned: Array


def rescored(self, arguments, factor):
    """The right assignment, with the scores that `factor(steps)` (B, G, A) gives to the class of each box."""
    seen = {}

    def rate(right, *arguments):
        seen["inside"] = arguments[-1]
        seen["metric"], seen["overlap"] = right(*arguments)
        return seen["metric"], seen["overlap"]

    def resolve(right, mask_pos, overlaps):
        owner, fg_mask, owned = right(mask_pos, overlaps)
        seen["claimed"], seen["owned"] = mask_pos, owned
        return owner, fg_mask, owned

    labels, boxes, _, fg_mask, owner = having(self, alignment_metric=rate, resolve_conflicts=resolve).assign(*arguments)
    one_hot = arguments[3] == np.arange(self.dialect.num_classes)
    return labels, boxes, factor(Steps(**seen)).swapaxes(1, 2) @ one_hot, fg_mask, owner


def best(values, among, axis=-1):
    """The largest of the values among some."""
    return (values * among).max(axis=axis, keepdims=True, initial=0)


def normalised(self, steps, *, by=None, scale=None):
    """The metric of each positive over the best metric of its box, times the best overlap; either one exchanged."""
    metric, overlap, _, _, owned = steps
    by = best(metric, owned) if by is None else by
    scale = best(overlap, owned) if scale is None else scale
    return metric * owned * (scale / (by + self.dialect.norm_eps))


@mutant(
    "assign", "the best metric and overlap of a box count anchors it lost to another", "TAL-7",
    seen="keras-cv, yolocpp before d09614d",
)  # fmt: skip
def maxima_over_claims(self, right, *arguments):
    def factor(s):
        return normalised(self, s, by=best(s.metric, s.claimed), scale=best(s.overlap, s.claimed))

    return rescored(self, arguments, factor)


@mutant("assign", "the best metric and overlap of a box leave out an anchor it owns without a claim", "TAL-7")
def maxima_without_unclaimed(self, right, *arguments):
    def factor(s):
        kept = s.owned & s.claimed
        return normalised(self, s, by=best(s.metric, kept), scale=best(s.overlap, kept))

    return rescored(self, arguments, factor)


@mutant("assign", "the best metric and overlap of a box count all anchors inside it", "TAL-7", seen="public rewrites")
def maxima_over_candidates(self, right, *arguments):
    def factor(s):
        return normalised(self, s, by=best(s.metric, s.inside), scale=best(s.overlap, s.inside))

    return rescored(self, arguments, factor)


@mutant("assign", "target scores are not scaled by the best overlap of the box", "TAL-7", seen="public rewrites")
def max_iou_factor_missing(self, right, *arguments):
    return rescored(self, arguments, lambda s: normalised(self, s, scale=1))


@mutant("assign", "metrics are normalised per anchor, not per box", "TAL-7", seen="public rewrites")
def normalised_per_anchor(self, right, *arguments):
    def factor(s):
        return normalised(self, s, by=best(s.metric, s.owned, 1), scale=best(s.overlap, s.owned, 1))

    return rescored(self, arguments, factor)


@mutant("assign", "the best metric and overlap are those of the image, not of the box", "TAL-7")
def normalised_per_image(self, right, *arguments):
    def factor(s):
        return normalised(self, s, by=best(s.metric, s.owned, (1, 2)), scale=best(s.overlap, s.owned, (1, 2)))

    return rescored(self, arguments, factor)


@mutant("assign", "the best metric and overlap of a box are taken over the batch", "TAL-7")
def normalised_over_the_batch(self, right, *arguments):
    def factor(s):
        return normalised(self, s, by=best(s.metric, s.owned, (0, 2)), scale=best(s.overlap, s.owned, (0, 2)))

    return rescored(self, arguments, factor)


@mutant("assign", "the target score is the overlap itself", "TAL-7", seen="yolocpp before 1782b6e")
def target_is_the_overlap(self, right, *arguments):
    return rescored(self, arguments, lambda s: s.overlap * s.owned)


@mutant("assign", "the target score is the metric itself, not normalised", "TAL-7", seen="public rewrites")
def target_is_the_metric(self, right, *arguments):
    return rescored(self, arguments, lambda s: s.metric * s.owned)


@mutant("assign", "the target score is 1, whatever the metric", "TAL-5", "TAL-7", seen="public rewrites")
def target_is_1(self, right, *arguments):
    return rescored(self, arguments, lambda s: s.owned.astype(s.metric.dtype))


@mutant("assign", "each target score is scaled by its own overlap, not the best of its box", "TAL-7")
def scaled_by_own_overlap(self, right, *arguments):
    return rescored(self, arguments, lambda s: normalised(self, s, scale=s.overlap))


@mutant("assign", "the losers of a conflict keep the score of their class", "TAL-7", seen="Badger")
def loser_keeps_its_class(self, right, *arguments):
    def factor(s):
        by, scale = best(s.metric, s.owned), best(s.overlap, s.owned)
        return normalised(self, s._replace(owned=s.owned | s.claimed), by=by, scale=scale)

    return rescored(self, arguments, factor)


@mutant("assign", "target scores are truncated to whole numbers", "TAL-7", seen="public rewrites")
def scores_truncated(self, right, *arguments):
    return rescored(self, arguments, lambda s: np.floor(normalised(self, s)))


@mutant("assign", "the best metric is kept above 1e-9, instead of 1e-9 being added", "TAL-7")
def norm_eps_as_a_floor(self, right, *arguments):
    def factor(s):
        return normalised(self, s, by=np.maximum(best(s.metric, s.owned) - self.dialect.norm_eps, 0))

    return rescored(self, arguments, factor)


@mutant("assign", "the best metric is divided by without an epsilon", "TAL-5", "TAL-7", seen="public rewrites")
def norm_eps_missing(self, right, *arguments):
    with np.errstate(divide="ignore", invalid="ignore"):
        return under(self, norm_eps=0).assign(*arguments)


@mutant("assign", "the epsilon of the normalisation is 1e-8", "TAL-7")
def norm_eps_one_decade_up(self, right, *arguments):
    return under(self, norm_eps=10 * self.dialect.norm_eps).assign(*arguments)


@mutant("assign", "target scores are rounded to float32", "TAL-7")
def scores_in_float32(self, right, *arguments):
    return rescored(self, arguments, lambda s: normalised(self, s).astype(np.float32))


@mutant("assign", "the last class gets no target score", "TAL-7")
def last_class_dropped(self, right, *arguments):
    labels, boxes, scores, *rest = right(*arguments)
    return labels, boxes, np.where(np.arange(scores.shape[-1]) < scores.shape[-1] - 1, scores, 0), *rest


@mutant("assign", "the best metric of a box is remembered from earlier calls with the same shapes", "TAL-7")
def maxima_remembered(self, right, *arguments):
    kept = vars(self).setdefault("kept", {})

    def factor(s):
        kept[s.metric.shape] = np.maximum(best(s.metric, s.owned), kept.get(s.metric.shape, 0))
        return normalised(self, s, by=kept[s.metric.shape])

    return rescored(self, arguments, factor)
