"""Changes: a case with one thing left out, added or altered, and the words for it."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, Callable, Iterator, Tuple

import numpy as np

from conformance.judging.rounding import PRECISIONS, Precision
from conformance.cases.axes import LETTERS, length, letters, taken
from conformance.cases.case import Case
from conformance.cases.protocol import OPS
from refimpl import PRESETS, YOLOV8

AS_IT_IS = "with the preset as it is"
"""The words for the dialect without what was drawn for the case."""

SHIFTED = ("number", "xyxy", "xywh", "ltrb", "xy", "logit")
"""Kinds of which any number is legal; of probabilities and weights, only a half is legal, too."""

HALVED = (*SHIFTED, "probability", "nonnegative", "positive")


def changes(op: str, precision: Precision, case: Case) -> Iterator[Tuple[str, Case, Precision]]:
    """A few words, the changed case, and the precision to ask it in. Fields of the preset follow the preset as a whole."""
    for name, other in PRECISIONS.items():
        if other is not precision:
            yield f"in {name}", _changed(case, lambda x: x.astype(other.dtype).astype(np.float64), _floats(case)), other
    for change, changed in (*_of_dialect(case), *_of_axes(op, case), *_of_numbers(op, case, precision)):
        yield change, changed, precision


def smaller(op: str, case: Case) -> Iterator[Case]:
    """The case without an image, a ground truth, an anchor or a row; without a call, where every one is judged."""
    if case.every and len(case.calls) > 1:
        yield from (replace(case, calls=case.calls[:i] + case.calls[i + 1 :]) for i in range(len(case.calls)))
    yield from (changed for change, changed in _of_axes(op, case) if change.startswith("without"))


def _of_dialect(case: Case) -> Iterator[Tuple[str, Case]]:
    """The dialect as the preset has it, and in one field only."""
    preset = PRESETS.get(case.dialect.name, YOLOV8)
    changed = [name for name, value in asdict(case.dialect).items() if value != getattr(preset, name)]
    if changed:
        yield AS_IT_IS, case.under(preset)
    for name in changed if len(changed) > 1 else ():
        usual = getattr(preset, name)
        yield f"with {name} {usual}", case.under(replace(case.dialect, **{name: usual}))


def _of_axes(op: str, case: Case) -> Iterator[Tuple[str, Case]]:
    """Without one element of an axis, with one more, and in reverse order."""
    signature = OPS[op]
    in_turn = {axis for operand in signature.takes if operand.kind == "targets" for axis in operand.axes}
    for letter in [letter for letter in LETTERS if letter in letters(signature)]:
        word, count = LETTERS[letter], length(signature, case.arguments, letter)
        if not count:
            continue
        picks = {f"without {word} {i}": np.delete(np.arange(count), i) for i in sorted({*range(min(count, 4)), count - 1})}
        picks = picks if count > 1 else {}
        picks[f"with {word} {count - 1} twice"] = np.minimum(np.arange(count + 1), count - 1)
        if count > 1 and letter not in in_turn:
            picks[f"with the {word}s in reverse order"] = np.arange(count)[::-1]
        for change, pick in picks.items():
            yield change, case.having(**taken(signature, case.arguments, letter, pick))


def _of_numbers(op: str, case: Case, precision: Precision) -> Iterator[Tuple[str, Case]]:
    """One argument a little larger, or half as large."""

    def moved(x: np.ndarray) -> np.ndarray:
        return (x + 0.25).astype(precision.dtype).astype(np.float64)

    given = [operand for operand in OPS[op].takes if operand.name in case.arguments]
    for operand in [operand for operand in given if operand.kind in SHIFTED]:
        yield f"with {operand.name} + 0.25", _changed(case, moved, [operand.name])
    for operand in [operand for operand in given if operand.kind in HALVED]:
        yield f"with {operand.name} / 2", _changed(case, lambda x: x / 2, [operand.name])


def _floats(case: Case) -> Tuple[str, ...]:
    return tuple(name for name, x in case.arguments.items() if isinstance(x, np.ndarray) and x.dtype.kind == "f")


def _changed(case: Case, change: Callable[[np.ndarray], np.ndarray], names: Any) -> Case:
    def each(value: Any) -> Any:
        return [change(x) for x in value] if isinstance(value, list) else change(value)

    return case.having(**{name: each(case.arguments[name]) for name in names})
