"""The suite at work inside pytest: who is judged and how hard, one test per float type and event, what the tests saw."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Collection, Dict, Iterator, List, Set, Tuple

import pytest

from conformance.calling.candidate import Candidate
from conformance.trial.database import opened
from conformance.suite.known_failures import Failures, applied, read
from conformance.cases.protocol import OPS
from conformance.paper.nearest import did_you_mean
from conformance.suite.parts import Part, dealt, read as part_of
from conformance.suite.profiles import DTYPES, PROFILES
from conformance.suite.report import table
from conformance.ops.spec import CLAUSES
from conformance.cases.case import Case, Cases
from conformance.judging.verdicts import BREAKS, ERROR, NOT_PROVIDED, Outcome, Row, summarise


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
        own = gradient.rstrip("g")
        broken = {clause for settled, clause in self._settled if settled == op and not CLAUSES[clause].gradient}
        return own in broken if own in CLAUSES else bool(broken)

    def judges(self, op: str) -> bool:
        """Whether an op is judged in the whole run."""
        return not self.only or op in self.only

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
        raise UnknownName(f"{option}: expected one of {', '.join(names)}, got {name!r}.{did_you_mean(name, names)}")


class Suite:
    """A plugin object of pytest: hands the candidate to the tests of the suite and gathers what they saw.

    Attributes
    ----------
    candidate, run : what the tests are given under these names; the run in the float types that the candidate computes in.
    ops : the ops to judge; None for all.
    outcomes : one for each test that came to a verdict.
    problems : why a test, or the whole run, came to none.
    interrupted : by the user.
    """

    def __init__(self, candidate: Candidate, run: Run) -> None:
        # What is asked for is judged, should the candidate compute in none of it. A copy of the run remembers nothing yet.
        own = tuple(dtype for dtype in run.dtypes if dtype in getattr(candidate, "dtypes", ()))
        self.candidate, self.run = candidate, replace(run, dtypes=own or run.dtypes)
        self.ops = self.run.share(candidate)
        self.outcomes: List[Outcome] = []
        self.problems: List[str] = []
        self.interrupted = False

    def rows(self) -> List[Row]:
        """The verdict table in the order of protocol and spec, in whatever order the tests ran."""
        place = {name: i for i, name in enumerate([*OPS, *CLAUSES])}
        found = summarise(sorted(self.outcomes, key=lambda o: (place[o.op], place.get(o.clause, len(place)))))
        return applied(found, self.run.known)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        judged = getattr(metafunc.function, "conformance", None)
        if judged is None:
            return
        metafunc.parametrize("candidate", [self.candidate], ids=[self.candidate.name], scope="session")
        metafunc.parametrize("run", [self.run], ids=[self.run.profile], scope="session")
        # What is not asked for is taken out later; until then one of each is enough.
        kinds = None if _op(metafunc) in (OPS if self.ops is None else self.ops) else 1
        metafunc.parametrize("dtype", self.run.dtypes[:kinds])
        metafunc.parametrize("event", judged.events[:kinds])

    def pytest_collection_modifyitems(self, items: List[pytest.Item]) -> None:
        if self.ops is not None:
            items[:] = [item for item in items if _op(item) is None or _op(item) in self.ops]

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Iterator[None]:
        """A test that fails as is known is expected to."""
        made = yield
        report, judged = made.get_result(), getattr(getattr(item, "function", None), "conformance", None)
        failure = judged and self.run.known.get((judged.clause, judged.op))
        if failure and report.failed and any(_told(value, report) for value in _seen(report)):
            report.outcome, report.wasxfail = "skipped", failure.reason

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A known failure that fails no more is an error, though every test may have passed."""
        fixed = any(row.verdict == ERROR for row in self.rows() if (row.clause, row.op) in self.run.known)
        if fixed and session.exitstatus == pytest.ExitCode.OK and not hasattr(session.config, "workerinput"):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        seen = _seen(report)
        self.outcomes += [Outcome(**value) for value in seen]
        silent = report.when == "call" and not seen
        explained = any(value["verdict"] == NOT_PROVIDED or _told(value, report) for value in seen)
        if silent or (not report.passed and not explained):
            self.problems.append(f"{report.nodeid}: {report.outcome} without a verdict\n{report.longreprtext}".strip())

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if not report.passed:
            self.problems.append(f"{report.nodeid}: cannot be collected\n{report.longreprtext}")

    def pytest_internalerror(self, excrepr: Any) -> bool:
        self.problems.append(f"internal error of pytest\n{excrepr}")
        return True

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo) -> None:
        # Pytest interrupts itself, with a subclass, when a module cannot be collected.
        self.interrupted = excinfo.type is KeyboardInterrupt

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        terminalreporter.section(f"conformance of {self.candidate.name} to {self.candidate.preset.name}")
        terminalreporter.write_line(table(self.rows()))


def _seen(report: pytest.TestReport) -> List[Dict[str, Any]]:
    """What a test of the suite has to say; it comes again with the report of the teardown."""
    return [value for name, value in report.user_properties if name == "conformance" and report.when == "call"]


def _told(value: Dict[str, Any], report: pytest.TestReport) -> bool:
    """Whether a test failed with what it found, and not because something went wrong after that."""
    return value["verdict"] in (BREAKS, ERROR) and value["detail"].strip() == report.longreprtext.strip()


def _op(item: pytest.Item | pytest.Metafunc) -> str | None:
    """The op a test of the suite is about; None for a test of anyone else's."""
    return getattr(getattr(getattr(item, "function", None), "conformance", None), "op", None)
