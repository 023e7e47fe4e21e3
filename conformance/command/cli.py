"""The command line: verbs, options, and exit codes that mean one thing each.

What a verb needs is imported when it is asked for: `--help` answers before NumPy, Hypothesis and pytest have started.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import traceback
from typing import Dict, List, Sequence

from conformance.command import options

VERBS: Dict[str, str] = {
    "draw": "golden.draw",
    "explain": "conformance.command.explain",
    "judge-run": "conformance.command.judge_run",
    "merge": "conformance.command.merge",
    "soak": "conformance.command.soak",
}
"""Words that are no candidate but ask for something else -> the module whose `main(words)` does it."""

_RUN, _LIST, _FAMILIES = "conformance.command.run", "conformance.command.listing", "conformance.ops.family"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line. Returns 0 if all conforms, 1 if a clause breaks or errs, 2 if no verdict could be formed."""
    # Formulas are not ASCII; a terminal that cannot show them is no reason to fail.
    sys.stdout.reconfigure(errors="replace")
    words = sys.argv[1:] if argv is None else list(argv)
    try:
        return _answer(words)
    finally:
        _flush()


def _answer(words: List[str]) -> int:
    try:
        if words[:1] and words[0] in VERBS:
            return importlib.import_module(VERBS[words[0]]).main(words[1:])
        return _run(options.read(words))
    except KeyboardInterrupt:
        return refuse("interrupted")
    except BrokenPipeError:
        # Whoever reads has seen enough.
        return 2
    except Exception as error:
        # Python itself would exit with 1, which means that a clause breaks.
        return refuse(str(error) if _known(error) else traceback.format_exc())


def _known(error: Exception) -> bool:
    """Whether it tells of a family that is not whole, or of what is wrong with the command line."""
    if isinstance(error, importlib.import_module(_FAMILIES).Omitted):
        return True
    return isinstance(error, importlib.import_module(_RUN).REFUSED)


def _run(asked: argparse.Namespace) -> int:
    if asked.list:
        return importlib.import_module(_LIST).show(asked.json)
    return importlib.import_module(_RUN).run(asked)


def _flush() -> None:
    """Write what is left; of a reader that is gone, as `| head` is, nothing is said."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def refuse(reason: str) -> int:
    """Say on stderr why there is no verdict. Returns 2."""
    print(f"conformance: {reason}", file=sys.stderr)
    return 2
