"""Faults: what a record says is broken, by cause."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Tuple

from conformance.ops.mutant import in_words
from conformance.suite.another import as_another
from conformance.suite.causes import causes
from conformance.suite.report import NO_VERDICT, SKIPPED
from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR, KNOWN, NOT_PROVIDED, UNDECIDED, Row

__all__ = ["Fault", "as_dialect", "broken", "conclusion", "known", "likely", "reason"]


class Fault(NamedTuple):
    """One cause: what it may be called, the likeliest first, and the breaks it explains as (op, clause id)."""

    names: Tuple[str, ...]
    explains: Tuple[Tuple[str, str], ...]

    @property
    def name(self) -> str:
        """The names with "or" between them."""
        return "; or ".join(self.names)


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
    """Every cause of what breaks, in the order of the table; one without a name is called by what the suite said."""
    found = causes(_rows(judged))
    return [Fault(_names(row), tuple((r.op, r.clause) for r in (row, *followers))) for row, followers in found]


def as_dialect(judged: Dict[str, Any]) -> str:
    """How a candidate does as the dialect that its breaks point to; "" if they point to none."""
    return as_another(_rows(judged), judged["dialect"])


def _rows(judged: Dict[str, Any]) -> List[Row]:
    return [Row(**{"clause" if name == "id" else name: x for name, x in one.items()}) for one in judged["clauses"]]


def _names(row: Row) -> Tuple[str, ...]:
    record = row.counterexample or {}
    fields = [record["differs"]["words"]] if record.get("differs") else []
    known = (*record.get("hints", ()), *fields, *(in_words(bug) for bug in record.get("bugs", ())))
    return tuple(known) or (record.get("message", row.detail).partition("\n")[0],)


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
