"""The options of the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

from conformance.calling import loading
from conformance.suite import hooks as suite


def parser() -> argparse.ArgumentParser:
    """The options and what they mean."""
    made = argparse.ArgumentParser(
        prog="conformance",
        description="Judge an implementation of the YOLOv8 training head, clause by clause.",
        epilog="Exit status: 0 all it offers conforms, 1 a clause breaks or errs, 2 no verdict could be formed. "
        "`conformance draw CASE` draws a golden case.",
        allow_abbrev=False,
    )
    asked = made.add_mutually_exclusive_group()
    asked.add_argument("--candidate", metavar="WORD", help=f"name, {loading.WAYS_IN}; default: all installed")
    asked.add_argument("--compare", nargs=2, metavar=("A", "B"), help="two candidates, or saved reports; 1 if B alone breaks")
    made.add_argument("--dialect", metavar="NAME", help="preset to judge it by; default: what its factory says")
    made.add_argument("--only", metavar="OP,OP", help="ops to judge; default: all")
    made.add_argument("--profile", metavar="NAME", default="standard", help=" | ".join(suite.PROFILES))
    made.add_argument("--seed", metavar="N", type=int, help="seed of the draws; default: always the same draws")
    made.add_argument("--dtype", metavar="NAME", default="both", help=" | ".join(suite.DTYPES))
    made.add_argument("--database", metavar="WORD", help="folder or redis://… of what broke before, to try it first")
    made.add_argument("--known-failures", metavar="FILE", help="what may fail, a line each: 'IOU-4 ciou: reason'")
    made.add_argument("--replay", metavar="WORD", help="judge one example again; a report says which word stands for it")
    made.add_argument("--isolate", action="store_true", help="run it in a process of its own; a program always does")
    made.add_argument("--timeout", metavar="SECONDS", type=float, help="of each isolated call; default: 30")
    made.add_argument("--memory", metavar="MIB", type=int, help="of an isolated process; default: 4096")
    made.add_argument("-v", "--verbose", action="store_true", help="show and check all messages to and from it")
    made.add_argument("--report", metavar="DIR", type=Path, help="write report.html, report.json and their kin")
    made.add_argument("--quiet", action="store_true", help="print one line for each candidate, and no progress")
    made.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    made.add_argument("--list", action="store_true", help="list candidates, dialects, ops, gradients and clauses")
    return made
