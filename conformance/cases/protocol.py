"""The protocol: the ops a candidate may offer, those of the reference and those of families installed beside it."""

from __future__ import annotations

from importlib import metadata
from types import ModuleType
from typing import Any, Callable, Dict, NamedTuple, Tuple

import refimpl

GROUP = "conformance.families"
"""Entry points of families of ops of one's own: `name = package`, which registers its ops when it is imported."""


def _entries(group: str) -> Any:
    """The entry points of a group; before Python 3.10 they cannot be asked for by it."""
    try:
        return metadata.entry_points(group=group)
    except TypeError:
        return metadata.entry_points().get(group, ())


class Op(NamedTuple):
    """Names of the arguments, and of the arrays returned; an op that returns one array returns no tuple."""

    name: str
    arguments: Tuple[str, ...]
    returns: Tuple[str, ...]
    wrt: Tuple[str, ...] = ()
    cotangents: Tuple[str, ...] = ()

    @property
    def function(self):
        return getattr(refimpl, self.name)

    @property
    def vjp(self):
        return getattr(refimpl, self.name + "_vjp")


def _op(name: str, arguments: str, returns: str, wrt: str = "", cotangents: str = "cotangent") -> Op:
    return Op(name, tuple(arguments.split()), tuple(returns.split()), tuple(wrt.split()), tuple(cotangents.split()) if wrt else ())


OPS: Dict[str, Op] = {op.name: op for op in (
    _op("make_anchors", "feature_shapes", "anchor_points stride_tensor"),
    _op("dist2bbox", "distance anchor_points", "boxes", "distance"),
    _op("bbox2dist", "anchor_points bboxes", "distance"),
    _op("decode_boxes", "pred_dist anchor_points", "boxes", "pred_dist"),
    _op("iou", "boxes1 boxes2", "values", "boxes1 boxes2"),
    _op("giou", "boxes1 boxes2", "values", "boxes1 boxes2"),
    _op("diou", "boxes1 boxes2", "values", "boxes1 boxes2"),
    _op("ciou", "boxes1 boxes2", "values", "boxes1 boxes2"),
    _op("pad_targets", "targets batch_size image_size", "gt_labels gt_bboxes mask_gt"),
    _op("candidates_in_gts", "anchor_points gt_bboxes mask_gt", "inside"),
    _op("alignment_metric", "pd_scores pd_bboxes gt_labels gt_bboxes mask", "metric overlaps"),
    _op("select_topk", "metric mask_gt", "claimed"),
    _op("resolve_conflicts", "mask_pos overlaps", "target_gt_idx fg_mask mask_pos"),
    _op("assign", "pd_scores pd_bboxes anchor_points gt_labels gt_bboxes mask_gt", "target_labels target_bboxes target_scores fg_mask target_gt_idx"),
    _op("bce_loss", "logits targets", "loss", "logits"),
    _op("dfl_loss", "pred_dist target", "loss", "pred_dist"),
    _op("bbox_loss", "pred_dist pred_bboxes anchor_points target_bboxes target_scores target_scores_sum fg_mask", "box dfl", "pred_dist pred_bboxes", "cotangent_box cotangent_dfl"),
    _op("detection_loss", "feature_maps targets", "total components", "feature_maps"),
)}
"""All ops by name, in the order of the protocol."""

INSTALLED: Tuple[ModuleType, ...] = tuple(entry.load() for entry in _entries(GROUP))
"""Packages of families that are installed beside this package."""

GRADIENTS: Dict[str, Op] = {name: op for name, op in OPS.items() if op.wrt}
"""The ops whose gradient is judged. `<op>_vjp` takes the arguments of the op, then the cotangents, and returns the gradients."""

PLAIN: Dict[str, Callable[[Any], Any]] = {
    "feature_shapes": lambda shapes: [tuple(shape) for shape in shapes],
    "image_size": tuple,
}
"""What JSON has no word for: how arguments that are no arrays are made of lists, where they are no plain numbers."""


def vjp(op: str) -> str:
    """Name of the function that pulls the cotangents of an op back to its arguments."""
    return f"{op}_vjp"
