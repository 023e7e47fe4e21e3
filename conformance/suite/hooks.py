"""The suite at work inside pytest: one test per float type and event, and what the tests saw."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, Iterator, List

import pytest

from conformance.calling.candidate import Candidate
from conformance.cases.protocol import OPS
from conformance.judging.verdicts import BREAKS, ERROR, NOT_PROVIDED, Outcome, Row, summarise
from conformance.ops.spec import CLAUSES
from conformance.suite import interrupts
from conformance.suite.known_failures import applied
from conformance.suite.report import table
from conformance.suite.run import Run


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
        asked = [(dtype, event) for dtype in self.run.dtypes for event in judged.events if self.run.asks(judged.cases, event, dtype)]
        # What is not asked for is taken out later; until then one of each is enough.
        kinds = None if judged.op in (OPS if self.ops is None else self.ops) else 1
        metafunc.parametrize(("dtype", "event"), asked[:kinds])

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

    def pytest_runtest_setup(self) -> None:
        interrupts.heed()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        seen = _seen(report)
        self.outcomes += [Outcome(**value) for value in seen]
        silent = report.when == "call" and not seen
        explained = any(value["verdict"] == NOT_PROVIDED or _told(value, report) for value in seen)
        if silent or (not report.passed and not explained):
            self._problem(f"{report.nodeid}: {report.outcome} without a verdict\n{report.longreprtext}".strip())

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if not report.passed:
            self.problems.append(f"{report.nodeid}: cannot be collected\n{report.longreprtext}")

    def pytest_internalerror(self, excrepr: Any) -> bool:
        self._problem(f"internal error of pytest\n{excrepr}")
        return True

    def _problem(self, text: str) -> None:
        """Note why there is no verdict; what goes wrong on the way out of an interrupted run is no reason of its own."""
        if not interrupts.asked():
            self.problems.append(text)

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
