"""The badge: one run as the JSON that a badge endpoint of shields.io reads."""

from __future__ import annotations

from typing import Any, Dict

from conformance.suite.report import SKIPPED
from conformance.reporting.record import candidates
from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR, KNOWN, NOT_PROVIDED

LABEL = "YOLOv8 head"

_COLOURS = {"conforms": "brightgreen", "quick": "yellowgreen", "breaks": "red", "none": "lightgrey"}


def badge(run: Dict[str, Any]) -> Dict[str, Any]:
    """Label, message and colour of a run; a run that breaks nothing, but is quick or excuses failures, is told from one that suffices."""
    message, state = _said(run)
    return {"schemaVersion": 1, "label": LABEL, "message": message, "color": _COLOURS[state]}


def _said(run: Dict[str, Any]) -> Any:
    judged = [one for one in candidates(run) if one["verdict"] != SKIPPED]
    clauses = [clause["verdict"] for one in judged for clause in one["clauses"] if clause["verdict"] != NOT_PROVIDED]
    wrong = sum(verdict in (BREAKS, ERROR) for verdict in clauses)
    if wrong:
        return f"{wrong} of {len(clauses)} clauses broken", "breaks"
    if not judged or any(one["verdict"] not in (CONFORMS, KNOWN) for one in judged):
        return "no verdict", "none"
    limited = [word for word in ("quick", "one example") if any(one["profile"] == word for one in judged)]
    limited += ["in part"] * any(one["only"] or len(one["dtypes"]) == 1 for one in judged)
    limited += [f"{clauses.count(KNOWN)} known to fail"] * (KNOWN in clauses)
    count = clauses.count(CONFORMS)
    said = f"conforms to {count} clause{'s' * (count != 1)}"
    return said + f" ({', '.join(limited)})" * bool(limited), "quick" if limited else "conforms"
