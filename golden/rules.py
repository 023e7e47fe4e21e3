"""The rules by which an answer to a case is right: those of README.md, as code.

A value may be off by its bound; a mask, a label or a count lies between `lo` and `hi`; an owner is one of the legal
ones. What follows from the owners is compared where the answer owns as the stored one does.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping

import numpy as np

from conformance.protocol import PROTOCOL

UNJUDGED = np.inf
"""Bound of a value that the sources leave open."""

FOLLOWS = {
    "assign": ("target_labels", "target_bboxes", "target_scores"),
    "resolve_conflicts": ("mask_pos",),
}
"""Outputs that follow from who owns which anchor, by op."""

COUNTED = {"select_topk": "claimed", "assign": "fg_mask"}
"""The mask of which, by op, the ones along the last axis are counted."""


def arguments(op: str, tensors: Mapping[str, np.ndarray]) -> Dict[str, Any]:
    """The arguments of the op, by name, in the form the protocol gives them."""
    values = {name: tensors[f"in.{name}"] for name in PROTOCOL[op].arguments if f"in.{name}" in tensors}
    if op == "make_anchors":
        values["feature_shapes"] = [tuple(map(int, shape)) for shape in values["feature_shapes"]]
    if op == "pad_targets":
        values["batch_size"] = int(values["batch_size"])
        values["image_size"] = tuple(map(int, values["image_size"]))
    if op == "detection_loss":
        levels = sum(name.startswith("in.feature_maps.") for name in tensors)
        values["feature_maps"] = [tensors[f"in.feature_maps.{i}"] for i in range(levels)]
    return {name: values[name] for name in PROTOCOL[op].arguments}


def outputs(op: str, answer: Any) -> Dict[str, np.ndarray]:
    """The arrays an op returned, by name."""
    names = PROTOCOL[op].returns
    return {name: np.asarray(array) for name, array in zip(names, answer if len(names) > 1 else (answer,))}


def faults(op: str, tensors: Mapping[str, np.ndarray], answer: Mapping[str, np.ndarray], precision: str) -> List[str]:
    """What is wrong with an answer; nothing if it is right.

    Parameters
    ----------
    tensors : of the case
    answer : outputs of the op, by name
    precision : "float32" or "float64", in which it was computed
    """
    shapes = {name: tensors[f"out.{name}"].shape for name in PROTOCOL[op].returns}
    found = [f"{n}: expected shape {shapes[n]}, got {answer[n].shape}" for n in shapes if answer[n].shape != shapes[n]]
    if found:
        return found
    incomparable = () if _owns_as_stored(op, tensors, answer) else FOLLOWS[op]
    for name in [name for name in shapes if name not in incomparable]:
        found += _wrong(name, tensors, answer[name], precision.replace("float", "bound"))
    if not found and f"out.{COUNTED.get(op)}.count" in tensors:
        found += _miscounted(COUNTED[op], tensors, answer)
    if not found and op in FOLLOWS:
        found += _misowned(tensors, answer)
    return found


def _owns_as_stored(op: str, tensors: Mapping[str, np.ndarray], answer: Mapping[str, np.ndarray]) -> bool:
    if op not in FOLLOWS:
        return True
    fg = tensors["out.fg_mask"]
    same_fg = np.array_equal(answer["fg_mask"], fg)
    return same_fg and np.array_equal(answer["target_gt_idx"][fg], tensors["out.target_gt_idx"][fg])


def _wrong(name: str, tensors: Mapping[str, np.ndarray], got: np.ndarray, bound_name: str) -> Iterator[str]:
    """The worst value of one output that is out of its bound, or outside lo … hi."""
    expected = tensors[f"out.{name}"]
    if f"out.{name}.{bound_name}" in tensors:
        bound = tensors[f"out.{name}.{bound_name}"]
        off = np.abs(np.asarray(got, np.float64) - expected)
        wrong = ~((off <= bound) | (bound == UNJUDGED))
        for at in np.argwhere(wrong)[:1]:
            at = tuple(map(int, at))
            yield f"{name}{list(at)}: expected {expected[at]:.17g} ± {bound[at]:.3g}, got {got[at]:.17g} ({wrong.sum()} wrong)"
    elif f"out.{name}.lo" in tensors:
        low, high = tensors[f"out.{name}.lo"], tensors[f"out.{name}.hi"]
        wrong = ~((got >= low) & (got <= high))
        for at in np.argwhere(wrong)[:1]:
            at = tuple(map(int, at))
            yield f"{name}{list(at)}: expected {low[at]} … {high[at]}, got {got[at]} ({wrong.sum()} wrong)"


def _miscounted(name: str, tensors: Mapping[str, np.ndarray], answer: Mapping[str, np.ndarray]) -> Iterator[str]:
    """Rows that hold too few or too many ones."""
    count, allowed = answer[name].sum(axis=-1), tensors[f"out.{name}.count"]
    for at in np.argwhere((count < allowed[..., 0]) | (count > allowed[..., 1])):
        at = tuple(map(int, at))
        yield f"{name}{list(at)}: expected {allowed[at][0]} … {allowed[at][1]} ones, got {count[at]}"


def _misowned(tensors: Mapping[str, np.ndarray], answer: Mapping[str, np.ndarray]) -> Iterator[str]:
    """Foreground anchors with an owner that is not legal."""
    legal, owner = tensors["out.target_gt_idx.legal"], answer["target_gt_idx"]
    for b, a in np.argwhere(answer["fg_mask"]):
        allowed = np.flatnonzero(legal[b, a])
        if owner[b, a] not in allowed:
            yield f"target_gt_idx[{b}, {a}]: expected one of {allowed.tolist()}, got {owner[b, a]}"
