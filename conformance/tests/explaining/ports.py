"""Ports of dialects that no preset is, written by hand on the dense port: each overrides what its dialect decides otherwise."""

from __future__ import annotations

import copy
import dataclasses
from types import SimpleNamespace
from typing import Any, Dict, Tuple

import numpy as np

import refimpl
from conformance.candidates.dense_numpy import DenseNumPy


class OwnerByMetric(DenseNumPy):
    """A contested anchor goes to its largest metric."""

    FIELDS: Dict[str, Any] = {"owner_by": "metric"}

    def alignment_metric(self, *arguments):
        metric, overlap = super().alignment_metric(*arguments)
        self.latest = metric
        return metric, overlap

    def resolve_conflicts(self, mask_pos, overlaps):
        return super().resolve_conflicts(mask_pos, self.latest)


class Edges(DenseNumPy):
    """Edges are inside."""

    FIELDS: Dict[str, Any] = {"inside_edges": True}

    def candidates_in_gts(self, anchor_points, gt_bboxes, mask_gt):
        start, end = gt_bboxes[:, :, np.newaxis, :2], gt_bboxes[:, :, np.newaxis, 2:]
        return ((anchor_points >= start) & (anchor_points <= end)).all(axis=-1) & mask_gt


class Claimants(DenseNumPy):
    """Only claimants own."""

    FIELDS: Dict[str, Any] = {"owner_among": "claimants"}

    def resolve_conflicts(self, mask_pos, overlaps):
        return super().resolve_conflicts(mask_pos, np.where(mask_pos, overlaps, -1))


class EdgesAndClaimants(Edges, Claimants):
    FIELDS: Dict[str, Any] = {**Edges.FIELDS, **Claimants.FIELDS}


class PlainIou(DenseNumPy):
    """The overlap is IoU."""

    FIELDS: Dict[str, Any] = {"overlap": "iou"}

    def alignment_metric(self, *arguments):
        return Overlapping(self.dialect).alignment_metric(*arguments)


class AboveZero(DenseNumPy):
    """Only metrics above 0 claim."""

    FIELDS: Dict[str, Any] = {"claim_above": 0}

    def select_topk(self, metric, mask_gt):
        return super().select_topk(metric, mask_gt) & (metric > 0)


class Widened(DenseNumPy):
    """Short sides are widened to the second stride."""

    FIELDS: Dict[str, Any] = {"widen_gts": "to_second_stride"}

    def candidates_in_gts(self, anchor_points, gt_bboxes, mask_gt):
        centre, least = (gt_bboxes[..., :2] + gt_bboxes[..., 2:]) / 2, self.dialect.strides[:2][-1]
        half = gt_bboxes[..., 2:] - centre
        half = np.where(2 * half < least, least / 2, half)
        start, end = (x[:, :, np.newaxis] for x in (centre - half, centre + half))
        start = np.where((2 * half < least + 1e-9)[:, :, np.newaxis], start, gt_bboxes[:, :, np.newaxis, :2])
        inside = np.minimum(anchor_points - start, end - anchor_points).min(axis=-1) > self.dialect.inside_eps
        return inside & mask_gt


class Overlapping(DenseNumPy):
    """Its CIoU is the IoU, without ε in the sides."""

    def ciou(self, boxes1, boxes2):
        return self.iou(boxes1, boxes2)


class PlainIouWidened(PlainIou, AboveZero, Widened):
    FIELDS: Dict[str, Any] = {**PlainIou.FIELDS, **AboveZero.FIELDS, **Widened.FIELDS}


