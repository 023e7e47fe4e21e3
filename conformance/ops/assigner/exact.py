"""Golden answers by the second oracle: the assigner."""

from __future__ import annotations

from typing import Any, List, Tuple

import numpy as np

from conformance.cases.exact import Arguments, Outputs
from refimpl import Dialect
from refimpl import oracle


def _candidates_in_gts(x: Arguments, dialect: Dialect) -> Outputs:
    inside = np.zeros(x["mask_gt"].shape[:2] + x["anchor_points"].shape[:1], bool)
    for b, g, a in np.ndindex(inside.shape):
        pair = x["anchor_points"][a], x["gt_bboxes"][b, g]
        inside[b, g, a] = x["mask_gt"][b, g, 0] and oracle.is_candidate(*pair, dialect)
    return {"inside": inside}


def _alignment_metric(x: Arguments, dialect: Dialect) -> Outputs:
    metric, overlaps = np.zeros(x["mask"].shape), np.zeros(x["mask"].shape)
    for b, g, a in np.argwhere(x["mask"]):
        score = x["pd_scores"][b, a, x["gt_labels"][b, g, 0]]
        t, u = oracle.alignment(score, x["gt_bboxes"][b, g], x["pd_bboxes"][b, a], dialect)
        metric[b, g, a], overlaps[b, g, a] = float(t), float(u)
    return {"metric": metric, "overlaps": overlaps}


def _select_topk(x: Arguments, dialect: Dialect) -> Outputs:
    claimed = np.zeros(x["metric"].shape, bool)
    for b, g, _ in np.argwhere(x["mask_gt"]):
        claimed[b, g, list(oracle.select_topk(x["metric"][b, g].tolist(), dialect.topk, dialect.claim_above))] = True
    return {"claimed": claimed}


def _resolve_conflicts(x: Arguments, dialect: Dialect) -> Outputs:
    images = [oracle.resolve_conflicts(*pair, dialect) for pair in zip(x["mask_pos"].tolist(), x["overlaps"].tolist())]
    owner, fg = _owners(images)
    mask_pos = (owner[:, np.newaxis] == np.arange(x["mask_pos"].shape[1])[:, np.newaxis]) & fg[:, np.newaxis]
    return {"target_gt_idx": owner, "fg_mask": fg, "mask_pos": mask_pos}


def _owners(images: List[List[Any]]) -> Tuple[np.ndarray, np.ndarray]:
    """Index of each anchor's owner (B, A), 0 on background, and the foreground (B, A)."""
    fg = np.array([[g is not None for g in owners] for owners in images], bool)
    return np.array([[g or 0 for g in owners] for owners in images], np.int64), fg


def _assign(x: Arguments, dialect: Dialect) -> Outputs:
    """Background has label and box of slot 0, as in the reference; label C and a box of zeros if there is none."""
    gts, images = x["mask_gt"].shape[1], []
    for b in range(len(x["pd_scores"])):
        rows = zip(x["gt_labels"][b, :, 0].tolist(), x["gt_bboxes"][b].tolist(), x["mask_gt"][b, :, 0].tolist())
        slots = [oracle.Slot(*row) for row in rows]
        images.append(oracle.assign(x["pd_scores"][b], x["pd_bboxes"][b], x["anchor_points"], slots, dialect))
    owner, fg = _owners([image.owners for image in images])
    labels, boxes = np.full(owner.shape, dialect.num_classes), np.zeros(owner.shape + (4,))
    if gts:
        image = np.arange(len(owner))[:, np.newaxis]
        labels, boxes = x["gt_labels"][image, owner, 0], x["gt_bboxes"][image, owner].astype(np.float64)
    scores = np.zeros(owner.shape + (dialect.num_classes,))
    for b, a in np.argwhere(fg):
        scores[b, a, labels[b, a]] = float(images[b].scores[a])
    return {
        "target_labels": labels.astype(np.int64),
        "target_bboxes": boxes,
        "target_scores": scores,
        "fg_mask": fg,
        "target_gt_idx": owner,
    }


ANSWERS = {
    "candidates_in_gts": _candidates_in_gts,
    "alignment_metric": _alignment_metric,
    "select_topk": _select_topk,
    "resolve_conflicts": _resolve_conflicts,
    "assign": _assign,
}
