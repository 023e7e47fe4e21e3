"""Undone: everything that may be wrong with an answer, each with the trial of an example in which it is undone."""

from __future__ import annotations

import functools
import itertools
from dataclasses import asdict, replace
from typing import Any, Callable, Dict, Iterator, NamedTuple, Sequence, Tuple

import numpy as np

from conformance.calling.errors import CandidateError, NotServed
from conformance.cases.case import Case
from conformance.cases.draws import in_precision
from conformance.cases.protocol import OPS, fields_read
from conformance.explaining.box_parts import of_boxes
from conformance.explaining.corrections import Correction, corrections, scaled
from conformance.explaining.quantities import HELD, quantities
from conformance.explaining.wiring import Change, changes
from conformance.judging.rounding import FLOAT32, FLOAT64, Precision
from conformance.ops.made_of import of_reference, whole
from conformance.ops.spec import CLAUSES, PROPERTIES, Property
from conformance.trial.asking import ask
from conformance.trial.half import stored
from conformance.trial.trial import Example, Trial, verdict
from refimpl import PRESETS, YOLOV8
from refimpl.errors import ContractError
from refimpl.protocol import Op

ROUNDED = "rounded to float32 on the way, or summed up in it; `--dtype float32` judges without that"

NEAR = 1e-3
"""How near the ratio of two quantities is to that of what was expected to what came."""


class Undone(NamedTuple):
    """A hint to be tried: its words, and the trial of one example with it undone.

    `by_choice` : whether it takes the choices of the reference for those of the candidate, which may rightly differ.
    """

    words: str
    again: Callable[[Example], Trial | None]
    by_choice: bool = False


def undone_of(judged: Property, candidate: Any, precision: Precision, failing: Trial) -> Iterator[Undone]:
    """Everything that may undo a break, the surest words first."""
    yield from _of_number_types(judged, precision)
    yield from _of_built_in_numbers(judged, precision, failing.case)
    yield from _of_counts(judged, precision)
    yield from _of_other_ops(judged, precision)
    gradient, (ratio, offset) = CLAUSES[judged.clause].gradient, _apart(failing.error)
    wrong = _wrong(failing)
    if not gradient:
        yield from _of_other_arguments(judged, precision)
    corrected = _corrections_of(judged, candidate, precision, failing)
    for correction in corrections(OPS[judged.op], precision, gradient, wrong, ratio, offset):
        yield Undone(correction.words, corrected(correction))
    if not gradient:
        yield from (Undone(correction.words, corrected(correction)) for correction in _of_box_parts(OPS[judged.op], failing))
    yield from _of_divisors(judged, precision, failing, ratio, wrong)


def _apart(error: Any) -> Tuple[float | None, float | None]:
    """Ratio and difference of what was expected and what came, at the worst place."""
    finding = getattr(error, "finding", None)
    if finding is None or not np.isfinite([finding.values[0].got, finding.values[0].expected]).all():
        return None, None
    worst = max(finding.values[: finding.wrong], key=lambda value: abs(value.expected))
    return (worst.expected / worst.got if worst.got else None), worst.expected - worst.got


def _wrong(failing: Trial) -> str:
    """The result that is wrong, or the argument whose gradient is; the first where nothing says which."""
    finding = getattr(failing.error, "finding", None)
    words = finding.name.replace("gradient by ", "") if finding else ""
    return max((name for name in failing.answer._fields if words.startswith(name)), key=len, default=failing.answer._fields[0])


def _of_box_parts(op: Op, failing: Trial) -> Iterator[Correction]:
    try:
        expected = of_reference(failing.case.dialect)(op.name, *failing.case.arguments.values())
    except ContractError:
        return
    yield from of_boxes(op, failing.case, failing.answer, expected if isinstance(expected, tuple) else (expected,))


def _corrections_of(
    judged: Property, candidate: Any, precision: Precision, failing: Trial
) -> Callable[[Correction], Callable[[Example], Trial | None]]:
    """What makes of a correction the trial of an example; to be undone may cost a rounding, unless that alone mends the break."""
    gradient = CLAUSES[judged.clause].gradient
    example = failing.example
    rounds = verdict(judged, Example(example.case, _rounded(example.answer, precision), {}, {}), precision).fails
    return lambda correction: _corrected(judged, candidate, precision, gradient, correction, rounds)


def _corrected(
    judged: Property, candidate: Any, precision: Precision, gradient: bool, correction: Correction, rounds: bool
) -> Callable[[Example], Trial | None]:
    def again(example: Example) -> Trial | None:
        try:
            answer = example.answer
            if correction.ask is not None:
                answer = ask(candidate, judged.op, correction.ask(example.case), precision, gradient)
            if correction.answer is not None:
                answer = correction.answer(answer, example.case)
                answer = _rounded(answer, precision) if rounds else answer
            return _by_all(judged, Example(example.case, answer, {}, {}), precision)
        except (CandidateError, NotServed, ValueError, TypeError, IndexError):
            return None

    return again


def _rounded(answer: Any, precision: Precision) -> Any:
    """As the candidate would have answered: to undo a factor may cost a rounding, where an exact answer is asked for."""

    def nearest(value: Any) -> Any:
        if isinstance(value, list):
            return [nearest(one) for one in value]
        return in_precision(value, precision) if np.asarray(value).dtype.kind == "f" else value

    return type(answer)(*map(nearest, answer))


def _by_all(judged: Property, example: Example, precision: Precision) -> Trial:
    """The trial by a clause and by all that look at the same answers: to mend one of them is not enough."""
    own = verdict(judged, example, precision)
    for other in PROPERTIES:
        if own.fails:
            break
        if other.cases is judged.cases and other.clause != judged.clause:
            seen = verdict(other, example, precision)
            own = seen if seen.fails else own
    return own


