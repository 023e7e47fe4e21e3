"""The command line: judge one candidate, or every installed one, and report."""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import os
import runpy
import sys
import traceback
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence, Tuple

import pytest

from conformance import candidate, compare, loading, report, several, suite, terminal
from conformance.protocol import GRADIENTS, PROTOCOL, vjp
from conformance.report import Report
from conformance.reporting import files, record
from conformance.reporting.comparison import NoReport
from conformance.spec import CLAUSES
from refimpl import PRESETS

CLAUSES_PACKAGE = "conformance.clauses"
"""The package whose tests are the suite."""

_PYTEST = ["--pyargs", "--noconftest", "-c", os.devnull, "-p", "no:cacheprovider", "-p", "no:terminal"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line. Returns 0 if all conforms, 1 if a clause breaks or errs, 2 if no verdict could be formed."""
    # Formulas are not ASCII; a terminal that cannot show them is no reason to fail.
    sys.stdout.reconfigure(errors="replace")
    words = sys.argv[1:] if argv is None else list(argv)
    if words[:1] == ["draw"]:
        # The golden tensors stand on this package, which therefore runs them by name.
        return runpy.run_module("golden.draw")["main"](words[1:])
    options = _parser().parse_args(words)
    try:
        return _run(options)
    except (suite.UnknownName, NoReport, OSError) as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        return _refuse("interrupted")
    except Exception:
        # Python itself would exit with 1, which means that a clause breaks.
        return _refuse(traceback.format_exc())


def _run(options: argparse.Namespace) -> int:
    if options.dialect is not None:
        suite.one_of("dialect", options.dialect, PRESETS)
    run = suite.settings(profile=options.profile, seed=options.seed, dtype=options.dtype, only=options.only)
    if options.list:
        print(json.dumps(_listing(), indent=2) if options.json else _listing_text())
        return 0
    words = options.compare or ([options.candidate] if options.candidate is not None else list(loading.known()))
    if not words:
        return _refuse(f"no candidate is installed; name one with --candidate {loading.WAYS_IN}")
    if options.report is not None:
        options.report.mkdir(parents=True, exist_ok=True)
    # As `python -m` does, so that the console script finds the same modules.
    sys.path.append(os.getcwd())
    with several.terminated_as_interrupted():
        if options.compare is not None:
            judge = functools.partial(_judge, run=run, dialect=options.dialect, skip=False, quiet=True)
            return compare.run(judge, options.compare, options.report, options.json, options.quiet)
        return _judge_all(words, run, options)


def _judge_all(words: Sequence[str], run: suite.Run, options: argparse.Namespace) -> int:
    """Judge every candidate, several at a time, each in a process of its own; print each report when its turn comes."""
    asked = {"dialect": options.dialect, "skip": options.candidate is None, "quiet": options.quiet or len(words) > 1}
    judge = functools.partial(_judge, run=run, **asked)
    reports: List[Report] = []
    interrupted = False
    try:
        for one in several.each(judge, words):
            reports.append(one)
            if one.interrupted:
                raise KeyboardInterrupt
            if not options.json:
                told = terminal.coloured(report.closing(one) if options.quiet else report.text(one), sys.stdout)
                print(told, end="\n" if options.quiet or len(reports) == len(words) else "\n\n", flush=True)
    except KeyboardInterrupt:
        interrupted = True
    whole = record.whole(reports, single=options.candidate is not None) if reports else None
    if options.report is not None and reports:
        files.write(options.report, whole)
    if interrupted:
        raise KeyboardInterrupt
    if options.json:
        print(files.text(whole), end="")
    return report.worst_exit_code(reports)


def _judge(word: str, run: suite.Run, dialect: str | None, skip: bool, quiet: bool) -> Report:
    """Load one candidate and put it through the suite. What it prints goes to stderr, or nowhere."""
    with contextlib.redirect_stdout(sys.stderr):
        try:
            judged = candidate.find(word, dialect)
        except candidate.CandidateNotFound as error:
            if skip and error.missing:
                return Report(word, skipped=f"no module named {error.missing}", word=word)
            return Report(word, problems=(str(error),), word=word)
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
        _about(judged, run),
        judged.preset.name,
        run.profile,
        tuple(plugin.rows()),
        tuple(plugin.problems),
        **{"word": word, "seed": run.seed, "dtypes": run.dtypes, "only": run.only, "interrupted": plugin.interrupted},
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
        epilog="Exit status: 0 all it offers conforms, 1 a clause breaks or errs, 2 no verdict could be formed. "
        "`conformance draw CASE` draws a golden case.",
        allow_abbrev=False,
    )
    asked = parser.add_mutually_exclusive_group()
    asked.add_argument("--candidate", metavar="WORD", help=f"name, {loading.WAYS_IN}; default: all installed")
    asked.add_argument("--compare", nargs=2, metavar=("A", "B"), help="two candidates, or saved reports; 1 if B alone breaks")
    parser.add_argument("--dialect", metavar="NAME", help="preset to judge it by; default: what its factory says")
    parser.add_argument("--only", metavar="OP,OP", help="ops to judge; default: all")
    parser.add_argument("--profile", metavar="NAME", default="standard", help=" | ".join(suite.PROFILES))
    parser.add_argument("--seed", metavar="N", type=int, help="seed of the draws; default: always the same draws")
    parser.add_argument("--dtype", metavar="NAME", default="both", help=" | ".join(suite.DTYPES))
    parser.add_argument("--report", metavar="DIR", type=Path, help="write report.html, report.json and their kin")
    parser.add_argument("--quiet", action="store_true", help="print one line for each candidate, and no progress")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.add_argument("--list", action="store_true", help="list candidates, dialects, ops, gradients and clauses")
    return parser
