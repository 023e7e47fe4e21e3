"""Reports: what a run of the suite said about one candidate, and that as text for a terminal."""

from __future__ import annotations

import platform
import textwrap
from dataclasses import dataclass
from typing import Dict, Iterable, List, NamedTuple, Sequence, Tuple

import numpy as np

from conformance.suite.blocks import blocks
from conformance.suite.another import as_another
from conformance.suite.profiles import DTYPES, PROFILES
from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR, KNOWN, NOT_PROVIDED, UNDECIDED, Row, exit_code

NO_VERDICT = "NO VERDICT"
SKIPPED = "SKIPPED"

NO_TESTS = "pytest ended with NO_TESTS_COLLECTED"
"""The problem of a run in which there was nothing to do."""

STOPPED = "interrupted: what is told was judged before"
"""The problem of a run that was told to stop."""

NAMED = 6
"""Ops that are not provided and are named in the header at most."""

ALONE = ", the one float type of the candidate"

_CONCLUSIONS = (BREAKS, ERROR, UNDECIDED, KNOWN, CONFORMS)
_COLUMNS = ("{:17}", "{:6}", "{:9}", "{:9}", "{:>8}", "{:>15}", "{:>9}")
_HEADINGS = ("op", "clause", "value", "gradient", "examples", "error/bound", "undecided")


class Drawn(NamedTuple):
    """Which examples were looked at: by which seed, in which part of the run, "" for the whole, of which ops, none for all."""

    seed: int | None
    part: str
    only: Tuple[str, ...]

    def overlaps(self, other: Drawn) -> bool:
        """Whether two may hold the same examples."""
        if self.seed != other.seed or self.only and other.only and not set(self.only) & set(other.only):
            return False
        (mine, _, of), (theirs, _, others) = self.part.partition("/"), other.part.partition("/")
        return not (self.only == other.only and of and of == others and mine != theirs)

    def __str__(self) -> str:
        seed = "the fixed draws" if self.seed is None else f"seed {self.seed}"
        return ", ".join([seed, *([f"part {self.part}"] if self.part else []), *self.only])


@dataclass(frozen=True)
class Report:
    """One candidate's run.

    Attributes
    ----------
    candidate : its name; the word it was asked for by, if it could not be made.
    word : the word it was asked for by.
    about : what was run and where, as (title, text), for the header.
    dialect : name of the preset it was judged by; "" if it could not be made.
    profile : name of the profile.
    rows : the verdict table.
    problems : why a verdict is missing.
    skipped : why the candidate was left out, or "".
    seed, dtypes, only : of the draws, None for the fixed ones; the float types; the ops judged, none for all.
    interrupted : whether the run was stopped before its end; `rows` then hold what was judged so far.
    part : of a run that is shared by several machines, as 3/8; "" for the whole.
    parts : of a report that is merged, what each was drawn from.
    """

    candidate: str
    about: Tuple[Tuple[str, str], ...] = ()
    dialect: str = ""
    profile: str = ""
    rows: Tuple[Row, ...] = ()
    problems: Tuple[str, ...] = ()
    skipped: str = ""
    word: str = ""
    seed: int | None = None
    dtypes: Tuple[str, ...] = ()
    only: Tuple[str, ...] = ()
    interrupted: bool = False
    part: str = ""
    parts: Tuple[Drawn, ...] = ()

    @property
    def drawn(self) -> Tuple[Drawn, ...]:
        """What it was drawn from."""
        return self.parts or (Drawn(self.seed, self.part, self.only),)

    @property
    def exit_code(self) -> int:
        """0 conforms, 1 a clause breaks or errs, 2 no verdict; a clause that breaks outweighs one that is missing."""
        code = exit_code(self.rows)
        return 2 if code == 0 and self.problems else code

    @property
    def verdict(self) -> str:
        """The conclusion over all clauses."""
        if self.skipped:
            return SKIPPED
        found = {row.verdict for row in self.rows}
        conclusion = next((verdict for verdict in _CONCLUSIONS if verdict in found), NO_VERDICT)
        return NO_VERDICT if conclusion in (CONFORMS, KNOWN) and self.problems else conclusion


def worst_exit_code(reports: Iterable[Report]) -> int:
    """1 over 2 over 0, of the candidates that were not skipped; 2 if all were."""
    codes = {report.exit_code for report in reports if not report.skipped}
    return next((code for code in (1, 2, 0) if code in codes), 2)


