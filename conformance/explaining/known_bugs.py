"""Known bugs: the name of the bug, found by putting the counterexample before every known mutant.

A mutant explains a break if it answers as the candidate does, on the counterexample and on other examples, and not as
the right implementation does. Where several remain, all are named; where none does, nothing is said.
"""

from __future__ import annotations

import functools
from typing import Any, Dict, Iterable, List, Sequence, Tuple

from conformance.calling.candidate import Candidate
from conformance.candidates.dense_numpy import DenseNumPy
from conformance.ops.spec import CLAUSES, PROPERTIES, Property
from conformance.trial.asking import ask
from conformance.trial.trial import Example, verdict
from conformance.trial.work import Work
from conformance.calling.errors import CandidateError, NotServed
from conformance.explaining.wiring import miswired
from conformance.explaining.same_answer import Heard, alike, decided_alike, heard
from conformance.ops.mutant import in_words
from conformance.ops.mutants import MUTANTS, Mutant
from conformance.ops.right import decides_as_yolov8
from conformance.ops.made_of import parts
from conformance.judging.rounding import Precision
from conformance.cases.case import Case
from refimpl import YOLOV8

NEIGHBOURS = 8
"""Other examples a mutant is compared on."""

CONFIRMING = 100
"""Work spent at most on making sure of the one mutant that remains."""

NAMED = 3
"""Mutants named at most; more than these explain nothing."""


def diagnose(
    judged: Property, precision: Precision, broken: Example, others: Sequence[Example], neighbours: Sequence[Example] = ()
) -> Tuple[Mutant, ...]:
    """The mutants that answer as the candidate does; where none does, those with a part that is wired otherwise.

    Parameters
    ----------
    judged : the clause that breaks
    broken : the counterexample
    others : more examples, broken or not
    neighbours : yet more, looked at while several mutants remain, and a while longer

    Returns
    -------
    at most `NAMED` mutants; none if more remain
    """
    ops = parts(judged.op) if _put_together_rightly(judged, precision, broken) else (judged.op,)
    known = [mutant for mutant in MUTANTS.values() if mutant.op.replace("_vjp", "") in ops]
    for mutants in (known, () if CLAUSES[judged.clause].gradient or len(ops) == 1 else miswired(judged.op)):
        found = _alike(judged, precision, mutants, broken, others, neighbours)
        if found:
            return found
    return ()


def _put_together_rightly(judged: Property, precision: Precision, broken: Example) -> bool:
    """Whether what faulty parts are put into is right there: it decides as YOLOV8 does."""
    if decides_as_yolov8(broken.case.dialect):
        return True
    try:
        answer = ask(Candidate(DenseNumPy, YOLOV8, "dense_numpy"), judged.op, broken.case, precision, CLAUSES[judged.clause].gradient)
    except (CandidateError, NotServed):
        return False
    return not verdict(judged, Example(broken.case, answer, {}, {}), precision).broken


def _alike(
    judged: Property, precision: Precision, mutants: Iterable[Mutant], broken: Example, others: Sequence[Example], neighbours: Sequence[Example]
) -> Tuple[Mutant, ...]:
    """Those of some mutants that answer as the candidate does; none if too many remain."""
    remaining = _breaking(mutants, judged, precision, broken)
    for seen in [broken, *others[: -NEIGHBOURS or None][:NEIGHBOURS], *others[-NEIGHBOURS:]]:
        remaining = _answering_so(remaining, judged, seen, precision)
    work = Work(CONFIRMING)
    for seen in neighbours:
        if not remaining or len(remaining) == 1 and not work.spend(seen.case):
            break
        remaining = _answering_so(remaining, judged, seen, precision)
    return tuple(remaining) if len(remaining) <= NAMED else ()


def _breaking(mutants: Iterable[Mutant], judged: Property, precision: Precision, broken: Example) -> List[Mutant]:
    """Those of some mutants that break the clause on the counterexample, too."""
    found, known = [], {}
    for mutant in mutants:
        answer = _answer(mutant, judged, broken.case, precision)
        if answer is not None and decided_alike(judged.op, broken.answer, answer):
            if verdict(judged, Example(broken.case, answer, {}, known), precision).broken:
                found.append(mutant)
    return found


def _answering_so(mutants: List[Mutant], judged: Property, seen: Example, precision: Precision) -> List[Mutant]:
    """Those of some mutants that answer a case as the candidate did."""
    if not mutants:
        return []
    known: Dict[str, Any] = {}
    told = [(one, heard(one, seen.case, seen.answer, precision, known)) for one in _of_the_same_answer(judged)]
    return [m for m in mutants if _answers_so(m, judged, seen, told, precision, known)]


def _of_the_same_answer(judged: Property) -> List[Property]:
    """The clauses that look at the same answers: of one op, all about its value or all about its gradient."""
    gradient = judged.clause.endswith("g")
    return [one for one in PROPERTIES if one.op == judged.op and one.clause.endswith("g") == gradient]


def _answers_so(
    mutant: Mutant,
    judged: Property,
    seen: Example,
    told: Sequence[Tuple[Property, Heard]],
    precision: Precision,
    known: Dict[str, Any],
) -> bool:
    """Whether a mutant answers a case as the candidate did, as far as every clause looks."""
    answer = _answer(mutant, judged, seen.case, precision)
    if answer is None or not decided_alike(judged.op, seen.answer, answer):
        return False
    return all(alike(words, heard(one, seen.case, answer, precision, known)) for one, words in told)


def text(found: Sequence[Mutant]) -> str:
    """What the user reads; "" if nothing was found."""
    return "\n        or: ".join(in_words(mutant._asdict()) for mutant in found).join(("looks like: ", "")) if found else ""


@functools.lru_cache(maxsize=None)
def _candidate(mutant: Mutant) -> Candidate:
    return Candidate(mutant.factory, YOLOV8, mutant.id)


def _answer(mutant: Mutant, judged: Property, case: Case, precision: Precision) -> Any:
    """What a mutant answers; None if it raises."""
    try:
        return ask(_candidate(mutant), judged.op, case, precision, judged.clause.endswith("g"))
    except (CandidateError, NotServed):
        return None
