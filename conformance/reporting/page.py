"""The page: one run as one HTML file that needs nothing else, no network and no script."""

from __future__ import annotations

from typing import Any, Dict, List

from conformance.paper.markup import Markup, joined, tag
from conformance.reporting.breaks import broken_clause
from conformance.reporting.comparison import compared, since_baseline
from conformance.reporting.faults import Fault, as_dialect, broken, conclusion, known, likely
from conformance.reporting.record import candidates
from conformance.reporting.style import PAGE
from conformance.reporting.table import verdict_table
from conformance.ops.spec import CLAUSES
from conformance.judging.verdicts import NOT_PROVIDED

OPENED = 1
"""Breaks shown open."""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

_READING = (
    "A verdict of CONFORMS says that no example drawn broke a clause: strong evidence, and no proof. Bounds are derived from "
    "the formula for each value; UNDECIDED is where rounding alone leaves both answers open. BREAKS comes with an example "
    "made as small as possible; KNOWN is a failure that the user has listed."
)


def page(run: Dict[str, Any]) -> str:
    """The document of a run, the record as `record.whole` makes it."""
    judged = candidates(run)
    title = "; ".join(f"{one['candidate']} {conclusion(one)}" for one in judged) + " – conformance report"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", Markup(PAGE)),
    )
    keys = [""] if len(judged) == 1 else [f"c{i}-" for i in range(len(judged))]
    articles = [_article(one, key) for one, key in zip(judged, keys)]
    both = [compared(*judged)] if len(judged) == 2 else []
    body = tag("body", tag("main", *both, *articles, _clauses(judged)), tag("footer", tag("p", _READING)))
    return "<!doctype html>\n" + tag("html", head, body, lang="en") + "\n"


def _article(judged: Dict[str, Any], key: str) -> Markup:
    """One candidate: the verdict, the likely faults, what breaks or is known to, the table."""
    wrong = broken(judged)
    parts: List[Any] = [
        tag("p", "Conformance to the training head of YOLOv8", class_="kicker"),
        tag("h1", judged["candidate"], " ", tag("span", conclusion(judged), class_="wrong" if wrong else None)),
        _facts(judged),
        *(tag("p", problem, class_="note") for problem in judged["problems"]),
        *(tag("p", line[:1].upper() + line[1:] + ".", class_="facts") for line in [as_dialect(judged)] if line),
    ]
    parts.append(since_baseline(judged))
    faults = likely(judged)
    if faults:
        count = "One cause" if len(faults) == 1 else f"{len(faults)} causes"
        parts += [tag("h2", count), tag("ul", *(_fault(fault, key) for fault in faults), class_="faults")]
    if wrong:
        parts += [tag("h2", "What breaks"), *(broken_clause(judged, c, key, i < OPENED) for i, c in enumerate(wrong))]
    if known(judged):
        parts += [tag("h2", "What is known to fail"), *(broken_clause(judged, c, key, False) for c in known(judged))]
    if judged["clauses"]:
        parts += [tag("h2", "Every clause"), verdict_table(judged)]
    return tag("article", *parts)


def _facts(judged: Dict[str, Any]) -> Markup:
    """One line: how strong the evidence is, by which dialect, drawn how, run on what."""
    facts = [judged["evidence"], *([f"dialect {judged['about'].get('dialect', '')}"] if judged["about"] else [])]
    seeds = {one["seed"] for one in judged.get("parts", [judged])}
    drawn = f"{len(seeds)} seeds" if len(seeds) > 1 else "the fixed draws" if judged["seed"] is None else f"seed {judged['seed']}"
    facts += [drawn] if judged["profile"] else []
    facts += [judged["about"][name] for name in ("run", "versions") if name in judged["about"]]
    return tag("p", " · ".join(fact for fact in facts if fact), class_="facts")


def _fault(fault: Fault, key: str) -> Markup:
    (op, id), *others = fault.explains
    links = [tag("a", f"{op} {id}", href=f"#{key}break-{op}-{id}")]
    told = f", and {len(others)} that follow{'s' * (len(others) == 1)} from it" if others else ""
    return tag("li", tag("strong", fault.name), tag("span", "breaks ", *links, told, class_="note"))


def _clauses(judged: List[Dict[str, Any]]) -> Markup:
    """The clauses that were judged, in words."""
    seen = {clause["id"] for one in judged for clause in one["clauses"] if clause["verdict"] != NOT_PROVIDED}
    entries = [_clause(id) for id in CLAUSES if id in seen]
    return joined(tag("h2", "The clauses"), tag("dl", *entries, class_="clauses")) if entries else joined()


def _clause(id: str) -> Markup:
    found = CLAUSES[id]
    words = joined(found.sentence, tag("span", tag("code", found.formula)), tag("span", found.source))
    return joined(tag("dt", id, id=id), tag("dd", words))
