"""The verdict table of the page: op by op, value and gradient of a clause side by side."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from conformance.paper import numerals
from conformance.paper.markup import Markup, joined, tag
from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR, KNOWN, NOT_PROVIDED, UNDECIDED

MARKS = {CONFORMS: "✓", BREAKS: "✕", ERROR: "!", UNDECIDED: "?", KNOWN: "~", NOT_PROVIDED: "–"}
"""A sign beside each word, so that no verdict is told by colour alone."""

_HEADINGS = (("clause", ""), ("value", ""), ("gradient", ""), ("examples", "number"), ("undecided", "number"))


def verdict_table(judged: Dict[str, Any]) -> Markup:
    """A row for each clause of each op; an op that is not provided is left to the caption."""
    ops: Dict[str, Dict[str, Dict[bool, Any]]] = {}
    for clause in judged["clauses"]:
        id = clause["id"]
        ops.setdefault(clause["op"], {}).setdefault(id.rstrip("g"), {})[id.endswith("g")] = clause
    found = {op: {clause["verdict"] for row in rows.values() for clause in row.values()} for op, rows in ops.items()}
    absent = [op for op, verdicts in found.items() if verdicts == {NOT_PROVIDED}]
    caption = "Beside each verdict: the largest error found, divided by the rounding error allowed there; 1 is the limit."
    if absent:
        caption += f" Not provided: {', '.join(absent)}."
    head = tag("thead", tag("tr", *(tag("th", name, scope="col", class_=kind or None) for name, kind in _HEADINGS)))
    bodies = [_group(op, rows) for op, rows in ops.items() if op not in absent]
    return tag("table", tag("caption", caption), head, *bodies)


def _group(op: str, rows: Dict[str, Dict[bool, Any]]) -> Markup:
    head = tag("tr", tag("th", tag("code", op), scope="rowgroup", colspan=len(_HEADINGS)))
    return tag("tbody", head, *(_row(id, seen) for id, seen in rows.items()))


def _row(id: str, seen: Dict[bool, Any]) -> Markup:
    """`seen` : the clause of the value (False), of the gradient (True), or of both."""
    judged = [clause for clause in seen.values() if clause["verdict"] != NOT_PROVIDED]
    examples = str(sum(clause["examples"] for clause in judged)) if judged else "–"
    undecided = f"{max(clause['undecided'] for clause in judged):.2%}" if judged else "–"
    cells = [_verdict(seen.get(gradient)) for gradient in (False, True)]
    numbers = (tag("td", text, class_="number") for text in (examples, undecided))
    anchor = id if False in seen else f"{id}g"
    return tag("tr", tag("th", tag("a", id, href=f"#{anchor}"), scope="row"), *cells, *numbers)


def _verdict(clause: Any) -> Markup:
    """The verdict as a sign and a word; one that fails leads to its break."""
    if clause is None or clause["verdict"] == NOT_PROVIDED:
        text = "not judged" if clause is None else "not provided"
        return tag("td", tag("span", "–", aria_hidden="true"), tag("span", text, class_="hide"))
    verdict = clause["verdict"]
    sign, word = tag("span", MARKS[verdict] + " ", aria_hidden="true"), tag("span", verdict.lower())
    shown = verdict in (BREAKS, ERROR, KNOWN)
    said = tag("a", sign, word, href=f"#{break_id(clause)}") if shown else joined(sign, word)
    parts: List[Any] = [tag("span", said, class_="word")]
    if not shown:
        parts += _ratio(clause["worst"])
    return tag("td", *parts, class_="wrong" if verdict not in (CONFORMS, KNOWN) else None)


def _ratio(worst: Any) -> Tuple[Markup, Markup]:
    """Error over bound as a bar that is full at the limit, and as a number."""
    if worst is None:
        return tag("span"), tag("span", "not finite")
    bar = tag("i", style=f"width:{100 * min(worst, 1):.0f}%")
    return tag("span", bar, class_="meter", aria_hidden="true"), tag("span", numerals.bound(worst))


def break_id(clause: Dict[str, Any]) -> str:
    """The anchor of a break in the page."""
    return f"break-{clause['op']}-{clause['id']}"
