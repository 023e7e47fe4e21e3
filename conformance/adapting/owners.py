"""Ground truths as an assigner is handed them, and owners as it does not tell them."""

from __future__ import annotations

import importlib
from typing import Any, Tuple


def owners(target_labels: Any, target_bboxes: Any, gt_labels: Any, gt_bboxes: Any, mask_gt: Any = None) -> Any:
    """Index of the first ground truth whose label and box an anchor was given (B, A); 0 where none was.

    Parameters
    ----------
    target_labels : (B, A)
    target_bboxes : (B, A, 4)
    gt_labels : (B, G, 1)
    gt_bboxes : (B, G, 4)
    mask_gt : (B, G, 1); rows where it is 0 own nothing

    Arrays of NumPy, or tensors with the same operators and methods.
    """
    same_box = (target_bboxes[:, :, None] == gt_bboxes[:, None]).all(-1)
    same = same_box & (target_labels[:, :, None] == gt_labels[:, None, :, 0])
    if mask_gt is not None:
        same = same & (mask_gt[:, None, :, 0] != 0)
    if same.shape[2] == 0:
        return target_labels * 0
    return (same * 1).argmax(-1)


def blanked(gt_labels: Any, gt_bboxes: Any, mask_gt: Any) -> Tuple[Any, Any]:
    """Labels and boxes with 0 in the rows that are padding, as a data loader pads: what such a row holds may be anything.

    For assigners that mask what they claim, but not what they measure. A product with the mask would leave NaN.
    """
    of = _functions(gt_bboxes)
    return tuple(of.where(mask_gt != 0, x, of.zeros_like(x)) for x in (gt_labels, gt_bboxes))


def _functions(array: Any) -> Any:
    """The module that holds the functions of the framework of an array."""
    name = type(array).__module__.partition(".")[0]
    return importlib.import_module({"mlx": "mlx.core", "mindspore": "mindspore.ops"}.get(name, name))
