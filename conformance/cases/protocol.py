"""The protocol: the ops a candidate may offer, with the names of their arguments and of what they return."""

from __future__ import annotations

from typing import Any, Callable, Dict, NamedTuple, Tuple


class Op(NamedTuple):
    """Names of the arguments, and of the arrays returned; an op that returns one array returns no tuple."""

    arguments: Tuple[str, ...]
    returns: Tuple[str, ...]


def _op(arguments: str, returns: str) -> Op:
    return Op(tuple(arguments.split()), tuple(returns.split()))


PROTOCOL: Dict[str, Op] = {
    "make_anchors": _op("feature_shapes", "anchor_points stride_tensor"),
    "dist2bbox": _op("distance anchor_points", "boxes"),
    "bbox2dist": _op("anchor_points bboxes", "distance"),
    "decode_boxes": _op("pred_dist anchor_points", "boxes"),
    "iou": _op("boxes1 boxes2", "values"),
    "giou": _op("boxes1 boxes2", "values"),
    "diou": _op("boxes1 boxes2", "values"),
    "ciou": _op("boxes1 boxes2", "values"),
    "pad_targets": _op("targets batch_size image_size", "gt_labels gt_bboxes mask_gt"),
    "candidates_in_gts": _op("anchor_points gt_bboxes mask_gt", "inside"),
    "alignment_metric": _op("pd_scores pd_bboxes gt_labels gt_bboxes mask", "metric overlaps"),
    "select_topk": _op("metric mask_gt", "claimed"),
    "resolve_conflicts": _op("mask_pos overlaps", "target_gt_idx fg_mask mask_pos"),
    "assign": _op(
        "pd_scores pd_bboxes anchor_points gt_labels gt_bboxes mask_gt",
        "target_labels target_bboxes target_scores fg_mask target_gt_idx",
    ),
    "bce_loss": _op("logits targets", "loss"),
    "dfl_loss": _op("pred_dist target", "loss"),
    "bbox_loss": _op(
        "pred_dist pred_bboxes anchor_points target_bboxes target_scores target_scores_sum fg_mask", "box dfl"
    ),
    "detection_loss": _op("feature_maps targets", "total components"),
}
"""All ops by name, in the order of the protocol."""


class Gradient(NamedTuple):
    """Names of the arguments an op is differentiated by, and of the cotangents: one for each of its first results."""

    wrt: Tuple[str, ...]
    cotangents: Tuple[str, ...] = ("cotangent",)


GRADIENTS: Dict[str, Gradient] = {
    "dist2bbox": Gradient(("distance",)),
    "decode_boxes": Gradient(("pred_dist",)),
    **{op: Gradient(("boxes1", "boxes2")) for op in ("iou", "giou", "diou", "ciou")},
    "bce_loss": Gradient(("logits",)),
    "dfl_loss": Gradient(("pred_dist",)),
    "bbox_loss": Gradient(("pred_dist", "pred_bboxes"), ("cotangent_box", "cotangent_dfl")),
    "detection_loss": Gradient(("feature_maps",)),
}
"""The ops whose gradient is judged. `<op>_vjp` takes the arguments of the op, then the cotangents, and returns the gradients."""

PLAIN: Dict[str, Callable[[Any], Any]] = {
    "feature_shapes": lambda shapes: [tuple(shape) for shape in shapes],
    "image_size": tuple,
}
"""What JSON has no word for: how arguments that are no arrays are made of lists, where they are no plain numbers."""


def vjp(op: str) -> str:
    """Name of the function that pulls the cotangents of an op back to its arguments."""
    return f"{op}_vjp"
