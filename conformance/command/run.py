"""A run: judge one candidate, or every installed one, and report."""

from __future__ import annotations

import argparse
import functools
import math
import os
import sys
from typing import Any, List, Sequence

from conformance.calling import loading
from conformance.calling.remote.limits import LimitsError, limits
from conformance.cases.protocol import OPS
from conformance.command import compare, processes, terminal
from conformance.command.one_candidate import judge, nothing_left_behind
from conformance.reporting import comparison, files, record, since
from conformance.suite import replay_word, report
from conformance.suite.run import Run, UnknownName, one_of, settings as settings_of
from conformance.suite.known_failures import KnownError
from conformance.suite.interrupts import terminated_as_interrupted
from conformance.suite.parts import PartError
from conformance.suite.report import Report
from conformance.trial.database import DatabaseError
from refimpl import PRESETS
from refimpl.threads import cores


class NothingToJudge(ValueError):
    """No candidate is named and none is installed."""


REFUSED = (
    UnknownName, PartError, LimitsError, KnownError, DatabaseError, replay_word.ReplayError, comparison.NoReport, NothingToJudge, OSError
)  # fmt: skip
"""What is wrong with the command line."""


def run(asked: argparse.Namespace) -> int:
    """Do what the options ask for. Returns the exit code."""
    how = settings(asked)
    words = asked.compare or ([asked.candidate] if asked.candidate is not None else list(loading.known()))
    if not words:
        raise NothingToJudge(f"no candidate is installed; name one: {loading.WAYS_IN}")
    if asked.candidate is None and not asked.compare and not asked.quiet:
        print(f"conformance: no candidate is named: judging {', '.join(words)}. Yours: python -m conformance FILE.py:NAME", file=sys.stderr)
    if asked.replay is not None:
        replay_word.read(asked.replay)
    before = None if asked.baseline is None else comparison.baseline(asked.baseline)
    if asked.report is not None:
        files.folder(asked.report)
    one = judging(asked, words, how, _progress(asked, words))
    each = functools.partial(processes.each, one, parts=_parts(asked, words, how), most=asked.jobs)
    with terminated_as_interrupted(), nothing_left_behind():
        if asked.compare is not None:
            return compare.run(each, words, asked.report, asked.json, asked.quiet)
        return _judge_all(each, words, asked, before)


def settings(asked: argparse.Namespace) -> Run:
    """How hard the options ask to look."""
    if asked.dialect is not None and ":" not in asked.dialect:
        one_of("dialect", asked.dialect, PRESETS)
    draws = {name: getattr(asked, name) for name in ("profile", "seed", "dtype", "only", "database", "shard")}
    return settings_of(**draws, known=asked.known_failures)


def judging(asked: argparse.Namespace, words: Sequence[str], how: Run, progress: str) -> processes.Judge:
    """What judges one part of one of the words."""
    # As `python -m` does, so that the console script finds the same modules.
    sys.path.append(os.getcwd())
    bounds = limits(words, **{name: getattr(asked, name) for name in ("isolate", "timeout", "memory", "verbose")})
    return functools.partial(
        judge, run=how, dialect=asked.dialect, limits=bounds, example=asked.replay,
        skip=asked.candidate is None and not asked.compare, progress=progress,
    )  # fmt: skip


def _parts(asked: argparse.Namespace, words: Sequence[str], how: Run) -> int:
    """Processes that share one candidate: so many that none is alone at the end, and at most one for each op."""
    ops, at_once = 1 if asked.replay is not None else len(how.only or OPS), asked.jobs or cores()
    return min(math.ceil(2 * at_once / len(words)), at_once, ops)


def _progress(asked: argparse.Namespace, words: Sequence[str]) -> str:
    """How progress is shown: not at all, in one line that is written over, or in a line for each op."""
    if asked.quiet:
        return terminal.NONE
    return terminal.ONE_LINE if len(words) == 1 and terminal.is_for_people(sys.stderr) else terminal.LINES


def _judge_all(each: compare.Each, words: List[str], asked: argparse.Namespace, before: Any) -> int:
    """Judge every candidate, several at a time, each in processes of its own; print each report when its turn comes."""
    reports: List[Report] = []
    interrupted = False
    try:
        for one in each(words):
            reports.append(one)
            interrupted = interrupted or one.interrupted
            if not asked.json:
                last = asked.quiet or len(reports) == len(words)
                terminal.show(one, asked.quiet, asked.verbose, "\n" if last else "\n\n")
    except KeyboardInterrupt:
        interrupted = True
    return _concluded(reports, asked, before, interrupted)


def _concluded(reports: Sequence[Report], asked: argparse.Namespace, before: Any, interrupted: bool) -> int:
    """Write the files of the report, and compare with the baseline. Returns the exit code."""
    if not reports:
        raise KeyboardInterrupt
    whole = record.whole(reports, single=asked.candidate is not None)
    code = report.worst_exit_code(reports)
    if before is not None:
        whole, code = comparison.against(before, whole)
    if asked.report is not None:
        files.write(asked.report, whole)
    if asked.json:
        terminal.say(files.text(whole))
    elif before is not None:
        terminal.say("\n" + "since the baseline: " + since.sentence(whole["comparison"]) + "\n")
    if interrupted:
        raise KeyboardInterrupt
    return code
