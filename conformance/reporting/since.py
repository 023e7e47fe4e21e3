"""Since: what became of each failure between two runs, in four words – new, resolved, still, gone."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Tuple

from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR, KNOWN, NOT_PROVIDED

WRONG = (BREAKS, ERROR)
FAILS = (*WRONG, KNOWN)

NEW, RESOLVED, STILL, GONE = "new", "resolved", "still", "gone"
WORDS = {
    NEW: "fails, and did not before",
    RESOLVED: "failed before, and conforms",
    STILL: "failed before, and does",
    GONE: "failed before, and is judged no more",
}
"""What each word means."""

NAMED = 4
"""Clauses named in a sentence at most."""


class Line(NamedTuple):
    """One clause of one op: its record for A and for B; None where it was not judged."""

    op: str
    clause: str
    a: Dict[str, Any] | None
    b: Dict[str, Any] | None

    @property
    def verdicts(self) -> Tuple[str, str]:
        """Of A and of B."""
        return tuple(NOT_PROVIDED if one is None else one["verdict"] for one in (self.a, self.b))

    @property
    def word(self) -> str:
        """Of the four words the one for it, "" where neither fails. What is newly known to fail is not new."""
        before, after = self.verdicts
        if before in FAILS:
            return STILL if after in FAILS else RESOLVED if after == CONFORMS else GONE
        return NEW if after in WRONG else ""


def lines(a: Dict[str, Any], b: Dict[str, Any]) -> List[Line]:
    """Every clause of every op that one of two candidates provides, in the order of A, then of B."""
    of_a, of_b = ({(c["op"], c["id"]): c for c in one["clauses"]} for one in (a, b))
    found = [Line(*key, of_a.get(key), of_b.get(key)) for key in dict.fromkeys([*of_a, *of_b])]
    return [line for line in found if set(line.verdicts) != {NOT_PROVIDED}]


def by_word(a: Dict[str, Any], b: Dict[str, Any]) -> Dict[str, List[Line]]:
    """The failures of two runs by the word for each; every word is there."""
    return {word: [line for line in lines(a, b) if line.word == word] for word in WORDS}


def as_json(a: Dict[str, Any], b: Dict[str, Any]) -> Dict[str, Any]:
    """What a report says of it: the candidate compared with, and the clauses by word."""
    found = {word: [{"op": x.op, "id": x.clause} for x in these] for word, these in by_word(a, b).items()}
    return {"with": a["candidate"], **found}


def sentence(comparison: Dict[str, Any]) -> str:
    """What `as_json` holds, for people: "1 new: ciou IOU-4; 2 resolved: …"; says so where nothing fails."""
    parts = [f"{len(comparison[word])} {word}: {_named(comparison[word])}" for word in WORDS if comparison[word]]
    return "; ".join(parts) or "nothing fails, before or after"


def _named(clauses: List[Dict[str, str]]) -> str:
    """A few clauses by name; of many, the first."""
    told = ", ".join(f"{one['op']} {one['id']}" for one in clauses[:NAMED])
    return told + (f" and {len(clauses) - NAMED} more" if len(clauses) > NAMED else "")
