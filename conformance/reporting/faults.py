"""Faults: what a record says is broken, and the fewest known bugs that explain it."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Tuple

from conformance.suite.blocks import sentence
from conformance.suite.report import NO_VERDICT, SKIPPED
from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR, KNOWN, NOT_PROVIDED, UNDECIDED


__all__ = ["Fault", "broken", "conclusion", "known", "likely", "reason", "sentence"]


class Fault(NamedTuple):
    """A known bug, and the breaks it explains as (op, clause id)."""

    bug: Dict[str, Any]
    explains: Tuple[Tuple[str, str], ...]


def broken(judged: Dict[str, Any]) -> List[Dict[str, Any]]:
    """The clauses of a candidate that break or err."""
    return [clause for clause in judged["clauses"] if clause["verdict"] in (BREAKS, ERROR)]


def known(judged: Dict[str, Any]) -> List[Dict[str, Any]]:
    """The clauses of a candidate that fail as its user has listed."""
    return [clause for clause in judged["clauses"] if clause["verdict"] == KNOWN]


def reason(clause: Dict[str, Any]) -> str:
    """Why a clause is known to fail, and where that is written."""
    return clause["detail"].partition("\n")[0]


def likely(judged: Dict[str, Any]) -> List[Fault]:
    """The bugs that explain the breaks, the one that explains most first; one that adds nothing is left out."""
    named: Dict[str, Fault] = {}
    for clause in broken(judged):
        for bug in (clause["counterexample"] or {"bugs": []})["bugs"]:
            seen = named.get(bug["id"], Fault(bug, ()))
            named[bug["id"]] = Fault(bug, (*seen.explains, (clause["op"], clause["id"])))
    chosen: List[Fault] = []
    left = {key for fault in named.values() for key in fault.explains}
    while left:
        best = max(named.values(), key=lambda fault: len(left & set(fault.explains)))
        chosen.append(best)
        left -= set(best.explains)
    return chosen


def conclusion(judged: Dict[str, Any]) -> str:
    """The verdict on a candidate as a clause of a sentence, to follow its name."""
    verdicts = [clause["verdict"] for clause in judged["clauses"] if clause["verdict"] != NOT_PROVIDED]
    breaks, errors, listed = map(verdicts.count, (BREAKS, ERROR, KNOWN))
    also = f", {listed} known to fail" if listed else ""
    if judged["verdict"] == SKIPPED:
        return "was not judged"
    if breaks:
        return f"breaks {breaks} of {_clauses(len(verdicts))}" + (f", and errs on {errors}" if errors else "") + also
    if errors:
        return f"errs on {errors} of {_clauses(len(verdicts))}" + also
    if judged["verdict"] == UNDECIDED:
        return f"is undecided on {verdicts.count(UNDECIDED)} of {_clauses(len(verdicts))}" + also
    if judged["verdict"] == KNOWN:
        return f"conforms to {verdicts.count(CONFORMS)} of {_clauses(len(verdicts))}" + also
    if judged["verdict"] == CONFORMS:
        return f"conforms to {'all ' * (len(verdicts) > 1)}{_clauses(len(verdicts))}"
    return "has no verdict" if judged["verdict"] == NO_VERDICT else judged["verdict"].lower()


def _clauses(count: int) -> str:
    return f"{count} clause{'s' * (count != 1)}"
