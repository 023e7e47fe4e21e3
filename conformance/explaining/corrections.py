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
    for operand in op.given:
        yield from _of_argument(operand, precision)
    yield from _of_pairs(op)
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


def _of_argument(operand: Operand, precision: Precision) -> Iterator[Correction]:
    name = operand.name

    def asking(words: str, change: Callable[[Any], Any]) -> Correction:
        return Correction(f"{name}: {words}", ask=lambda case: _changed(case, name, change))

    if operand.kind in ("size", "shape"):
        yield asking("height and width are swapped", lambda x: [s[::-1] for s in x] if operand.many else tuple(x[::-1]))
    if operand.kind == "xyxy":
        yield asking("x and y are swapped", lambda x: x[..., [1, 0, 3, 2]])
        yield asking("taken for centre and size", lambda x: in_precision(_centred(x), precision))
        yield asking("taken for corner and size", lambda x: np.concatenate([x[..., :2], x[..., 2:] - x[..., :2]], axis=-1))
    if operand.kind == "xy":
        yield asking("x and y are swapped", lambda x: x[..., ::-1])
    if operand.kind == "ltrb":
        yield asking("taken in the order top, left, bottom, right", lambda x: x[..., [1, 0, 3, 2]])
        yield asking("taken in the order left, right, top, bottom", lambda x: x[..., [0, 2, 1, 3]])
    if operand.kind == "targets":
        yield asking("width and height are swapped", lambda x: x[:, [0, 1, 2, 3, 5, 4]])
        yield asking("x and y are swapped", lambda x: x[:, [0, 1, 3, 2, 5, 4]])
        yield asking("the class is read from the last column", lambda x: x[:, [0, 2, 3, 4, 5, 1]])
    if operand.kind == "probability":
        yield asking("taken for logits, squashed a second time", lambda x: in_precision(_logit(x), precision))
    if operand.kind == "logit" and operand.axes[-1:] == ("4R",):
        yield asking("bins and sides are laid out the other way round", _bins_first)
    if operand.many and operand.kind == "logit":
        yield asking("rows and columns of a map are swapped", lambda maps: [np.swapaxes(x, 2, 3) for x in maps])
        yield asking("levels are taken in reverse", lambda maps: maps[::-1])


def _of_order(op: Op) -> Iterator[Correction]:
    """What depends on the dialect: where the classes stand among the channels of a map."""
    for operand in op.given:
        if operand.many and operand.axes[1:2] == ("4R+C",):

            def ask(case: Case, name: str = operand.name) -> Case:
                bins = 4 * case.dialect.reg_max
                return _changed(case, name, lambda maps: [np.concatenate([x[:, bins:], x[:, :bins]], axis=1) for x in maps])

            yield Correction(f"{operand.name}: class logits are taken for the first channels, bins for the last", ask=ask)


def _of_pairs(op: Op) -> Iterator[Correction]:
    """Two arguments of one kind in each other's place."""
    for a, b in itertools.combinations([operand for operand in op.given if operand.axes], 2):
        if (a.axes, a.kind) == (b.axes, b.kind):

            def ask(case: Case, a: str = a.name, b: str = b.name) -> Case:
                one, other = case.arguments[a], case.arguments[b]
                return case.having(**{a: other, b: one})

            yield Correction(f"{a.name} and {b.name} are swapped", ask=ask)


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


def _centred(boxes: np.ndarray) -> np.ndarray:
    return np.concatenate([(boxes[..., :2] + boxes[..., 2:]) / 2, boxes[..., 2:] - boxes[..., :2]], axis=-1)


def _logit(p: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.clip(np.log(p) - np.log1p(-p), -60, 60)


def _bins_first(x: np.ndarray) -> np.ndarray:
    bins = x.shape[-1] // 4
    return np.swapaxes(x.reshape(*x.shape[:-1], 4, bins), -1, -2).reshape(x.shape)
