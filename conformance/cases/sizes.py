"""The dialects a candidate is asked for: a preset, and the preset with other sizes."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any, Dict, NamedTuple, Tuple

import numpy as np

from refimpl import NUMBERS, YOLOV8, Dialect
from refimpl.decisions_beyond import NUMBERS as BEYOND

SIZES = ("num_classes", "topk", "reg_max", "strides")
"""Fields on which the shapes of what is drawn depend."""

_CHANGES = (
    {"num_classes": 1},
    {"num_classes": 3},
    {"topk": 3},
    {"reg_max": 4},
    {"strides": (8,)},
    {"num_classes": 1, "topk": 1, "reg_max": 4, "strides": (8,)},
    {"num_classes": 2, "topk": 1},
    {"num_classes": 2, "topk": 1, "reg_max": 2, "strides": (8,)},
    {"num_classes": 200, "topk": 1, "strides": (8,)},
    {"num_classes": 3, "topk": 2},
    {"num_classes": 3, "topk": 13},
    {"num_classes": 1, "topk": 3, "strides": (8, 16)},
    {"num_classes": 2, "topk": 2, "reg_max": 8},
    {"num_classes": 3, "topk": 3, "reg_max": 4, "strides": (8,)},
    {"num_classes": 2, "topk": 1, "strides": (4, 8, 16, 32)},
    {"num_classes": 2, "topk": 2, "strides": (5, 15)},
    {"num_classes": 1, "topk": 1, "reg_max": 20, "strides": (8, 16)},
)
"""Each size alone, for a candidate that fixes the others, then small ones together: the suite draws small scenes."""


class Odd(NamedTuple):
    """The fields of a dialect that are odd, and others that keep the scenes small."""

    fields: Dict[str, Any]
    others: Dict[str, Any]


def _odd(classes: int = 3, k: int = 2, bins: int = 4, strides: Tuple[int, ...] = (8,), **fields: Any) -> Odd:
    small = {"num_classes": classes, "topk": k, "reg_max": bins, "strides": strides}
    return Odd(fields, {name: value for name, value in small.items() if name not in fields})


def _other(number: str) -> float:
    """Seven tenths of a number as it usually is, in three digits."""
    value = float(f"{0.7 * getattr(YOLOV8, number):.3g}")
    return round(value) if NUMBERS[number].whole else value


ODD: Dict[str, Odd] = {
    "other exponents": _odd(alpha=0.7, beta=3.5),
    "other gains": _odd(box_gain=1.3, cls_gain=2.7, dfl_gain=0.9),
    "other epsilon of overlaps": _odd(iou_eps=1e-6, overlap_eps=1e-6),
    "other epsilon of scores": _odd(norm_eps=1e-7),
    "other epsilon of edges": _odd(inside_eps=1e-2),
    "3 bins": _odd(reg_max=3),
    "7 bins": _odd(k=1, strides=(8, 16), reg_max=7),
    "17 bins": _odd(classes=1, reg_max=17),
    "67 bins": _odd(k=1, reg_max=67),
    "300 classes": _odd(num_classes=300),
    "1203 classes": _odd(k=1, bins=2, num_classes=1203),
    "17 claims": _odd(classes=2, topk=17),
    "37 claims": _odd(classes=1, topk=37),
    "strides that do not ascend": Odd({"strides": (16, 8)}, {"num_classes": 2, "topk": 1, "reg_max": 4}),
    "strides that are no powers of 2": Odd({"strides": (6, 10, 15)}, {"num_classes": 2, "topk": 1, "reg_max": 4}),
    "other numbers": _odd(**{**{row[0]: _other(row[0]) for row in BEYOND}, "max_nms": 2}),
}
"""Hyperparameters as hardly anybody has them, by the name of the event; an implementation that builds one in says so."""


@functools.lru_cache(maxsize=None)
def variants(preset: Dialect) -> Tuple[Dialect, ...]:
    """The preset with other numbers of classes, bins, claims and levels, and with odd hyperparameters.

    Of a preset without bins the odd ones have none either: who serves no others must meet them, too.
    """
    changed = [_with(preset, change) for change in (*_CHANGES, *(_all_fields(one, preset) for one in ODD.values()))]
    return tuple(dialect for dialect in dict.fromkeys(changed) if dialect != preset)


def _with(preset: Dialect, change: Dict[str, Any]) -> Dialect:
    """The preset with other fields; class weights, if it has any, are repeated for as many classes."""
    if preset.class_weights and "num_classes" in change:
        weights = np.resize(preset.class_weights, change["num_classes"])
        change = {**change, "class_weights": tuple(weights.tolist())}
    return replace(preset, **change)


@functools.lru_cache(maxsize=None)
def odd(dialect: Dialect) -> str:
    """The name of the event that a dialect is for; "" if it is an ordinary one."""
    return next((name for name, one in ODD.items() if _has(dialect, _all_fields(one, dialect))), "")


def _all_fields(one: Odd, like: Dialect) -> Dict[str, Any]:
    bins = {"reg_max": 1} if like.reg_max == 1 else {}
    return {**one.others, **bins, **one.fields}


def _has(dialect: Dialect, fields: Dict[str, Any]) -> bool:
    return all(getattr(dialect, name) == value for name, value in fields.items())
