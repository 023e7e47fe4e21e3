"""`conformance soak CANDIDATE`: judge it by fresh seeds, one after another on every processor, until told to stop."""

from __future__ import annotations

import argparse
import functools
import itertools
import random
import sys
from dataclasses import replace
from typing import Callable, Iterable, Iterator, Sequence

from conformance.command import options, processes, run, terminal
from conformance.command.one_candidate import nothing_left_behind
from conformance.reporting import files, record
from conformance.suite import report
from conformance.suite.interrupts import terminated_as_interrupted
from conformance.suite.run import Run
from conformance.suite.merging import merged
from conformance.suite.parts import Part
from conformance.suite.report import Report

SEEDS = 2**32
"""The first seed is drawn below this."""


def main(words: Sequence[str]) -> int:
    """Soak. Returns the exit code of all rounds together.

    Raises
    ------
    KeyboardInterrupt
        If it is told to stop before anything is judged.
    """
    asked = options.soaking().parse_args(words)
    how = run.settings(asked)
    seeds = itertools.islice(_seeds(asked.seed, how.shard), asked.rounds)
    if asked.report is not None:
        files.folder(asked.report)
    whole = _soaked(_judging(asked, replace(how, shard=None)), seeds, asked)
    if asked.json:
        terminal.say(files.text(record.whole([whole], single=True)))
    else:
        terminal.show(whole, asked.quiet, asked.verbose)
    return whole.exit_code


def _judging(asked: argparse.Namespace, how: Run) -> processes.Judge:
    """What judges the candidate by the seed that a word names."""
    judge = run.judging(asked, [asked.candidate], how, terminal.NONE)
    return functools.partial(_by_seed, judge, asked.candidate, how)


def _by_seed(judge: Callable[..., Report], candidate: str, how: Run, word: str, part: Part) -> Report:
    return judge(candidate, part, run=replace(how, seed=int(word)))


def _soaked(judge: processes.Judge, seeds: Iterable[int], asked: argparse.Namespace) -> Report:
    """All rounds until the last, or until told to stop, or until a round comes to no verdict."""
    whole: Report | None = None
    with terminated_as_interrupted(), nothing_left_behind():
        try:
            for found in processes.rolling(judge, map(str, seeds), asked.jobs):
                whole = found if whole is None else _with(whole, found)
                _tell(found, whole, asked)
                if not found.profile:
                    break
        except KeyboardInterrupt:
            if whole is None:
                raise
    return whole


def _seeds(first: int | None, shard: Part | None) -> Iterator[int]:
    """Fresh seeds, without end; of several machines that begin with the same first, each draws its own."""
    number, of = shard or Part(1, 1)
    begin = random.SystemRandom().randrange(SEEDS) if first is None else first
    return itertools.count(begin + number - 1, of)


def _with(whole: Report, found: Report) -> Report:
    """All rounds so far. One that was stopped on its way counts for what it saw, and spoils no other."""
    if not found.profile:
        return replace(whole, problems=(*whole.problems, *found.problems))
    if found.interrupted:
        problems = tuple(problem for problem in found.problems if problem != report.STOPPED)
        found = replace(found, interrupted=False, problems=problems)
    return merged([whole, found], ["the rounds so far", f"the round of seed {found.seed}"])


def _tell(found: Report, whole: Report, asked: argparse.Namespace) -> None:
    """One line on a round, and the files anew: whatever ends the run leaves a whole report."""
    if asked.report is not None:
        files.write(asked.report, record.whole([whole], single=True))
    if not asked.quiet:
        rounds, examples = len(whole.drawn), sum(row.examples for row in whole.rows)
        worst = max((row.worst for row in whole.rows), default=0.0)
        told = "stopped on its way" if found.interrupted else found.verdict
        so_far = f"so far {rounds} round{'s' * (rounds > 1)}, {examples} examples, largest error/bound {worst:.2g}"
        print(f"seed {found.seed}: {told}; {so_far}", file=sys.stderr, flush=True)