def ran(
    profile: str, dtypes: Sequence[str], before: str, seeds: Sequence[int | None], only: Sequence[str], part: str = ""
) -> str:
    """The line of the header on how a run was drawn.

    Parameters
    ----------
    before : what such a line said, or begins with, of the candidate's float types: `ALONE`, or ""
    seeds : of all that was drawn
    """
    alone = ALONE if ALONE in before else ""
    known = dict.fromkeys(seeds)
    seed = "" if list(known) == [None] else f", seed {seeds[0]}" if len(known) == 1 else f", {len(known)} seeds"
    told = f", only {', '.join(only)}" if only else ""
    examples = f"{profile}, {PROFILES.get(profile, 'other')} examples per event"
    return f"{examples}, {' + '.join(dtypes)}{alone}{seed}{told}" + (f", part {part}" if part else "")


def versions() -> str:
    return f"Python {platform.python_version()}, NumPy {np.__version__}"


def text(report: Report, verbose: bool = False) -> str:
    """Header, table, a block for each cause of what breaks, the reasons of what is missing, and a closing line.

    Parameters
    ----------
    verbose : whether to print every number of a case, and all that was tried with it
    """
    if report.skipped:
        return closing(report)
    judged = [row for row in report.rows if row.verdict != NOT_PROVIDED]
    parts = ["\n".join([*(f"{title:10} {value}" for title, value in report.about), *not_judged(report, verbose)])]
    parts += [table(judged)] if judged else []
    parts += [f"{KNOWN}  {row.clause} {row.op}: {row.detail.splitlines()[0]}" for row in report.rows if row.verdict == KNOWN]
    parts += blocks(report.rows, verbose)
    parts += [f"{NO_VERDICT}  {problem}" for problem in report.problems]
    parts += [f"{report.candidate}: {line}" for line in [as_another(report.rows, report.dialect)] if line]
    return "\n\n".join(part for part in [*parts, closing(report)] if part)


def not_judged(report: Report, verbose: bool = False) -> List[str]:
    """The lines of the header on what was left out: float types, ops, gradients; of more than `NAMED` how many."""
    missing = [f"{name} (not asked for)" for name in DTYPES["both"] if report.dtypes and name not in report.dtypes]
    absent = _missing(report.rows)
    if len(absent) > NAMED and not verbose:
        missing += [f"{len(absent)} of {len({row.op for row in report.rows})} ops and their gradients (not provided; -v names them)"]
    elif absent:
        missing += [", ".join(absent) + " (not provided)"]
    told = "not judged " + "; ".join(missing)
    return textwrap.wrap(told, 80, subsequent_indent=" " * 11) if missing else []


def _missing(rows: Sequence[Row]) -> List[str]:
    """The ops that are not provided; of an op that is, its gradient."""
    absent = {(row.op, row.clause.endswith("g")): row.verdict == NOT_PROVIDED for row in rows}
    ops = [op for (op, gradient), missing in absent.items() if missing and not gradient]
    return ops + [f"gradient of {op}" for (op, gradient), missing in absent.items() if missing and gradient and op not in ops]


def table(rows: Sequence[Row]) -> str:
    """The verdict table, at most 80 columns wide: one line for each op and clause, value and gradient side by side."""
    lines: Dict[Tuple[str, str], Dict[bool, Row]] = {}
    for row in rows:
        lines.setdefault((row.op, row.clause.rstrip("g")), {})[row.clause.endswith("g")] = row
    return "\n".join([_line(_HEADINGS), *(_line(_cells(*key, seen)) for key, seen in lines.items())])


def _line(cells: Sequence[str]) -> str:
    return " ".join(column.format(cell) for column, cell in zip(_COLUMNS, cells)).rstrip()


def _cells(op: str, clause: str, seen: Dict[bool, Row]) -> Tuple[str, ...]:
    """`seen` : the row of the value (False), of the gradient (True), or of both."""
    judged = [seen[kind] for kind in (False, True) if kind in seen and seen[kind].verdict != NOT_PROVIDED]
    verdicts = [seen[kind].verdict if kind in seen and seen[kind] in judged else "-" for kind in (False, True)]
    if not judged:
        return (op, clause, *verdicts)
    worst = " ".join(f"{row.worst:.2g}" for row in judged)
    return (op, clause, *verdicts, str(sum(r.examples for r in judged)), worst, f"{max(r.undecided for r in judged):.2%}")


def closing(report: Report) -> str:
    """The conclusion in one line."""
    if report.skipped:
        return f"{report.candidate}: skipped: {report.skipped}"
    verdicts = [row.verdict for row in report.rows]
    counts = ", ".join(f"{verdicts.count(v)} {v}" for v in (*_CONCLUSIONS, NOT_PROVIDED) if v in verdicts)
    line = f"{report.candidate}: {report.verdict}" + (f" ({counts})" if counts else "")
    if report.interrupted:
        return line + "; interrupted: insufficient for conformance"
    return line + ("; the quick profile is not sufficient for conformance" if report.profile == "quick" else "")
