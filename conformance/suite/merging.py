"""Merging: one report of the parts of a run, and of runs with other seeds: counts, the largest error/bound, each break once."""

from __future__ import annotations

from dataclasses import replace
from typing import Callable, Dict, Iterable, List, Sequence, Tuple

from conformance.cases.protocol import OPS
from conformance.judging.verdicts import BREAKS, ERROR, Row, joined
from conformance.ops.spec import CLAUSES
from conformance.suite.report import NO_TESTS, Drawn, Report, ran

_ALIKE: Dict[str, Callable[[Report], str]] = {
    "candidate": lambda one: one.candidate,
    "dialect": lambda one: one.dialect,
    "profile": lambda one: one.profile,
    "float types": lambda one: " + ".join(one.dtypes),
}
"""What reports that are merged must have in common."""


class CannotMerge(ValueError):
    """Reports that are not of one candidate, or that count an example twice."""


def merged(reports: Sequence[Report], names: Sequence[str]) -> Report:
    """One report of many.

    Parameters
    ----------
    names : of the reports, for errors

    Raises
    ------
    CannotMerge
        If one holds no verdicts, if two differ in candidate, dialect, profile or float types, or if two share examples.
    """
    for one, name in zip(reports, names):
        if not one.profile:
            raise CannotMerge(f"{name}: holds no verdicts: {'; '.join([*one.problems, one.skipped])}")
        for what, of in _ALIKE.items():
            if of(one) != of(reports[0]):
                raise CannotMerge(f"{what}: {of(reports[0])} in {names[0]}, but {of(one)} in {name}")
    _check_apart([(drawn, name) for one, name in zip(reports, names) for drawn in one.drawn])
    drawn = tuple(x for one in reports for x in one.drawn)
    seeds, only = {x.seed for x in drawn}, _asked(drawn)
    first = reports[0]
    about = {**dict(first.about), "versions": "; ".join(dict.fromkeys(dict(one.about).get("versions", "") for one in reports))}
    about["run"] = ran(first.profile, first.dtypes, about["run"], [x.seed for x in drawn], only)
    problems = [*_problems(reports), *_missing(drawn)]
    return replace(
        first, about=tuple(about.items()), rows=_rows(reports), problems=tuple(problems), parts=drawn, only=only, part="",
        seed=next(iter(seeds)) if len(seeds) == 1 else None, interrupted=any(one.interrupted for one in reports),
    )  # fmt: skip


def of_processes(reports: Sequence[Report], complete: bool) -> Report:
    """The report on one run in several processes; where one of them made none, its reason is all there is.

    Parameters
    ----------
    complete : whether every process has answered
    """
    reasons = [one for one in reports if not one.profile]
    if reasons or len(reports) == 1 and complete:
        return (reasons or reports)[0]
    interrupted = not complete or any(one.interrupted for one in reports)
    return replace(reports[0], rows=_rows(reports), problems=tuple(_problems(reports)), interrupted=interrupted)


def _rows(reports: Sequence[Report]) -> Tuple[Row, ...]:
    """One row for each op and clause, in the order of protocol and spec."""
    groups: Dict[Tuple[str, str], List[Row]] = {}
    for row in (row for one in reports for row in one.rows):
        groups.setdefault((row.op, row.clause), []).append(row)
    place = {name: i for i, name in enumerate([*OPS, *CLAUSES])}
    last = len(place)
    rows = [joined(sorted(seen, key=_length)) for seen in groups.values()]
    return tuple(sorted(rows, key=lambda row: (place.get(row.op, last), place.get(row.clause, last))))


def _length(row: Row) -> int:
    """Of what shows a break again: of many, the smallest is kept."""
    return len((row.counterexample or {}).get("replay", row.detail)) if row.verdict in (BREAKS, ERROR) else 0


def _problems(reports: Sequence[Report]) -> List[str]:
    """What went wrong, once; that a part found no test is told only where none did."""
    found = dict.fromkeys(problem for one in reports for problem in one.problems)
    judged = any(one.rows for one in reports)
    return [problem for problem in found if problem != NO_TESTS or not judged]


def _check_apart(drawn: Iterable[Tuple[Drawn, str]]) -> None:
    by_seed: Dict[int | None, List[Tuple[Drawn, str]]] = {}
    for one, name in drawn:
        for other, earlier in by_seed.setdefault(one.seed, []):
            if one.overlaps(other):
                raise CannotMerge(f"{earlier} and {name} share examples: {other}; {one}")
        by_seed[one.seed].append((one, name))


def _asked(drawn: Iterable[Drawn]) -> Tuple[str, ...]:
    """The ops asked for in one of them; none for all."""
    if len({one.only for one in drawn}) == 1:
        return next(iter(drawn)).only
    asked = {op for one in drawn for op in one.only}
    return () if any(not one.only for one in drawn) else tuple(op for op in OPS if op in asked)


def _missing(drawn: Sequence[Drawn]) -> List[str]:
    """A word on each part of a run that is not there."""
    numbers: Dict[Drawn, set] = {}
    for one in drawn:
        if one.part:
            number, _, of = one.part.partition("/")
            numbers.setdefault(one._replace(part=of), set()).add(int(number))
    return [
        f"{run._replace(part=f'{number}/{run.part}')}: this part is missing"
        for run, found in numbers.items()
        for number in range(1, int(run.part) + 1)
        if number not in found
    ]
