"""The options of the command line."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any, NoReturn, Sequence

from conformance.calling.ways_in import WAYS_IN
from conformance.paper.nearest import did_you_mean
from conformance.suite.profiles import DTYPES, PROFILES, STANDARD

_UNKNOWN = "unrecognized arguments: "


class Parser(argparse.ArgumentParser):
    """A parser that asks back when options are misspelt."""

    def error(self, message: str) -> NoReturn:
        unknown = re.findall(r"--[\w-]+", message) if message.startswith(_UNKNOWN) else []
        known = [name for action in self._actions for name in action.option_strings]
        super().error(message + "".join(did_you_mean(name, known) for name in unknown))


def read(words: Sequence[str]) -> argparse.Namespace:
    """The options, the candidate among them however it was named."""
    made = parser()
    asked = made.parse_args(words)
    if asked.word is not None:
        if asked.candidate is not None or asked.compare is not None:
            made.error(f"{asked.word}: a candidate is named twice")
        asked.candidate = asked.word
    if asked.baseline is not None and asked.candidate is None:
        made.error("--baseline: compares one candidate with a report on it; name the candidate")
    return asked


def parser() -> argparse.ArgumentParser:
    """The options and what they mean."""
    made = Parser(
        prog="conformance",
        description="Judge an implementation of the YOLOv8 training head, clause by clause.",
        epilog="Exit status: 0 all it offers conforms, 1 a clause breaks or errs, 2 no verdict could be formed. "
        "`conformance explain IOU-4` explains a clause, `conformance draw CASE` draws a golden case, `conformance soak` judges "
        "by seed after seed, `conformance merge` makes one report of many.",
        allow_abbrev=False,
    )
    made.add_argument("word", metavar="CANDIDATE", nargs="?", help=f"name, {WAYS_IN}; default: all installed")
    _add_what(made)
    made.add_argument("--replay", metavar="WORD", help="judge one example again; a report says which word stands for it")
    _add_how(made)
    _add_output(made)
    made.add_argument("--list", action="store_true", help="list candidates, dialects, ops, gradients and clauses")
    return made


def soaking() -> argparse.ArgumentParser:
    """The options of `conformance soak`: those of a run of one candidate, and how many rounds."""
    made = Parser(
        prog="conformance soak",
        description="Judge a candidate by fresh seeds, one after another on every processor, until told to stop (Ctrl-C).",
        epilog="--seed is the first seed; of several machines that begin with the same, each draws its own part: --shard 3/8. "
        "Exit status: as of a run; --report is written anew after each round.",
        allow_abbrev=False,
    )
    made.add_argument("candidate", metavar="CANDIDATE", help=f"name, {WAYS_IN}")
    made.add_argument("--rounds", metavar="N", type=_count, help="stop after as many; default: go on")
    _add_which(made)
    _add_how(made)
    _add_output(made)
    made.set_defaults(replay=None, compare=None)
    return made


def _count(word: str) -> int:
    if not word.isdecimal() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1 on, got {word!r}")
    return int(word)


def _add_what(made: Any) -> None:
    asked = made.add_mutually_exclusive_group()
    asked.add_argument("--candidate", metavar="WORD", help="the same as an option")
    asked.add_argument("--compare", nargs=2, metavar=("A", "B"), help="two candidates, or saved reports; 1 if B alone breaks")
    made.add_argument("--baseline", metavar="FILE", help="report.json of an earlier run; 1 only for what is broken since")
    _add_which(made)


def _add_which(made: Any) -> None:
    made.add_argument("--dialect", metavar="NAME", help="preset, or FILE.py:NAME, to judge it by; default: what its factory says")
    made.add_argument("--only", metavar="OP,OP", help="ops to judge; default: all")


def _add_how(made: Any) -> None:
    made.add_argument("--profile", metavar="NAME", default=STANDARD, help=" | ".join(PROFILES))
    made.add_argument("--seed", metavar="N", type=int, help="seed of the draws; default: always the same draws")
    made.add_argument("--dtype", metavar="NAME", default="both", help=" | ".join(DTYPES))
    made.add_argument("--database", metavar="WORD", help="folder or redis://… of what broke before, to try it first")
    made.add_argument("--shard", metavar="I/N", help="judge the I-th of N parts alone, 3/8; `conformance merge` makes one report")
    made.add_argument("--jobs", metavar="N", type=_count, help="processes at once; default: one for each processor")
    made.add_argument("--known-failures", metavar="FILE", help="what may fail, a line each: 'CLAUSE OP: reason'")
    made.add_argument("--isolate", action="store_true", help="run it in a process of its own; a program always does")
    made.add_argument("--timeout", metavar="SECONDS", type=float, help="of each isolated call; default: 30")
    made.add_argument("--memory", metavar="MIB", type=int, help="of an isolated process; default: 4096")


def _add_output(made: Any) -> None:
    verbose = "every number of each case, and all that was tried; all messages to and from a process of its own"
    made.add_argument("-v", "--verbose", action="store_true", help=verbose)
    made.add_argument("--report", metavar="DIR", type=Path, help="write report.html, report.json and their kin")
    made.add_argument("--quiet", action="store_true", help="print one line for each candidate, and no progress")
    made.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
