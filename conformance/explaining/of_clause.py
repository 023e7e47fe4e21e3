"""A clause explained: what it asks, who differs by intent, the mistakes that break it and how each is mended."""

from __future__ import annotations

from typing import List, NamedTuple, Tuple

from conformance.cases.protocol import vjp
from conformance.judging.clause import Clause
from conformance.ops import family
from conformance.ops.fix import Fix, fix_of
from conformance.ops.mutant import in_words
from conformance.ops.mutants import MUTANTS, Mutant
from conformance.ops.spec import CLAUSES

CANDIDATE = "my_loss.py:MyLoss"
"""Stands for the user's own in commands."""


class Mistake(NamedTuple):
    """A way to break a clause: the mutants that do so, and the line that mends them all; None where none is said."""

    mutants: Tuple[Mutant, ...]
    fix: Fix | None

    @property
    def told(self) -> Tuple[str, ...]:
        """Each in words: what is done, and where it was seen; of what some mean, that it is wrong unless it is meant."""
        return tuple(f"{m.sentence} (unless it is meant)" if m.convention else in_words(m._asdict()) for m in self.mutants)


class Explained(NamedTuple):
    """A clause, and what is known of it.

    Attributes
    ----------
    differs : who decides otherwise and means it, as (what, who, how it is judged).
    mistakes : that break it, those with one fix together; those seen in public first. What some mean is one for the rest.
    commands : that judge it, as (command, what it does).
    """

    clause: Clause
    differs: Tuple[Tuple[str, str, str], ...]
    mistakes: Tuple[Mistake, ...]
    commands: Tuple[Tuple[str, str], ...]


def explained(id: str) -> Explained:
    """What is known of a clause, by its id."""
    clause = CLAUSES[id]
    functions = {vjp(op) if clause.gradient else op for op in clause.ops}
    breaking = [mutant for mutant in MUTANTS.values() if id in mutant.breaks]
    meant = [(m.sentence, m.seen, f"--dialect {m.dialect}" if m.dialect else "") for m in breaking if m.convention]
    others = [row for row in family.rows("who does otherwise") if row.op in functions]
    meant += [(row.does, row.source, row.judged) for row in others]
    return Explained(clause, tuple(meant), tuple(_grouped(breaking)), tuple(_commands(clause, breaking)))


def _grouped(breaking: List[Mutant]) -> List[Mistake]:
    """Mistakes that one line mends together, in the order of the first; then those without a line."""
    bugs = sorted((m for m in breaking if not m.convention or fix_of(m)), key=lambda m: not m.seen)
    groups: List[Mistake] = []
    for fix in dict.fromkeys(fix_of(m) for m in bugs):
        groups.append(Mistake(tuple(m for m in bugs if fix_of(m) == fix), fix))
    return sorted(groups, key=lambda group: group.fix is None)


def _commands(clause: Clause, breaking: List[Mutant]) -> List[Tuple[str, str]]:
    ops = ",".join(clause.ops)
    found = [(f"python -m conformance {CANDIDATE} --only {ops}", "judges yours by it, and by what else its ops must do")]
    if breaking:
        wrong = f"conformance.ops.mutants:{breaking[0].id.replace('-', '_')}"
        found.append((f"python -m conformance {wrong} --only {ops}", f"shows how it breaks: {breaking[0].sentence}"))
    return found
