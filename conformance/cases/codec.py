"""The codec: cases and answers as JSON or as one word, and back. Every value survives, with its type and shape.

Floats that JSON has no number for are written as words. Of a dialect only what differs from its preset is written.
"""

from __future__ import annotations

import base64
import json
import math
import zlib
from dataclasses import asdict, replace
from typing import Any, Dict, List

import numpy as np

from conformance.cases.case import Call, Case
from refimpl import PRESETS, YOLOV8, Dialect

WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
"""How a float that is no JSON number is written."""

LARGEST = 2**24
"""Bytes that a word may hold."""


def number(value: Any) -> Any:
    """A number or truth value as JSON holds it."""
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def of_number(value: Any) -> float:
    """The float that `number` wrote."""
    return WORDS[value] if isinstance(value, str) else float(value)


def encoded(value: Any) -> Any:
    """An argument or an answer as JSON.

    An array becomes {dtype, shape, data}, its data flat in C order, a scalar of NumPy that of an array without axes;
    a list of arrays a list of these. Sizes and shapes, which are tuples of whole numbers, become lists.
    """
    if isinstance(value, (np.ndarray, np.generic)):
        flat = [number(x) for x in value.ravel().tolist()]
        return {"dtype": value.dtype.name, "shape": list(value.shape), "data": flat}
    if isinstance(value, (list, tuple)):
        return [encoded(item) for item in value]
    return number(value)


def decoded(value: Any) -> Any:
    """What `encoded` was given: arrays, scalars, numbers; a list of arrays or of tuples stays one, any other is a tuple.

    Raises
    ------
    ValueError
        If the data of an array were left out.
    """
    if isinstance(value, dict):
        if value["data"] is None:
            raise ValueError(f"data: expected {math.prod(value['shape'])} numbers, got none: they were left out")
        words = [WORDS[x] if isinstance(x, str) else x for x in value["data"]]
        return np.array(words, np.dtype(value["dtype"])).reshape(value["shape"])
    if isinstance(value, list):
        return listed([decoded(item) for item in value])
    return WORDS[value] if isinstance(value, str) else value


def listed(items: List[Any]) -> Any:
    """A list of arrays or of tuples; numbers alone are a size or a shape, which is a tuple."""
    return items if any(isinstance(item, (np.ndarray, tuple)) for item in items) else tuple(items)


def count(value: Any) -> int:
    """How many numbers an encoded value holds, or held before they were left out."""
    if isinstance(value, dict):
        return math.prod(value["shape"])
    return sum(map(count, value)) if isinstance(value, list) else 1


def without_the_largest(values: Dict[str, Any], budget: float) -> Dict[str, Any]:
    """The same with the data of the largest arrays left out, until no more than `budget` numbers remain."""
    total = sum(map(count, values.values()))
    kept = dict(values)
    for name in sorted(values, key=lambda name: count(values[name]), reverse=True):
        if total <= budget:
            break
        kept[name], total = _emptied(values[name]), total - count(values[name])
    return kept


def _emptied(value: Any) -> Any:
    if isinstance(value, dict):
        return {**value, "data": None}
    return [_emptied(item) for item in value] if isinstance(value, list) else value


def complete(values: Dict[str, Any]) -> bool:
    """Whether no data were left out."""
    items: List[Any] = [item for value in values.values() for item in (value if isinstance(value, list) else [value])]
    return not any(isinstance(item, dict) and item["data"] is None for item in items)


def of_dialect(dialect: Dialect) -> Dict[str, Any]:
    """The preset, YOLOV8 for one without a name of ours, and the fields in which the dialect differs from it."""
    preset = PRESETS.get(dialect.name, YOLOV8)
    changed = {name: value for name, value in asdict(dialect).items() if getattr(preset, name) != value}
    return {"preset": preset.name, "changes": {name: encoded(value) for name, value in changed.items()}}


def dialect_of(written: Dict[str, Any]) -> Dialect:
    """The dialect that `of_dialect` wrote."""
    changes = {name: tuple(x) if isinstance(x, list) else x for name, x in written["changes"].items()}
    return replace(PRESETS[written["preset"]], **changes)


def of_case(case: Case, budget: float = math.inf) -> Dict[str, Any]:
    """A case: its calls, the largest arrays of each left out beyond so many numbers, and whether every one is judged."""
    return {"calls": [_of_call(call, budget) for call in case.calls], "every": case.every}


def _of_call(call: Call, budget: float) -> Dict[str, Any]:
    arguments = without_the_largest(written(call.arguments), budget)
    return {"dialect": of_dialect(call.dialect), "arguments": arguments, "manner": call.manner}


def case_of(written: Dict[str, Any]) -> Case:
    """The case that `of_case` wrote.

    Raises
    ------
    ValueError
        If some of its numbers were left out.
    """
    return Case(tuple(_call_of(call) for call in written["calls"]), written["every"])


def _call_of(written: Dict[str, Any]) -> Call:
    arguments = {name: decoded(value) for name, value in written["arguments"].items()}
    return Call(dialect_of(written["dialect"]), arguments, written["manner"])


def is_complete(written: Dict[str, Any]) -> bool:
    """Whether a case holds every number of its calls."""
    return all(complete(call["arguments"]) for call in written["calls"])


def written(values: Dict[str, Any]) -> Dict[str, Any]:
    """Arguments or answers by name."""
    return {name: encoded(value) for name, value in values.items()}


def word(value: Any) -> str:
    """What JSON can hold, as one word of a command line."""
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 9)).decode()


def of_word(text: str) -> Any:
    """What `word` was given.

    Raises
    ------
    ValueError, zlib.error
        If it was given nothing of the kind.
    """
    return json.loads(zlib.decompressobj().decompress(base64.b64decode(text, b"-_", validate=True), LARGEST))
