"""The rules by which an answer to a case is right: those of README.md, as code.

A value may be off by its bound; a mask, a label or a count lies between `lo` and `hi`; an owner is one of the legal
ones. What follows from the owners is compared where the answer owns as the stored one does.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Tuple

import numpy as np

from conformance.cases.protocol import GRADIENTS, OPS, Op, vjp
from conformance.cases.stored import UNJUDGED, Choices
from conformance.ops import family
from conformance.ops.requirements import CLAUSES
from refimpl.signature import Operand

FUNCTIONS: Dict[str, Op] = {
    **OPS,
    **{vjp(name): op.gradient for name, op in GRADIENTS.items()},
}
"""The ops of the protocol, and their gradients: those take the cotangents as well and return one array per argument."""


def op_of(function: str) -> str:
    """The op that a function is, or whose gradient it is."""
    return function if function in OPS else function[: -len("_vjp")]


def choices(op: str) -> Choices:
    """What an op decides with more than one right answer; nothing, for most."""
    return family.of(op_of(op), "golden choices", op) or Choices()


def judged_through(clause: str) -> Tuple[str, ...]:
    """Names in `FUNCTIONS` of what a case that shows this clause may call."""
    found = CLAUSES[clause]
    return tuple(map(vjp, found.ops)) if found.gradient else found.ops


def arguments(op: str, tensors: Mapping[str, np.ndarray]) -> Dict[str, Any]:
    """The arguments of the op, by name, in the form the protocol gives them."""
    return {operand.name: _argument(operand, tensors) for operand in FUNCTIONS[op].takes if _is_given(operand, tensors)}


def _is_given(operand: Operand, tensors: Mapping[str, np.ndarray]) -> bool:
    """Whether a case has an argument: one that callers may leave out need not be there."""
    return not operand.optional or f"in.{operand.name}" in tensors


def _argument(operand: Operand, tensors: Mapping[str, np.ndarray]) -> Any:
    """One argument: an array, a list of arrays, or a plain value."""
    if operand.many and not operand.plain:
        return [tensors[f"in.{name}"] for name in _items(operand.name, tensors)]
    stored = tensors[f"in.{operand.name}"]
    if not operand.plain:
        return stored
    values = stored.tolist()
    return [tuple(value) for value in values] if operand.many else tuple(values) if isinstance(values, list) else values


def returned(op: str, tensors: Mapping[str, np.ndarray]) -> Tuple[str, ...]:
    """Names of the outputs of a case: those of the op, one for each array of a list."""
    return tuple(name for o in FUNCTIONS[op].gives for name in (_items(o.name, tensors) if o.many else [o.name]))


def _items(name: str, tensors: Mapping[str, np.ndarray]) -> List[str]:
    """The names of the arrays of a list, which are as many as the case gives."""
    return [f"{name}.{i}" for i in range(sum(key.startswith(f"in.{name}.") for key in tensors))]


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
    chosen = choices(op)
    incomparable = () if _owns_as_stored(chosen, tensors, answer) else chosen.follow
    for name in [name for name in shapes if name not in incomparable]:
        found += _wrong(name, tensors, answer[name], precision.replace("float", "bound"))
    if not found and f"out.{chosen.counted}.count" in tensors:
        found += _miscounted(chosen.counted, tensors, answer)
    if not found and chosen.owner:
        found += _misowned(chosen, tensors, answer)
    return found


def _owns_as_stored(chosen: Choices, tensors: Mapping[str, np.ndarray], answer: Mapping[str, np.ndarray]) -> bool:
    if not chosen.owner:
        return True
    owned = tensors[f"out.{chosen.where}"]
    same = np.array_equal(answer[chosen.where], owned)
    return same and np.array_equal(answer[chosen.owner][owned], tensors[f"out.{chosen.owner}"][owned])


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


def _misowned(chosen: Choices, tensors: Mapping[str, np.ndarray], answer: Mapping[str, np.ndarray]) -> Iterator[str]:
    """Elements that have an owner which is not legal."""
    legal, owner = tensors[f"out.{chosen.owner}.legal"], answer[chosen.owner]
    for at in map(tuple, np.argwhere(answer[chosen.where])):
        allowed = np.flatnonzero(legal[at])
        if owner[at] not in allowed:
            yield f"{chosen.owner}{list(map(int, at))}: expected one of {allowed.tolist()}, got {owner[at]}"