class FiveFields(EdgesAndClaimants, PlainIou, AboveZero):
    """Scores are scaled by all that was claimed, besides."""

    FIELDS: Dict[str, Any] = {**EdgesAndClaimants.FIELDS, **PlainIou.FIELDS, **AboveZero.FIELDS, "normalised_over": "claimed"}

    def assign(
        self, pd_scores, pd_bboxes, anchor_points, gt_labels, gt_bboxes, mask_gt,
    ) -> Tuple[Any, ...]:  # fmt: skip
        inside = self.candidates_in_gts(anchor_points, gt_bboxes, mask_gt)
        metric, overlap = self.alignment_metric(pd_scores, pd_bboxes, gt_labels, gt_bboxes, inside)
        kept = self.select_topk(metric, mask_gt) & inside
        owner, fg_mask, owned = self.resolve_conflicts(kept, overlap)
        best_metric, best_overlap = ((x * kept).max(axis=-1, keepdims=True) for x in (metric, overlap))
        norm = metric * owned * (best_overlap / (best_metric + self.dialect.norm_eps))
        one_hot, learns = gt_labels == np.arange(self.dialect.num_classes), owned.swapaxes(1, 2)
        return (learns @ gt_labels)[..., 0], learns @ gt_bboxes, norm.swapaxes(1, 2) @ one_hot, fg_mask, owner


PORTS = (OwnerByMetric, EdgesAndClaimants, PlainIouWidened, FiveFields)
CONVENTIONS = (Edges, Claimants, PlainIou, AboveZero, Widened)


class OneClaimMore:
    """Bug: each box claims one anchor more than k."""

    BREAKS = "TAL-4"

    def select_topk(self, metric, mask_gt):
        return super(OneClaimMore, _with(self, topk=self.dialect.topk + 1)).select_topk(metric, mask_gt)


class AlphaOff:
    """Bug: the exponent of the score is 10 % too large."""

    BREAKS = "TAL-4", "TAL-7"

    def alignment_metric(self, *arguments):
        return super(AlphaOff, _with(self, alpha=1.1 * self.dialect.alpha)).alignment_metric(*arguments)


class LabelsFrom1:
    """Bug: labels count from 1."""

    BREAKS = "TAL-6"

    def assign(self, *arguments):
        labels, *rest = super().assign(*arguments)
        return (labels + 1, *rest)


class RoughScores:
    """Bug: target scores are rounded to float16."""

    BREAKS = "TAL-7"

    def assign(self, *arguments):
        labels, boxes, scores, *rest = super().assign(*arguments)
        return (labels, boxes, scores.astype(np.float16), *rest)


BUGS = (OneClaimMore, AlphaOff, LabelsFrom1, RoughScores)


def _with(self, **fields):
    """The same port with other fields of its dialect."""
    other = copy.copy(self)
    other.dialect = dataclasses.replace(self.dialect, **fields)
    return other


def both(convention: Any, bug: Any) -> Any:
    """A port with a convention and a bug."""
    return type(f"{convention.__name__}And{bug.__name__}", (bug, convention), {})


def only(port: Any, *ops: str) -> Any:
    """A factory of a port that offers some of its ops."""
    return lambda dialect: SimpleNamespace(**{op: getattr(port(dialect), op) for op in ops})


def without_quarter(dialect: Any) -> SimpleNamespace:
    """ε stands in the aspect ratio only, and a bug beside it: the squared centre distance is not divided by 4."""
    aspect = dataclasses.replace(dialect, side_eps="aspect")

    def diou(boxes1: Any, boxes2: Any) -> Any:
        overlap = refimpl.iou(boxes1, boxes2, dialect=aspect)
        return overlap - 4 * (overlap - refimpl.diou(boxes1, boxes2, dialect=aspect))

    return SimpleNamespace(iou=lambda boxes1, boxes2: refimpl.iou(boxes1, boxes2, dialect=aspect), diou=diou)


def with_edges(dialect: Any) -> SimpleNamespace:
    """Two small ops, of which one decides otherwise."""
    port = Edges(dialect)
    return SimpleNamespace(candidates_in_gts=port.candidates_in_gts, select_topk=port.select_topk)


def claims_above_0(dialect: Any) -> SimpleNamespace:
    """The assigner whole, and the part of it that decides otherwise: a claim must be above 0."""
    port = AboveZero(dialect)
    return SimpleNamespace(select_topk=port.select_topk, assign=port.assign)
