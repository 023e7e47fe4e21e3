"""Blocks: what the user reads of a break below the table, the cause first; one block for breaks that have one cause."""

from __future__ import annotations

import textwrap
from typing import Any, Dict, List, Sequence

from conformance.cases.describe import describe
from conformance.judging.verdicts import Row
from conformance.ops.mutant import in_words
from conformance.ops.spec import CLAUSES
from conformance.suite.causes import causes
from conformance.cases.codec import case_of, dialect_of, is_complete
from conformance.suite.explain import decided

WIDTH = 100
"""Characters of a line of prose at most."""

LONGEST = 500
"""Characters of a command to replay a case that is printed without being asked for."""


def blocks(rows: Sequence[Row], verbose: bool = False) -> List[str]:
    """One block for each cause of what breaks or errs, in the order of the table.

    Parameters
    ----------
    verbose : whether to print every number of the case, and all that was tried with it
    """
    return [_block(cause.row, cause.followers, verbose) for cause in causes(rows)]


def _block(row: Row, following: Sequence[Row], verbose: bool) -> str:
    found = CLAUSES.get(row.clause)
    if row.counterexample is None or found is None:
        return f"{row.verdict}  {row.detail}"
    record = row.counterexample
    seen = f"{row.op} ({record['dtype']}, {record['event']})"
    lines = [f"{row.verdict}  {row.clause}  {found.sentence}"]
    lines += [f"  {seen}: {line}" if i == 0 else f"    {line}" for i, line in enumerate(_said(record))]
    own = decided(row.clause, dialect_of(record["calls"][-1]["dialect"]))
    lines += [f"  judged by {own}"] if own else []
    lines += _causes(record) + _after(following)
    lines += ["  smallest case:", *(f"    {line}" for line in _case(record, row, verbose))]
    if verbose:
        lines += [f"  {found.formula}   [{found.source}]"]
        lines += [f"  {record[name]}" for name in ("contrast",) if record[name]]
    lines += [f"  {record['elsewhere']}"] if record["elsewhere"] else []
    lines += _commands(row, record, verbose)
    return "\n".join(lines)


def _said(record: Dict[str, Any]) -> List[str]:
    return record["message"].splitlines() or [""]


def _causes(record: Dict[str, Any]) -> List[str]:
    """What is wrong as far as it is known, and where it begins."""
    hints = ["what is wrong: " + "; or ".join(record["hints"])] if record["hints"] else []
    named = [("looks like: " if i == 0 else "        or: ") + in_words(bug) for i, bug in enumerate(record["bugs"])]
    fields = record["differs"]["words"] if record.get("differs") else ""
    return [f"  {line}" for line in (*hints, fields, *named, record["memory"], record["stage"]) if line]


def _after(following: Sequence[Row]) -> List[str]:
    """The clauses that break for the same reason."""
    if not following:
        return []
    count = f"and {len(following)} {'clause that follows' if len(following) == 1 else 'clauses that follow'} from it: "
    told = count + ", ".join(f"{row.op} {row.clause}" for row in following)
    return textwrap.wrap(told, WIDTH, initial_indent="  ", subsequent_indent="    ")


def _case(record: Dict[str, Any], row: Row, verbose: bool) -> List[str]:
    if not is_complete(record):
        return ["too large to be shown; the command below judges it again"]
    return describe(case_of(record), verbose).splitlines()


def _commands(row: Row, record: Dict[str, Any], verbose: bool) -> List[str]:
    """How to judge the case again, and where to read more."""
    replay, more = record["replay"], f"  more: python -m conformance explain {row.clause}"
    if verbose or len(replay) <= LONGEST or " --replay " not in replay:
        return [f"  replay: {replay}", more]
    again = f"{replay.partition(' --replay ')[0]} --only {row.op}"
    return [f"  judge it again: {again}", "    (-v prints the word that replays this case alone)", more]
