"""Corrections: what a candidate may have got wrong, each with what undoes it, derived from the signature of an op.

A wrong op is often a right one with one thing the other way round: an axis, a unit, a sign, a factor. Undone, it
conforms; and then there is nothing left to guess.
"""

from __future__ import annotations

import itertools
from typing import Any, Callable, Iterator, NamedTuple, Sequence

import numpy as np

from conformance.cases.axes import LETTERS, length, letters
from conformance.cases.case import Case
from conformance.cases.draws import in_precision
from conformance.explaining.otherwise import Change, otherwise
from conformance.judging.rounding import Precision
from refimpl.protocol import Op
from refimpl.signature import Operand


class Correction(NamedTuple):
    """words for what is wrong; `ask`, of a case, is what the candidate is asked instead; `answer`, of its answer and
    the case, is what it should have answered. None leaves it as it is."""

    words: str
    ask: Callable[[Case], Case] | None = None
    answer: Callable[[Any, Case], Any] | None = None


def corrections(
    op: Op, precision: Precision, gradient: bool, wrong: str, ratio: float | None, offset: float | None
) -> Iterator[Correction]:
    """All corrections of an op.

    Parameters
    ----------
    wrong : name of the result that is wrong, or of the argument whose gradient is
    ratio, offset : of the expected value to the one that came, and what it lacks, at the worst place; None if not known
    """
    if gradient:
        yield from _of_results([operand for operand in op.given if operand.differentiable], op, wrong, ratio, offset)
        return
    yield from _of_results(list(op.gives), op, wrong, ratio, offset)
    yield from _of_arguments(op, precision)
    yield from _of_order(op)


def _of_results(
    results: Sequence[Operand], op: Op, wrong: str, ratio: float | None, offset: float | None
) -> Iterator[Correction]:
    yield Correction("the sign is turned round", answer=lambda answer, case: _scaled(answer, wrong, -1.0))
    for letter in (*letters(op), *(("B",) if any(o.many for o in op.given) else ())):
        word = LETTERS[letter]
        yield Correction(
            f"divided by the number of {word}s: a mean where a sum is asked for, or a factor that is missing",
            answer=lambda answer, case, letter=letter: _scaled(answer, wrong, length(op, case.arguments, letter)),
        )
        yield Correction(
            f"multiplied by the number of {word}s: a sum where a mean is asked for, or a factor too many",
            answer=lambda answer, case, letter=letter: _scaled(answer, wrong, 1 / max(length(op, case.arguments, letter), 1)),
        )
    if ratio is not None and np.isfinite(ratio) and ratio not in (0, 1):
        yield Correction(f"{1 / ratio:.6g} times what is expected, throughout", answer=lambda answer, case: _scaled(answer, wrong, ratio))
    if offset:
        yield Correction(f"off by {-offset:+.6g}, throughout", answer=lambda answer, case: _shifted(answer, wrong, offset))
    for i, operand in enumerate(results):
        if operand.axes[-1:] == ("4",):
            yield from _of_columns(i, operand)
    if len(results) > 1 and results[0].axes == results[1].axes:
        yield Correction(f"{results[0].name} and {results[1].name} are swapped", answer=_swapped)


_TURNED = {(1, 0, 3, 2): "x and y are swapped", (2, 3, 0, 1): "both corners are swapped", (3, 2, 1, 0): "columns run backwards"}


def _of_columns(i: int, operand: Operand) -> Iterator[Correction]:
    for order in itertools.permutations(range(4)):
        if order != (0, 1, 2, 3):
            how = _TURNED.get(order, f"columns come in the order {' '.join(map(str, np.argsort(order)))}")
            yield Correction(
                f"{operand.name}: {how}", answer=lambda answer, case, order=order: _with(answer, i, lambda x: x[..., list(order)])
            )


def _of_arguments(op: Op, precision: Precision) -> Iterator[Correction]:
    """An argument the other way round, where that tells more than an answer to what was made of it."""
    for operand in op.given:
        for way in otherwise(operand):
            if way.undo is not None:

                def ask(case: Case, name: str = operand.name, undo: Change = way.undo) -> Case:
                    return _changed(case, name, lambda x: in_precision(undo(x), precision))

                yield Correction(f"it reads {operand.name} {way.words}", ask=ask)


def _of_order(op: Op) -> Iterator[Correction]:
    """What depends on the dialect: where the classes stand among the channels of a map."""
    for operand in op.given:
        if operand.many and operand.axes[1:2] == ("4R+C",):

            def ask(case: Case, name: str = operand.name) -> Case:
                bins = 4 * case.dialect.reg_max
                return _changed(case, name, lambda maps: [np.concatenate([x[:, bins:], x[:, :bins]], axis=1) for x in maps])

            yield Correction(f"{operand.name}: class logits are taken for the first channels, bins for the last", ask=ask)


def _changed(case: Case, name: str, change: Callable[[Any], Any]) -> Case:
    return case.having(**{name: change(case.arguments[name])})


def _with(answer: Any, i: int, change: Callable[[np.ndarray], np.ndarray]) -> Any:
    return answer._replace(**{answer._fields[i]: change(answer[i])})


def scaled(answer: Any, names: Sequence[str], factor: float) -> Any:
    """An answer with some of its results times a factor."""
    for name in names:
        answer = _scaled(answer, name, factor)
    return answer


def _scaled(answer: Any, name: str, factor: float) -> Any:
    return _each(answer, name, lambda x: x * factor)


def _shifted(answer: Any, name: str, offset: float) -> Any:
    return _each(answer, name, lambda x: x + offset)


def _each(answer: Any, name: str, change: Callable[[np.ndarray], np.ndarray]) -> Any:
    """One result changed; a list of arrays one by one."""
    value = getattr(answer, name)
    return answer._replace(**{name: [change(x) for x in value] if isinstance(value, list) else change(value)})


def _swapped(answer: Any, case: Case) -> Any:
    first, second, *rest = answer
    return type(answer)(second, first, *rest)
