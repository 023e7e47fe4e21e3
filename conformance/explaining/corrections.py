"""Corrections: what a candidate may have got wrong, each with what undoes it, derived from the signature of an op.

A wrong op is often a right one with one thing the other way round: an axis, a unit, a sign, a factor. Undone, it
conforms; and then there is nothing left to guess.
"""

from __future__ import annotations

import itertools
from typing import Any, Callable, Iterator, NamedTuple, Sequence, Tuple

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
    for names in dict.fromkeys(((wrong,), tuple(operand.name for operand in results))):
        yield from _of_factors(names, op, ratio)
    if offset:
        yield Correction(f"off by {-offset:+.6g}, throughout", answer=lambda answer, case: _shifted(answer, wrong, offset))
    for i, operand in enumerate(results):
        if operand.axes[-1:] == ("4",):
            yield from _of_columns(i, operand)
    if len(results) > 1 and results[0].axes == results[1].axes:
        yield Correction(f"{results[0].name} and {results[1].name} are swapped", answer=_swapped)


def _of_factors(names: Tuple[str, ...], op: Op, ratio: float | None) -> Iterator[Correction]:
    """Some of the results times a factor: the sign, a length of the case, or one number throughout."""
    whose = f"{' and '.join(names)}: " if len(names) > 1 else ""

    def times(factor: Callable[[Case], float]) -> Callable[[Any, Case], Any]:
        return lambda answer, case: scaled(answer, names, factor(case))

    yield Correction(f"{whose}the sign is turned round", answer=times(lambda case: -1.0))
    for things, many in _counts(op):
        yield Correction(
            f"{whose}divided by the number of {things}: a mean where a sum is asked for, or a factor that is missing", answer=times(many)
        )
        yield Correction(
            f"{whose}multiplied by the number of {things}: a sum where a mean is asked for, or a factor too many",
            answer=times(lambda case, many=many: 1 / many(case)),
        )
    if ratio is not None and np.isfinite(ratio) and ratio not in (0, 1):
        yield Correction(f"{whose}{1 / ratio:.6g} times what is expected, throughout", answer=times(lambda case: ratio))


def _counts(op: Op) -> Iterator[Tuple[str, Callable[[Case], int]]]:
    """What a case of an op has several of, and how many."""
    for letter in (*letters(op), *(("B",) if any(o.many for o in op.given) else ())):
        yield f"{LETTERS[letter]}s", lambda case, letter=letter: max(length(op, case.arguments, letter), 1)
    held = {letter for operand in op.given for letter in operand.letters}
    for letter, things, field in (("C", "classes", "num_classes"), ("R", "bins", "reg_max")):
        if letter in held:
            yield things, lambda case, field=field: getattr(case.dialect, field)


_TURNED = {(1, 0, 3, 2): "x and y are swapped", (2, 3, 0, 1): "both corners are swapped", (3, 2, 1, 0): "columns run backwards"}


def _of_columns(i: int, operand: Operand) -> Iterator[Correction]:
    for order in itertools.permutations(range(4)):
        if order != (0, 1, 2, 3):
            how = _TURNED.get(order, f"columns come in the order {' '.join(map(str, np.argsort(order)))}")
            yield Correction(
                f"{operand.name}: {how}", answer=replaced(i, lambda x, order=order: x[..., list(order)])
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


def replaced(i: int, change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Any, Case], Any]:
    """What makes an answer one with its i-th result changed."""
    return lambda answer, case: answer._replace(**{answer._fields[i]: change(answer[i])})


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
