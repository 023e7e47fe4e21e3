"""The command line: judge one candidate, or every installed one, and report."""

from __future__ import annotations

import argparse
import contextlib
import functools
import os
import runpy
import sys
import traceback
from typing import Callable, Iterator, List, Sequence, Tuple

import pytest

from conformance.calling import candidate, loading
from conformance.command import compare, explain_step, judge_run, listing, options, replay as replaying, processes as several, terminal
from conformance.suite import again, report, hooks as suite
from conformance.trial.database import DatabaseError
from conformance.suite.known_failures import KnownError
from conformance.calling.remote.limits import Limits, LimitsError, limits
from conformance.suite.report import Report
from conformance.reporting import files, record
from conformance.reporting.comparison import NoReport
from refimpl import PRESETS

CLAUSES_PACKAGE = "conformance.clauses"
"""The package whose tests are the suite."""

_REFUSED = (suite.UnknownName, LimitsError, KnownError, DatabaseError, again.ReplayError, NoReport, OSError)
"""What is wrong with the command line."""

_PYTEST = ["--pyargs", "--noconftest", "-c", os.devnull, "-p", "no:cacheprovider", "-p", "no:terminal"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line. Returns 0 if all conforms, 1 if a clause breaks or errs, 2 if no verdict could be formed."""
    # Formulas are not ASCII; a terminal that cannot show them is no reason to fail.
    sys.stdout.reconfigure(errors="replace")
    words = sys.argv[1:] if argv is None else list(argv)
    if words[:1] == ["draw"]:
        # The golden tensors stand on this package, which therefore runs them by name.
        return runpy.run_module("golden.draw")["main"](words[1:])
    if words[:1] == ["judge-run"]:
        return judge_run.main(words[1:])
    if words[:1] == ["explain"]:
        return explain_step.main(words[1:])
    asked = options.parser().parse_args(words)
    try:
        return _run(asked)
    except _REFUSED as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        return _refuse("interrupted")
    except Exception:
        # Python itself would exit with 1, which means that a clause breaks.
        return _refuse(traceback.format_exc())


def _run(asked: argparse.Namespace) -> int:
    if asked.dialect is not None:
        suite.one_of("dialect", asked.dialect, PRESETS)
    draws = {name: getattr(asked, name) for name in ("profile", "seed", "dtype", "only", "database")}
    run = suite.settings(**draws, known=asked.known_failures)
    if asked.list:
        print(listing.text(asked.json))
        return 0
    words = asked.compare or ([asked.candidate] if asked.candidate is not None else list(loading.known()))
    if not words:
        return _refuse(f"no candidate is installed; name one with --candidate {loading.WAYS_IN}")
    if asked.replay is not None:
        again.read(asked.replay)
    if asked.report is not None:
        asked.report.mkdir(parents=True, exist_ok=True)
    # As `python -m` does, so that the console script finds the same modules.
    sys.path.append(os.getcwd())
    bounds = limits(words, **{name: getattr(asked, name) for name in ("isolate", "timeout", "memory", "verbose")})
    how = {"dialect": asked.dialect, "limits": bounds, "example": asked.replay, "quiet": asked.quiet or len(words) > 1}
    judge = functools.partial(_judge, run=run, skip=asked.candidate is None and not asked.compare, **how)
    with several.terminated_as_interrupted():
        if asked.compare is not None:
            return compare.run(judge, words, asked.report, asked.json, asked.quiet)
        return _judge_all(judge, words, asked)


def _judge_all(judge: Callable[[str], Report], words: Sequence[str], asked: argparse.Namespace) -> int:
    """Judge every candidate, several at a time, each in a process of its own; print each report when its turn comes."""
    reports: List[Report] = []
    interrupted = False
    try:
        for one in several.each(judge, words):
            reports.append(one)
            if one.interrupted:
                raise KeyboardInterrupt
            if not asked.json:
                told = terminal.coloured(report.closing(one) if asked.quiet else report.text(one), sys.stdout)
                print(told, end="\n" if asked.quiet or len(reports) == len(words) else "\n\n", flush=True)
    except KeyboardInterrupt:
        interrupted = True
    whole = record.whole(reports, single=asked.candidate is not None) if reports else None
    if asked.report is not None and reports:
        files.write(asked.report, whole)
    if interrupted:
        raise KeyboardInterrupt
    if asked.json:
        print(files.text(whole), end="")
    return report.worst_exit_code(reports)


def _judge(
    word: str, run: suite.Run, dialect: str | None, limits: Limits | None, example: str | None, skip: bool, quiet: bool
) -> Report:
    """Load one candidate and put it through the suite. What it prints goes to stderr, or nowhere."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(sys.stderr))
        try:
            judged = stack.enter_context(contextlib.closing(candidate.find(word, dialect, limits)))
        except candidate.CandidateNotFound as error:
            if skip and error.missing:
                return Report(word, skipped=f"no module named {error.missing}", word=word)
            return Report(word, problems=(str(error),), word=word)
        if example is not None:
            again = replaying.rows(judged, run, example)
            return Report(judged.name, _about(judged, run), judged.preset.name, "one example", again, word=word)
        plugin = suite.Suite(judged, run)
        with _plain_pytest():
            beside = [] if quiet else terminal.progress(sys.stderr)
            status = pytest.main([*_PYTEST, CLAUSES_PACKAGE], plugins=[plugin, *beside])
    if plugin.interrupted:
        plugin.problems.append("interrupted: what follows was judged before")
    elif status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) and not plugin.problems:
        plugin.problems.append(f"pytest ended with {pytest.ExitCode(status).name}")
    return Report(
        judged.name,
        _about(judged, plugin.run),
        judged.preset.name,
        run.profile,
        tuple(plugin.rows()),
        tuple(plugin.problems),
        **{"word": word, "seed": run.seed, "dtypes": plugin.run.dtypes, "only": run.only, "interrupted": plugin.interrupted},
    )


@contextlib.contextmanager
def _plain_pytest() -> Iterator[None]:
    """Keep plugins and options that are meant for other test runs (`-x`, random order) out of this one."""
    kept = dict(os.environ)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ.pop("PYTEST_PLUGINS", None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)


def _about(judged: candidate.Candidate, run: suite.Run) -> Tuple[Tuple[str, str], ...]:
    alone = ", the one float type of the candidate" if run.dtypes == judged.dtypes and len(run.dtypes) == 1 else ""
    seed = "" if run.seed is None else f", seed {run.seed}"
    only = f", only {', '.join(run.only)}" if run.only else ""
    return (
        ("candidate", f"{judged.name} ({judged.framework}, {judged.device})"),
        ("dialect", "; not served: ".join((judged.preset.name, *judged.refused))),
        ("run", f"{run.profile}, {run.examples} examples per event, {' + '.join(run.dtypes)}{alone}{seed}{only}"),
        ("versions", report.versions()),
    )


def _refuse(reason: str) -> int:
    print(f"conformance: {reason}", file=sys.stderr)
    return 2
