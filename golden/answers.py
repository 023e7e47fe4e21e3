"""Expected outputs: every op by the second oracle, in 50 digits, rounded once to float64.

No machine's exp, log or arctan takes part, so that the same numbers come out everywhere.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Tuple

import numpy as np

from golden import gradient_answers
from golden.exact import Arguments, Outputs, floats, foreground_rows
from refimpl import Dialect
from refimpl.tests import oracle


def expected(op: str, arguments: Arguments, dialect: Dialect) -> Outputs:
    """Outputs of an op by name: float64, int64 or bool arrays.

    Parameters
    ----------
    arguments : by name, as `rules.arguments` gives them; floats are taken over exactly
    """
    return ANSWERS[op](arguments, dialect)


def _make_anchors(x: Arguments, dialect: Dialect) -> Outputs:
    points, strides = oracle.make_anchors(x["feature_shapes"], dialect.strides)
    columns = [[stride] for stride in strides]
    return {"anchor_points": floats(points, (len(points), 2)), "stride_tensor": floats(columns, (len(points), 1))}


def _dist2bbox(x: Arguments, dialect: Dialect) -> Outputs:
    points = x["anchor_points"].tolist()
    boxes = [[oracle.dist2bbox(*pair) for pair in zip(image, points)] for image in x["distance"].tolist()]
    return {"boxes": floats(boxes, x["distance"].shape)}


def _bbox2dist(x: Arguments, dialect: Dialect) -> Outputs:
    points = x["anchor_points"].tolist()
    images = [[oracle.bbox2dist(*pair, dialect.reg_max) for pair in zip(points, image)] for image in x["bboxes"].tolist()]
    return {"distance": floats(images, x["bboxes"].shape)}


def _decode_boxes(x: Arguments, dialect: Dialect) -> Outputs:
    points = x["anchor_points"].tolist()
    boxes = [[oracle.decode(*pair, dialect.reg_max) for pair in zip(image, points)] for image in x["pred_dist"].tolist()]
    return {"boxes": floats(boxes, x["pred_dist"].shape[:2] + (4,))}


def _overlap(op: Callable[..., Any]) -> Callable[[Arguments, Dialect], Outputs]:
    def answer(x: Arguments, dialect: Dialect) -> Outputs:
        pairs = zip(x["boxes1"].tolist(), x["boxes2"].tolist())
        return {"values": floats([op(*pair, dialect.iou_eps) for pair in pairs], x["boxes1"].shape[:1])}

    return answer


def _pad_targets(x: Arguments, dialect: Dialect) -> Outputs:
    images = oracle.pad_targets(x["targets"].tolist(), x["batch_size"], x["image_size"])
    shape = (len(images), max((len(slots) for slots in images), default=0))
    return {
        "gt_labels": np.array([[slot.label for slot in slots] for slots in images], np.int64).reshape(shape + (1,)),
        "gt_bboxes": floats([[slot.box for slot in slots] for slots in images], shape + (4,)),
        "mask_gt": np.array([[slot.valid for slot in slots] for slots in images], bool).reshape(shape + (1,)),
    }


def _candidates_in_gts(x: Arguments, dialect: Dialect) -> Outputs:
    inside = np.zeros(x["mask_gt"].shape[:2] + x["anchor_points"].shape[:1], bool)
    for b, g, a in np.ndindex(inside.shape):
        pair = x["anchor_points"][a], x["gt_bboxes"][b, g]
        inside[b, g, a] = x["mask_gt"][b, g, 0] and oracle.is_candidate(*pair, dialect.inside_eps, dialect.min_gt_side)
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
        claimed[b, g, list(oracle.select_topk(x["metric"][b, g].tolist(), dialect.topk))] = True
    return {"claimed": claimed}


def _resolve_conflicts(x: Arguments, dialect: Dialect) -> Outputs:
    images = [oracle.resolve_conflicts(*pair) for pair in zip(x["mask_pos"].tolist(), x["overlaps"].tolist())]
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


def _bce_loss(x: Arguments, dialect: Dialect) -> Outputs:
    losses = [oracle.bce(*pair) for pair in zip(x["logits"].ravel().tolist(), x["targets"].ravel().tolist())]
    return {"loss": floats(losses, (len(losses),)).reshape(x["logits"].shape)}


def _dfl_loss(x: Arguments, dialect: Dialect) -> Outputs:
    rows = zip(x["pred_dist"].tolist(), x["target"].tolist())
    return {"loss": floats([oracle.dfl(*row, dialect.reg_max) for row in rows], x["target"].shape[:1])}


def _bbox_loss(x: Arguments, dialect: Dialect) -> Outputs:
    box, dfl = oracle.bbox_loss(foreground_rows(x), x["target_scores_sum"], dialect)
    return {"box": np.array(float(box)), "dfl": np.array(float(dfl))}


def _detection_loss(x: Arguments, dialect: Dialect) -> Outputs:
    loss = oracle.detection_loss([level.tolist() for level in x["feature_maps"]], x["targets"].tolist(), dialect)
    return {"total": np.array(float(loss.total)), "components": floats(loss.components, (3,))}


ANSWERS: Dict[str, Callable[[Arguments, Dialect], Outputs]] = {
    "make_anchors": _make_anchors,
    "dist2bbox": _dist2bbox,
    "bbox2dist": _bbox2dist,
    "decode_boxes": _decode_boxes,
    "iou": _overlap(oracle.iou),
    "giou": _overlap(oracle.giou),
    "diou": _overlap(oracle.diou),
    "ciou": _overlap(oracle.ciou),
    "pad_targets": _pad_targets,
    "candidates_in_gts": _candidates_in_gts,
    "alignment_metric": _alignment_metric,
    "select_topk": _select_topk,
    "resolve_conflicts": _resolve_conflicts,
    "assign": _assign,
    "bce_loss": _bce_loss,
    "dfl_loss": _dfl_loss,
    "bbox_loss": _bbox_loss,
    "detection_loss": _detection_loss,
    **gradient_answers.ANSWERS,
}
