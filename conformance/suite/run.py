"""A run: how hard a candidate is looked at, what is judged of it, and what was found so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Collection, Dict, List, Set, Tuple

from conformance.cases.case import Case, Cases
from conformance.cases.protocol import OPS
from conformance.judging.verdicts import Outcome
from conformance.ops.requirements import is_value_of
from conformance.paper.nearest import did_you_mean
from conformance.suite.known_failures import Failures, read
from conformance.suite.parts import Part, dealt, read as part_of
from conformance.suite.profiles import BRIEF, DTYPES, PROFILES
from conformance.trial.database import opened


class UnknownName(ValueError):
    """An option names something that does not exist."""


@dataclass(frozen=True)
class Run:
    """How hard to look, and what is settled already.

    Attributes
    ----------
    profile, examples : the name of the profile, and the examples it draws for each clause, op, float type and event.
    seed : of the draws; None for the same draws in every run.
    dtypes : the float types to run.
    only : the ops to judge; none for all.
    known : failures that are known.
    database : of examples that broke before; None for none.
    shard, part : of the ops, the part that this machine judges, and of that the part of this process; None for all.
    examined : examples drawn so far, with the candidate's answers, for the other clauses of their op.
    smallest : counterexamples found so far, with the examples drawn before, for the same.
    neighbours : of the counterexamples found so far, for the same.
    fields : in which the candidate differs from the dialect, as far as breaks were explained by some.
    """

    profile: str
    examples: int
    seed: int | None
    dtypes: Tuple[str, ...]
    only: Tuple[str, ...]
    known: Failures = field(default_factory=dict)
    database: str | None = None
    shard: Part | None = None
    part: Part | None = None
    examined: Dict[Any, List[Any]] = field(init=False, default_factory=dict, repr=False)
    smallest: Dict[Any, Tuple[Any, List[Any]]] = field(init=False, default_factory=dict, repr=False)
    neighbours: Dict[Any, List[Any]] = field(init=False, default_factory=dict, repr=False)
    fields: Dict[Any, Any] = field(init=False, default_factory=dict, repr=False)
    _settled: Set[Tuple[str, str]] = field(init=False, default_factory=set, repr=False)

    def remember(self, outcome: Outcome) -> None:
        """Note that a clause breaks: one smallest case is enough."""
        self._settled.add((outcome.op, outcome.clause))

    def broken(self, outcome: Outcome) -> bool:
        """Whether the clause is known to break, be it with another float type or event."""
        return (outcome.op, outcome.clause) in self._settled

    def breaks_already(self, op: str) -> bool:
        """Whether some clause is known to break through an op."""
        return any(op == settled for settled, _ in self._settled)

    def value_breaks(self, op: str, gradient: str) -> bool:
        """Whether the clause on the value that belongs to one on a gradient, or any where none does, is known to break."""
        return any(settled == op and is_value_of(clause, gradient) for settled, clause in self._settled)

    def judges(self, op: str) -> bool:
        """Whether an op is judged in the whole run."""
        return not self.only or op in self.only

    def asks(self, cases: Cases, event: str, dtype: str) -> bool:
        """Whether an event is asked in a float type: what is large, or shows in any of them alike, in the last alone."""
        once = {*cases.large, *cases.alike, *(cases.few if self.profile in BRIEF else ())}
        return event not in once or dtype == self.dtypes[-1]

    def share(self, candidate: Any) -> Tuple[str, ...] | None:
        """The ops of a candidate to judge here; None for all."""
        ops = self.only or tuple(OPS)
        for part in (self.shard, self.part):
            ops = ops if part is None else dealt(ops, part, candidate)
        return None if self.shard is self.part is None and not self.only else ops

    def asked(self, op: str, dtype: str, cases: Cases) -> List[Case]:
        """What of some cases was asked of an op in a float type, in order."""
        kept = [found for (of, _, *rest), found in self.examined.items() if (of, *rest) == (op, dtype, id(cases))]
        return [example.case for examples in kept for example in examples]


def settings(
    *,
    profile: str,
    seed: int | None,
    dtype: str,
    only: str | None,
    known: str | None = None,
    database: str | None = None,
    shard: str | None = None,
) -> Run:
    """Read the options of a run; `only` is a comma-separated list of ops, None for all; `known` the path of a file.

    Of a `shard`, 3/8, the third of eight parts is judged.

    Raises
    ------
    UnknownName
        If a profile, float type or op does not exist. Lists those that do.
    KnownError
        If the file cannot be followed.
    DatabaseError
        If the database cannot be used.
    PartError
        If the shard names no part.
    """
    one_of("profile", profile, PROFILES)
    one_of("dtype", dtype, DTYPES)
    ops = () if only is None else tuple(op.strip() for op in only.split(","))
    for op in ops:
        one_of("only", op, OPS)
    if database is not None:
        opened(database)
    failures = {} if known is None else read(Path(known))
    part = None if shard is None else part_of(shard)
    return Run(profile, PROFILES[profile], seed, DTYPES[dtype], ops, failures, database, part)


def one_of(option: str, name: str, names: Collection[str]) -> None:
    """Raise UnknownName unless `name` is one of `names`."""
    if name not in names:
        raise UnknownName(f"{option}: got {name!r}.{did_you_mean(name, names)} Expected one of {', '.join(names)}")
