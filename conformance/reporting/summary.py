"""The summary: one run as Markdown, to be shown with a pull request."""

from __future__ import annotations

import re
from typing import Any, Dict, List

from conformance.paper.markup import plain
from conformance.reporting.faults import as_dialect, broken, conclusion, known, likely, reason
from conformance.reporting import since
from conformance.reporting.record import candidates
from conformance.ops.spec import CLAUSES

ROWS = 20
"""Breaks listed for each candidate; of more, their number is given."""

_SPECIAL = re.compile(r"[^\w .,:;/(){}=+×±ε²³°–…’-]")


def inert(text: Any) -> str:
    """Text on one line that Markdown shows as it is: no markup, no link, no mention."""
    return _SPECIAL.sub(lambda m: f"&#{ord(m[0])};", " ".join(plain(text).split())).replace("_", "&#95;")


def summary(run: Dict[str, Any]) -> str:
    """A heading, the likely faults and a table of breaks for each candidate."""
    both = run.get("comparison") if "candidates" in run else None
    head = [f"Compared with {inert(both['with'])}: {since.sentence(both)}"] if both else []
    return "\n\n".join([*head, *(block for judged in candidates(run) for block in _blocks(judged))]) + "\n"


def _blocks(judged: Dict[str, Any]) -> List[str]:
    facts = [judged["evidence"], *(f"{name} {value}" for name, value in judged["about"].items() if name != "candidate")]
    blocks = [f"### {inert(judged['candidate'])} {conclusion(judged)}", " · ".join(inert(fact) for fact in facts if fact)]
    compared = judged.get("comparison")
    blocks += [f"Compared with {inert(compared['with'])}: {since.sentence(compared)}"] if compared else []
    faults = [
        f"- **{inert(fault.name[:600])}** – {', '.join(f'{op} {id}' for op, id in fault.explains)}"
        for fault in likely(judged)
    ]
    blocks += ["\n".join(faults)] if faults else []
    blocks += [inert(line) for line in [as_dialect(judged)] if line]
    breaks = broken(judged)
    if breaks:
        lines = ["| op | clause | verdict | what came |", "| --- | --- | --- | --- |", *map(_row, breaks[:ROWS])]
        lines += [f"| … | and {len(breaks) - ROWS} more | | |"] if len(breaks) > ROWS else []
        blocks.append("\n".join(lines))
        shown = [clause for clause in breaks if clause["counterexample"]][:1]
        blocks += [f"To see {c['op']} {c['id']} again: `{_code(c['counterexample']['replay'])}`" for c in shown]
    excused = [f"- known to fail: {c['op']} {c['id']} – {inert(reason(c)[:300])}" for c in known(judged)]
    blocks += ["\n".join(excused)] if excused else []
    return blocks + [f"> {inert(problem)[:1000]}" for problem in judged["problems"]]


def _row(clause: Dict[str, Any]) -> str:
    told = clause["counterexample"]["message"].partition("\n")[0] if clause["counterexample"] else clause["detail"]
    rule = f"<br>{inert(CLAUSES[clause['id']].sentence)}" if clause["id"] in CLAUSES else ""
    return f"| {clause['op']} | {clause['id']}{rule} | {clause['verdict']} | {inert(told[:300])} |"


def _code(text: str) -> str:
    """Text that may stand between backticks."""
    return plain(text).replace("`", "'").replace("\n", " ")