def _of_number_types(judged: Property, precision: Precision) -> Iterator[Undone]:
    """In float64 an answer that is right to float32; where an op only decides, float32 excuses what it would not."""
    if precision is FLOAT64 and any(not o.plain and o.kind not in ("mask", "index", "label") for o in OPS[judged.op].gives):

        def again(example: Example) -> Trial:
            """By what is given, or by what is left of it in float32."""
            given = verdict(judged, Example(example.case, example.answer, {}, {}), FLOAT32)
            return verdict(judged, Example(stored(example.case, "float32", judged.op), example.answer, {}, {}), FLOAT32) if given.fails else given

        yield Undone(ROUNDED, again)


def _of_divisors(judged: Property, precision: Precision, failing: Trial, ratio: float | None, wrong: str) -> Iterator[Undone]:
    """Everything, or what is wrong alone, divided by one quantity of the case in place of another."""
    if ratio is None or not np.isfinite(ratio) or not whole(judged.op):
        return
    known, results = quantities(judged.op, failing.case), failing.answer._fields
    seen: Dict[int, Dict[str, float]] = {}
    plain_first = sorted(reversed(known), key=lambda words: words.endswith(HELD))
    for asked, used in itertools.permutations(plain_first, 2):
        if not np.isclose(known[used] / known[asked], ratio, rtol=NEAR, atol=0) or np.isclose(ratio, 1, rtol=NEAR):
            continue

        def again(example: Example, scales: Sequence[str], asked: str = asked, used: str = used) -> Trial | None:
            if id(example) not in seen:
                seen[id(example)] = quantities(judged.op, example.case)
            of_it = seen[id(example)]
            if asked not in of_it or used not in of_it:
                return _by_all(judged, Example(example.case, example.answer, {}, {}), precision)
            answer = scaled(example.answer, scales, of_it[used] / of_it[asked])
            return _by_all(judged, Example(example.case, answer, {}, {}), precision)

        words = f"divided by {used}, not by {asked}"
        yield Undone(words, functools.partial(again, scales=results), by_choice=True)
        if len(results) > 1:
            yield Undone(f"{wrong} is {words}", functools.partial(again, scales=(wrong,)), by_choice=True)


def _of_other_arguments(judged: Property, precision: Precision) -> Iterator[Undone]:
    """It answers as the reference does to other arguments."""
    for change in changes(OPS[judged.op]):

        def read(case: Case, change: Change = change) -> Case:
            return case.having(**change.make(case.arguments, None))

        yield Undone(f"it reads {change.words}", _as_read(judged, precision, read))


def _as_read(judged: Property, precision: Precision, read: Callable[[Case], Case]) -> Callable[[Example], Trial | None]:
    """The same answer to the case as it is read; None where the reference takes no such case."""

    def again(example: Example) -> Trial | None:
        try:
            return _by_all(judged, Example(read(example.case), example.answer, {}, {}), precision)
        except (ContractError, ValueError, TypeError, IndexError):
            return None

    return again


def _of_built_in_numbers(judged: Property, precision: Precision, case: Case) -> Iterator[Undone]:
    """A number of the dialect that has the value it usually has, whatever the dialect says."""
    usual = PRESETS.get(case.dialect.name, YOLOV8)
    numbers = [name for name in fields_read(OPS[judged.op]) if name in ("topk",) or isinstance(getattr(usual, name), float)]
    odd = [name for name in numbers if getattr(case.dialect, name) != getattr(usual, name)]
    for count in (1, 2, 3):
        for names in itertools.combinations(odd, count):
            values = {name: getattr(usual, name) for name in names}
            told = " and ".join(f"{name} is built in as {value:g}" for name, value in values.items())
            how = "; read it from there, or raise NotImplementedError for another"
            yield Undone(f"{told}: the dialect has {_other(case, names)}{how}", _as_if(judged, precision, values))


def _of_counts(judged: Property, precision: Precision) -> Iterator[Undone]:
    """A whole number of the dialect that is taken for its neighbour: the last bin for their count, k − 1 for k."""
    counts = [name for name in fields_read(OPS[judged.op]) if type(getattr(YOLOV8, name)) is int]
    for name, step in itertools.product(counts, (-1, 1)):

        def read(case: Case, name: str = name, step: int = step) -> Case:
            return case.under(replace(case.dialect, **{name: getattr(case.dialect, name) + step}))

        yield Undone(f"it reads {name} {'−' if step < 0 else '+'} 1 for {name}", _as_read(judged, precision, read))


def _other(case: Case, names: Sequence[str]) -> str:
    return " and ".join(f"{asdict(case.dialect)[name]:g}" for name in names)


def _as_if(judged: Property, precision: Precision, values: Any) -> Callable[[Example], Trial | None]:
    def again(example: Example) -> Trial:
        case = example.case.under(replace(example.case.dialect, **values))
        return verdict(judged, Example(case, example.answer, {}, {}), precision)

    return again


def _of_other_ops(judged: Property, precision: Precision) -> Iterator[Undone]:
    """The answer of another op that takes and returns the same."""
    op, gradient = OPS[judged.op], CLAUSES[judged.clause].gradient
    for other in PROPERTIES:
        same = (OPS[other.op].takes, [x.axes for x in OPS[other.op].gives]) == (op.takes, [x.axes for x in op.gives])
        if other.op != judged.op and same and CLAUSES[other.clause].gradient == gradient:
            yield Undone(
                f"it answers {other.op}, not {judged.op}",
                lambda example, other=other: verdict(other, Example(example.case, example.answer, {}, {}), precision),
            )
