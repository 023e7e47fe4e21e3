"""A bug of a released package: one call, what is right, and what the package answers."""

from __future__ import annotations

import contextlib
from typing import Any, Dict, List, Mapping, NamedTuple, Tuple

import numpy as np

from conformance.calling.frameworks import bridge
from conformance.calling.loading import load
from conformance.cases.protocol import OPS, vjp
from refimpl import PRESETS


class Bug(NamedTuple):
    """One wrong answer that no decision of a dialect explains.

    Attributes
    ----------
    name : of the bug, as it is asked for.
    package, version : where it was seen.
    candidate : the word of the adapter that shows it.
    op, arguments : the call; lists are arrays, of whole numbers or floats as they are written.
    says : what is wrong, in one sentence.
    by_hand : the arithmetic of what is right and of what came.
    dialect, fields : the preset it is asked for, and what is changed in it.
    dtype : of the floats.
    gradient : whether the gradient is asked for, with cotangents of 1.
    before : arguments of calls that are made first, on the same instance.
    reported : where, if it is known upstream.
    """

    name: str
    package: str
    version: str
    candidate: str
    op: str
    arguments: Mapping[str, Any]
    says: str
    by_hand: str
    dialect: str = "YOLOV8"
    fields: Mapping[str, Any] = {}
    dtype: str = "float32"
    gradient: bool = False
    before: Tuple[Mapping[str, Any], ...] = ()
    reported: str = ""


class Shown(NamedTuple):
    """What the reference says, and what the package answers, in words."""

    expected: str
    got: str


def expected(bug: Bug) -> str:
    """What is right, by the reference."""
    dialect, op = _dialect(bug), OPS[bug.op]
    arguments = [_array(value, np.float64) for value in bug.arguments.values()]
    if not bug.gradient:
        return _words(op.returns, op.function(*arguments, dialect=dialect))
    ones = [np.ones_like(value, dtype=float) for value in _several(op.function(*arguments, dialect=dialect))]
    return _words(op.wrt, op.gradient.function(*arguments, *ones[: len(op.cotangents)], dialect=dialect))


def got(bug: Bug) -> str:
    """What the package answers; an error in words."""
    made = load(bug.candidate)(_dialect(bug))
    try:
        for arguments in bug.before:
            _asked(bug, made, arguments)
        return _asked(bug, made, bug.arguments)
    except Exception as error:
        return f"{type(error).__name__}: {error}".splitlines()[0][:160]


def _asked(bug: Bug, made: Any, arguments: Mapping[str, Any]) -> str:
    spoken, op, dtype = bridge(getattr(made, "framework", "numpy")), OPS[bug.op], np.dtype(bug.dtype)
    with getattr(spoken, "computing_in", contextlib.nullcontext)(dtype):
        values = [_each(_array(value, dtype), lambda array: spoken.to_tensor(array, "cpu")) for value in arguments.values()]
        function = getattr(made, bug.op)
        if not bug.gradient:
            return _words(op.returns, [_each(one, spoken.to_array) for one in _several(function(*values))])
        results = _several(function(*values))
        ones = [spoken.to_tensor(np.ones_like(spoken.to_array(one)), "cpu") for one in results[: len(op.cotangents)]]
        places = [op.arguments.index(name) for name in op.wrt]
        if hasattr(spoken, "vjp"):
            found = spoken.vjp(function, values, places, ones, "")
        else:
            found = _several(getattr(made, vjp(bug.op))(*values, *ones))
        return _words(op.wrt, [_each(one, spoken.to_array) for one in found])


def _dialect(bug: Bug) -> Any:
    preset = PRESETS[bug.dialect]
    return type(preset)(**{**vars(preset), **bug.fields}) if bug.fields else preset


def _array(value: Any, dtype: Any) -> Any:
    """Lists as arrays, floats in a type; a list of maps, and plain values, as they are."""
    if isinstance(value, list) and value and isinstance(value[0], np.ndarray):
        return [_array(one, dtype) for one in value]
    if isinstance(value, (list, np.ndarray)):
        array = np.array(value)
        return array.astype(dtype) if array.dtype.kind == "f" else array
    return value


def _each(value: Any, function: Any) -> Any:
    if isinstance(value, list):
        return [_each(one, function) for one in value]
    return function(value) if isinstance(value, np.ndarray) or hasattr(value, "shape") else value


def _several(results: Any) -> List[Any]:
    return list(results) if isinstance(results, (tuple, list)) else [results]


def _words(names: Tuple[str, ...], results: Any) -> str:
    """Short results in full, long ones by shape and sum."""
    told: Dict[str, str] = {}
    for name, value in zip(names, results if len(names) > 1 or isinstance(results, list) else [results]):
        array = np.asarray(value)
        flat = np.array2string(array.astype(float), precision=9, floatmode="maxprec", separator=", ")
        small = array.size <= 12
        told[name] = " ".join(flat.split()) if small else f"shape {array.shape}, sum {np.sum(array, dtype=float):.7g}"
    return "; ".join(f"{name} {text}" for name, text in told.items())
