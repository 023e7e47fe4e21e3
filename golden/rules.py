"""The rules by which an answer to a case is right: those of README.md, as code.

A value may be off by its bound; a mask, a label or a count lies between `lo` and `hi`; an owner is one of the legal
ones. What follows from the owners is compared where the answer owns as the stored one does.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Tuple

import numpy as np

from conformance.cases.protocol import GRADIENTS, OPS, Op, vjp
from conformance.cases.stored import UNJUDGED
from conformance.ops.spec import CLAUSES

FUNCTIONS: Dict[str, Op] = {
    **OPS,
    **{vjp(name): op.gradient for name, op in GRADIENTS.items()},
}
"""The ops of the protocol, and their gradients: those take the cotangents as well and return one array per argument."""


def op_of(function: str) -> str:
    """The op that a function is, or whose gradient it is."""
    return function if function in OPS else function[: -len("_vjp")]


FOLLOWS = {
    "assign": ("target_labels", "target_bboxes", "target_scores"),
    "resolve_conflicts": ("mask_pos",),
}
"""Outputs that follow from who owns which anchor, by op."""

COUNTED = {"select_topk": "claimed", "assign": "fg_mask"}
"""The mask of which, by op, the ones along the last axis are counted."""


def judged_through(clause: str) -> Tuple[str, ...]:
    """Names in `FUNCTIONS` of what a case that shows this clause may call."""
    found = CLAUSES[clause]
    return tuple(map(vjp, found.ops)) if found.gradient else found.ops


def arguments(op: str, tensors: Mapping[str, np.ndarray]) -> Dict[str, Any]:
    """The arguments of the op, by name, in the form the protocol gives them."""
    values = {name: tensors[f"in.{name}"] for name in FUNCTIONS[op].arguments if f"in.{name}" in tensors}
    if op == "make_anchors":
        values["feature_shapes"] = [tuple(map(int, shape)) for shape in values["feature_shapes"]]
    if op == "pad_targets":
        values["batch_size"] = int(values["batch_size"])
        values["image_size"] = tuple(map(int, values["image_size"]))
    if "feature_maps" in FUNCTIONS[op].arguments:
        values["feature_maps"] = [tensors[f"in.{name}"] for name in _levels(tensors)]
    return {name: values[name] for name in FUNCTIONS[op].arguments}


def returned(op: str, tensors: Mapping[str, np.ndarray]) -> Tuple[str, ...]:
    """Names of the outputs of a case: those of the op, one for each map of a list."""
    return tuple(name for of in FUNCTIONS[op].returns for name in (_levels(tensors) if of == "feature_maps" else [of]))


def _levels(tensors: Mapping[str, np.ndarray]) -> List[str]:
    return [f"feature_maps.{i}" for i in range(sum(name.startswith("in.feature_maps.") for name in tensors))]


def by_name(op: str, answer: Any) -> Dict[str, Any]:
    """What an op returned, by the names of the outputs."""
    names, found = FUNCTIONS[op].returns, {}
    for name, value in zip(names, answer if len(names) > 1 else (answer,)):
        found.update({f"{name}.{i}": x for i, x in enumerate(value)} if isinstance(value, list) else {name: value})
    return found


def outputs(op: str, answer: Any) -> Dict[str, np.ndarray]:
    """The arrays an op returned, by name."""
    return {name: np.asarray(array) for name, array in by_name(op, answer).items()}


def faults(op: str, tensors: Mapping[str, np.ndarray], answer: Mapping[str, np.ndarray], precision: str) -> List[str]:
    """What is wrong with an answer; nothing if it is right.

    Parameters
    ----------
    tensors : of the case
    answer : outputs of the op, by name
    precision : "float32" or "float64", in which it was computed
    """
    shapes = {name: tensors[f"out.{name}"].shape for name in returned(op, tensors)}
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
