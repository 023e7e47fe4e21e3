"""The record: one run as one object of JSON, which all other files of a report are made of."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any, Dict, List, Sequence

from conformance.suite.report import Drawn, Report, worst_exit_code
from conformance.cases.codec import number
from conformance.judging.verdicts import Row

VERSION = 3
"""Of the schema; it moves on when a field goes or changes its meaning, not when one is added."""

STRENGTH = {
    "quick": "quick: not sufficient for conformance",
    "standard": "standard: sufficient for conformance",
    "soak": "soak: the strongest there is",
}
"""How much a verdict is worth, by profile."""


def whole(reports: Sequence[Report], single: bool) -> Dict[str, Any]:
    """The record of a run.

    Parameters
    ----------
    single : whether one candidate was asked for, which is then the whole record; else they stand in `candidates`
    """
    if single:
        return {"schema_version": VERSION, **record(reports[0])}
    candidates = [record(report) for report in reports]
    return {"schema_version": VERSION, "exit_code": worst_exit_code(reports), "candidates": candidates}


def candidates(run: Dict[str, Any]) -> List[Dict[str, Any]]:
    """The records of the candidates of a run."""
    return run["candidates"] if "candidates" in run else [run]


def record(report: Report) -> Dict[str, Any]:
    """One candidate. A largest error/bound that is not finite becomes null."""
    return {
        "candidate": report.candidate,
        "word": report.word,
        "dialect": report.dialect,
        "profile": report.profile,
        "seed": report.seed,
        "dtypes": list(report.dtypes),
        "only": list(report.only),
        "verdict": report.verdict,
        "evidence": evidence(report),
        "exit_code": None if report.skipped else report.exit_code,
        "interrupted": report.interrupted,
        "about": dict(report.about),
        "clauses": [_clause(row) for row in report.rows],
        "problems": list(report.problems) + [report.skipped] * bool(report.skipped),
        **({"part": report.part} if report.part else {}),
        **({"parts": [{**one._asdict(), "only": list(one.only)} for one in report.parts]} if report.parts else {}),
    }


def read(judged: Dict[str, Any]) -> Report:
    """The report that a record was made of."""
    fields = {name: judged[name] for name in ("candidate", "word", "dialect", "profile", "seed", "interrupted")}
    parts = tuple(Drawn(one["seed"], one["part"], tuple(one["only"])) for one in judged.get("parts", ()))
    return Report(
        about=tuple(judged["about"].items()),
        rows=tuple(_row(clause) for clause in judged["clauses"]),
        problems=tuple(judged["problems"]),
        dtypes=tuple(judged["dtypes"]),
        only=tuple(judged["only"]),
        part=judged.get("part", ""),
        parts=parts,
        **fields,
    )


def _row(clause: Dict[str, Any]) -> Row:
    fields = {"clause" if name == "id" else name: value for name, value in clause.items()}
    return Row(**{**fields, "worst": math.inf if clause["worst"] is None else clause["worst"]})


def evidence(report: Report) -> str:
    """How strong the verdict is, in words; "" without a run."""
    if not report.profile:
        return ""
    limits = [f"only {', '.join(report.only)}"] if report.only else []
    limits += [f"{report.dtypes[0]} alone"] if len(report.dtypes) == 1 else []
    limits += [f"part {report.part} of it"] if report.part else []
    limits += [f"{len(seeds)} seeds"] if len(seeds := {one.seed for one in report.drawn}) > 1 else []
    limits += ["interrupted"] if report.interrupted else []
    return "; ".join([STRENGTH.get(report.profile, report.profile), *limits])


def _clause(row: Row) -> Dict[str, Any]:
    fields = {"id": row.clause, **asdict(row)}
    del fields["clause"]
    worst = number(fields["worst"])
    return {**fields, "worst": None if isinstance(worst, str) else worst}
