"""Arguments and answers as JSON, and back: every value survives, those that JSON has no number for as words."""

from __future__ import annotations

import math
from typing import Any, Dict, List

import numpy as np

WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
"""How a float that is no JSON number is written."""


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

    An array becomes {dtype, shape, data}, its data flat in C order; a list of arrays a list of these. Sizes and
    shapes, which are whole numbers and tuples of them, become numbers and lists.
    """
    if isinstance(value, np.ndarray):
        flat = [number(x) for x in value.ravel().tolist()]
        return {"dtype": value.dtype.name, "shape": list(value.shape), "data": flat}
    if isinstance(value, (list, tuple)):
        return [encoded(item) for item in value]
    if isinstance(value, np.generic):
        return encoded(np.asarray(value))
    return value


def decoded(value: Any) -> Any:
    """What `encoded` was given: arrays, lists of arrays, numbers; a list of anything else becomes a list or a tuple.

    Raises
    ------
    ValueError
        If the data of an array were left out.
    """
    if isinstance(value, dict):
        if value["data"] is None:
            raise ValueError(f"data: expected {math.prod(value['shape'])} numbers, got none: they were left out")
        words = [WORDS[x] if isinstance(x, str) else x for x in value["data"]]
        return np.array(words, value["dtype"]).reshape(value["shape"])
    if isinstance(value, list):
        items = [decoded(item) for item in value]
        return items if any(isinstance(item, (np.ndarray, tuple)) for item in items) else tuple(items)
    return value


def count(value: Any) -> int:
    """How many numbers an encoded value holds, or held before they were left out."""
    if isinstance(value, dict):
        return math.prod(value["shape"])
    return sum(map(count, value)) if isinstance(value, list) else 1


def without_the_largest(values: Dict[str, Any], budget: int) -> Dict[str, Any]:
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
