"""The command line: judge one candidate, or every installed one, and report."""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence, Tuple

import pytest

from conformance import candidate, loading, replay, replaying, report, several, suite
from conformance.database import DatabaseError
from conformance.known import KnownError
from conformance.protocol import GRADIENTS, PROTOCOL, vjp
from conformance.remote.limits import Limits, LimitsError, limits
from conformance.report import Report
from conformance.spec import CLAUSES
from refimpl import PRESETS

CLAUSES_PACKAGE = "conformance.clauses"
"""The package whose tests are the suite."""

_REFUSED = (suite.UnknownName, LimitsError, KnownError, DatabaseError, replay.ReplayError, OSError)

_PYTEST = ["--pyargs", "--noconftest", "-c", os.devnull, "-p", "no:cacheprovider", "-p", "no:terminal"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line. Returns 0 if all conforms, 1 if a clause breaks or errs, 2 if no verdict could be formed."""
    # Formulas are not ASCII; a terminal that cannot show them is no reason to fail.
    sys.stdout.reconfigure(errors="replace")
    options = _parser().parse_args(argv)
    try:
        return _run(options)
    except _REFUSED as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        return _refuse("interrupted")
    except Exception:
        # Python itself would exit with 1, which means that a clause breaks.
        return _refuse(traceback.format_exc())


def _run(options: argparse.Namespace) -> int:
    if options.dialect is not None:
        suite.one_of("dialect", options.dialect, PRESETS)
    asked = {name: getattr(options, name) for name in ("profile", "seed", "dtype", "only", "database")}
    run = suite.settings(**asked, known=options.known_failures)
    if options.list:
        print(json.dumps(_listing(), indent=2) if options.json else _listing_text())
        return 0
    words = [options.candidate] if options.candidate is not None else list(loading.known())
    if not words:
        return _refuse(f"no candidate is installed; name one with --candidate {loading.WAYS_IN}")
    if options.report is not None:
        options.report.mkdir(parents=True, exist_ok=True)
    # As `python -m` does, so that the console script finds the same modules.
    sys.path.append(os.getcwd())
    with several.terminated_as_interrupted():
        return _judge_all(words, run, options)


def _judge_all(words: Sequence[str], run: suite.Run, options: argparse.Namespace) -> int:
    """Judge every candidate, several at a time, each in a process of its own; print each report when its turn comes."""
    if options.replay is not None:
        replay.read(options.replay)
    isolation = {name: getattr(options, name) for name in ("isolate", "timeout", "memory", "verbose")}
    asked = {"dialect": options.dialect, "limits": limits(words, **isolation), "example": options.replay}
    asked["skip"] = options.candidate is None
    judge = functools.partial(_judge, run=run, **asked)
    reports: List[Report] = []
    for one in several.each(judge, words):
        if not options.json:
            print(report.text(one), end="\n\n" if len(reports) + 1 < len(words) else "\n", flush=True)
        reports.append(one)
    code = report.worst_exit_code(reports)
    records = [report.record(one) for one in reports]
    whole = records[0] if options.candidate is not None else {"exit_code": code, "candidates": records}
    if options.json:
        print(json.dumps(whole, indent=2))
    if options.report is not None:
        _write(options.report / "report.json", json.dumps(whole, indent=2) + "\n")
    return code


def _judge(
    word: str, run: suite.Run, dialect: str | None, limits: Limits | None, example: str | None, skip: bool
) -> Report:
    """Load one candidate and put it through the suite. What it prints goes to stderr, or nowhere."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(sys.stderr))
        try:
            judged = stack.enter_context(contextlib.closing(candidate.find(word, dialect, limits)))
        except candidate.CandidateNotFound as error:
            if skip and error.missing:
                return Report(word, skipped=f"no module named {error.missing}")
            return Report(word, problems=(str(error),))
        if example is not None:
            again = replaying.rows(judged, run, example)
            return Report(judged.name, _about(judged, run), judged.preset.name, "one example", again)
        plugin = suite.Suite(judged, run)
        with _plain_pytest():
            status = pytest.main([*_PYTEST, CLAUSES_PACKAGE], plugins=[plugin])
    if plugin.interrupted:
        raise KeyboardInterrupt
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) and not plugin.problems:
        plugin.problems.append(f"pytest ended with {pytest.ExitCode(status).name}")
    return Report(
        judged.name, _about(judged, run), judged.preset.name, run.profile, tuple(plugin.rows()), tuple(plugin.problems)
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
    seed = "" if run.seed is None else f", seed {run.seed}"
    only = f", only {', '.join(run.only)}" if run.only else ""
    return (
        ("candidate", f"{judged.name} ({judged.framework}, {judged.device})"),
        ("dialect", "; not served: ".join((judged.preset.name, *judged.refused))),
        ("run", f"{run.profile}, {run.examples} examples per event, {' + '.join(run.dtypes)}{seed}{only}"),
        ("versions", report.versions()),
    )


def _refuse(reason: str) -> int:
    print(f"conformance: {reason}", file=sys.stderr)
    return 2


def _write(path: Path, content: str) -> None:
    """Write a file whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(content, encoding="utf-8")
    os.replace(partial, path)


def _listing() -> Dict[str, Any]:
    return {
        "candidates": {name: entry.value for name, entry in loading.known().items()},
        "dialects": list(PRESETS),
        "ops": {op: f"({', '.join(names.arguments)}) -> {', '.join(names.returns)}" for op, names in PROTOCOL.items()},
        "gradients": {
            vjp(op): f"({', '.join(PROTOCOL[op].arguments + gradient.cotangents)}) -> {', '.join(gradient.wrt)}"
            for op, gradient in GRADIENTS.items()
        },
        "clauses": {clause.id: clause.sentence for clause in CLAUSES.values()},
    }


def _listing_text() -> str:
    lines = []
    for title, entries in _listing().items():
        lines.append(f"{title}:")
        lines += [f"  {name:18} {entries[name]}" if isinstance(entries, dict) else f"  {name}" for name in entries]
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="conformance",
        description="Judge an implementation of the YOLOv8 training head, clause by clause.",
        epilog="Exit status: 0 all it offers conforms, 1 a clause breaks or errs, 2 no verdict could be formed.",
        allow_abbrev=False,
    )
    parser.add_argument("--candidate", metavar="WORD", help=f"name, {loading.WAYS_IN}; default: all installed")
    parser.add_argument("--dialect", metavar="NAME", help="preset to judge it by; default: what its factory says")
    parser.add_argument("--only", metavar="OP,OP", help="ops to judge; default: all")
    parser.add_argument("--profile", metavar="NAME", default="standard", help=" | ".join(suite.PROFILES))
    parser.add_argument("--seed", metavar="N", type=int, help="seed of the draws; default: always the same draws")
    parser.add_argument("--dtype", metavar="NAME", default="both", help=" | ".join(suite.DTYPES))
    parser.add_argument("--database", metavar="WORD", help="folder or redis://… of what broke before, to try it first")
    parser.add_argument("--known-failures", metavar="FILE", help="what may fail, a line each: 'IOU-4 ciou: reason'")
    parser.add_argument("--replay", metavar="WORD", help="judge one example again; a report says which word stands for it")
    parser.add_argument("--isolate", action="store_true", help="run it in a process of its own; a program always does")
    parser.add_argument("--timeout", metavar="SECONDS", type=float, help="of each isolated call; default: 30")
    parser.add_argument("--memory", metavar="MIB", type=int, help="of an isolated process; default: 4096")
    parser.add_argument("-v", "--verbose", action="store_true", help="show and check all messages to and from it")
    parser.add_argument("--report", metavar="DIR", type=Path, help="write DIR/report.json")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.add_argument("--list", action="store_true", help="list candidates, dialects, ops, gradients and clauses")
    return parser
