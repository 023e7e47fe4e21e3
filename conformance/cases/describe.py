"""A case in words and numbers: of a large array what is not constant, so that a hand can check it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, List, Tuple

import numpy as np

from conformance.cases.case import Call, Case
from refimpl import PRESETS, YOLOV8, Dialect

SMALL = 32
"""Numbers of an array that is always written out."""

APART = 12
"""Numbers that may differ from the one that fills an array, for these to be listed one by one."""

LINES = 16
"""Lines of one array at most."""


def describe(case: Case, whole: bool = False) -> str:
    """The smallest case as numbers: the calls before it; how its dialect differs from the preset, then each argument.

    Parameters
    ----------
    whole : whether every number is written; else arrays of more than `SMALL` numbers are told by what is not constant
    """
    title = "call" if case.every else "asked before"
    earlier = [f"{title}:\n    {called(call, whole)}".replace("\n", "\n    ") for call in case.earlier]
    return "\n".join([*earlier, called(case.last, whole)])


def called(call: Call, whole: bool = False) -> str:
    """One call as numbers."""
    with np.printoptions(threshold=10**6 if whole else 60, precision=9, suppress=True, linewidth=110, edgeitems=4):
        lines = [f"dialect: {dialect_in_words(call.dialect)}"]
        lines += [_assignment(name, value, whole) for name, value in call.arguments.items()]
    return "\n".join(lines + ([f"how it is called: {call.manner}"] if call.manner else []))


def dialect_in_words(dialect: Dialect) -> str:
    """The preset and what differs from it; one that is no preset is told from YOLOV8."""
    preset = PRESETS.get(dialect.name, YOLOV8)
    fields = {name: value for name, value in asdict(dialect).items() if name != "name"}
    changed = [f"{name} {value}" for name, value in fields.items() if getattr(preset, name) != value]
    named = preset.name if dialect.name == preset.name else f"{dialect.name}, which is {preset.name}"
    return named + (f" with {', '.join(changed)}" if changed else "")


def _assignment(name: str, value: Any, whole: bool) -> str:
    if isinstance(value, list) and value and isinstance(value[0], np.ndarray):
        return "\n".join(_assignment(f"{name}[{i}]", item, whole) for i, item in enumerate(value))
    if not isinstance(value, np.ndarray):
        return f"{name} = {value}"
    if value.size > SMALL and not whole:
        lines = _told(value)
        return f"{name} {value.shape}: " + lines[0] if len(lines) == 1 else "\n    ".join([f"{name} {value.shape}:", *lines])
    text = np.array2string(_of_one_cell(value), separator=", ")
    indent = "\n" + " " * 4
    return f"{name} {value.shape} =" + (indent + text.replace("\n", indent) if "\n" in text else " " + text)


def _of_one_cell(value: np.ndarray) -> np.ndarray:
    """Maps (…, 1, 1) of a single cell without its axes, so that a row holds all channels; any other array as it is."""
    return value[..., 0, 0] if value.ndim == 4 and value.shape[2:] == (1, 1) else value


def _told(value: np.ndarray) -> List[str]:
    """A large array by the number that fills it, or row by row, rows that are alike together."""
    numbers, counts = np.unique(value, return_counts=True)
    usual = numbers[counts.argmax()]
    others = np.argwhere(~_same(value, usual))
    if not len(others):
        return [f"{_number(usual)} throughout"]
    if len(others) <= APART:
        return [f"{_number(usual)} but " + ", ".join(f"{at.tolist()} = {_number(value[tuple(at)])}" for at in others)]
    # Of a feature map, (B, channels, H, W), a row is the whole map of a channel.
    depth = max(value.ndim - 1, 0) if value.ndim < 4 else value.ndim - 2
    if not depth:
        return [np.array2string(value, separator=", ").replace("\n", "")]
    return _by_rows(value.reshape(-1, *value.shape[depth:]), value.shape[:depth])


def _by_rows(rows: np.ndarray, leading: Tuple[int, ...]) -> List[str]:
    """A line for each run of equal rows; of many lines the first."""
    starts = [i for i in range(len(rows)) if i == 0 or not _same(rows[i], rows[i - 1]).all()]
    lines = []
    for start, end in zip(starts[:LINES], [*starts[1:], len(rows)]):
        row = rows[start]
        text = f"{_number(row.flat[0])} throughout" if _same(row, row.flat[0]).all() else np.array2string(row, separator=", ")
        lines.append(f"{_place(start, end - 1, leading)}: {' '.join(text.split())}")
    left = len(starts) - LINES
    return lines + ([f"… and {left} more; -v shows all"] if left > 0 else [])


def _place(first: int, last: int, leading: Tuple[int, ...]) -> str:
    begin, end = (np.unravel_index(i, leading) for i in (first, last))
    told = [int(i) for i in begin]
    return f"{told}" if first == last else f"{told} … {[int(i) for i in end]}"


def _same(a: np.ndarray, b: Any) -> np.ndarray:
    """Element by element; not a number is like itself."""
    if np.asarray(a).dtype.kind != "f":
        return np.asarray(a == b)
    return np.asarray((a == b) | (np.isnan(a) & np.isnan(b)))


def _number(value: Any) -> str:
    return f"{value:.9g}" if np.asarray(value).dtype.kind == "f" else f"{value}"
