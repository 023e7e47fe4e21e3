"""A break as the page shows it: the clause, the numbers, the likely bug, the picture, and the Python that reproduces it."""

from __future__ import annotations

from typing import Any, Dict, List

from conformance.cases.codec import case_of, dialect_of, is_complete, of_number
from conformance.cases.describe import called
from conformance.paper import numerals
from conformance.paper.markup import Markup, joined, tag
from conformance.reporting.pictures import pictures
from conformance.ops.mutant import in_words
from conformance.reporting.faults import reason
from conformance.reporting.reproduce import snippet
from conformance.reporting.table import break_id
from conformance.suite.explain import decided
from conformance.ops.spec import CLAUSES
from conformance.judging.verdicts import BREAKS, ERROR, KNOWN

LONGEST = 6000
"""Characters of the text of an error at most."""

_VERBS = {BREAKS: "breaks", ERROR: "errs on", KNOWN: "is known to fail"}


def broken_clause(judged: Dict[str, Any], clause: Dict[str, Any], key: str, opened: bool) -> Markup:
    """One break, closed to a line.

    Parameters
    ----------
    judged, clause : records of the candidate and of its broken clause
    key : tells it from other candidates of the page
    opened : whether it is shown open
    """
    record = clause["counterexample"]
    told = record["message"].partition("\n")[0] if record and clause["verdict"] != KNOWN else reason(clause)
    name = f"{clause['op']} {clause['id']}"
    title = tag("h3", tag("code", clause["op"]), f" {_VERBS[clause['verdict']]} {clause['id']}")
    head = tag("summary", title, tag("span", told, class_="told"))
    parts = [_rule(clause)]
    if record:
        parts += [_numbers(clause["id"], record), _looks_like(record), *_figures(clause, key), _reproduction(judged, clause)]
    else:
        parts += [_scrolling(clause["detail"][:LONGEST], f"what the suite said of {name}")]
    return tag("details", head, tag("div", *parts, class_="body"), id=key + break_id(clause), open=opened)


def _rule(clause: Dict[str, Any]) -> Markup:
    """The requirement that is broken, and where it stands."""
    found = CLAUSES.get(clause["id"])
    if found is None:
        return joined()
    here = tag("a", f"{found.id} in this page", href=f"#{found.id}")
    more = tag("code", f"python -m conformance explain {found.id}")
    kept = tag("code", f"docs/clauses/{found.id}.md")
    formula = tag("p", tag("code", found.formula), class_="formula")
    where = tag("p", here, " · the mistakes that break it, and their fixes: ", more, " or ", kept, class_="note")
    return joined(tag("p", found.sentence), formula, where)


def _numbers(id: str, record: Dict[str, Any]) -> Markup:
    """What was expected and what came; where this is about no number, what the suite said."""
    rows: List[Any] = []
    finding = record["finding"]
    if finding:
        worst = finding["values"][0]
        expected, bound, got = (of_number(worst[name]) for name in ("expected", "bound", "got"))
        place = f"{finding['name']}{worst['at'] if worst['at'] else ''}"
        rows += [("where", f"{place}, the worst of {finding['wrong']} wrong of {finding['of']}")]
        rows += [("that is", line.replace("that is ", "", 1)) for line in record["message"].splitlines()[1:]]
        rows += [("expected", numerals.bounded(expected, bound)), ("got", numerals.exact(got))]
    else:
        rows += [("said", tag("span", record["message"][:LONGEST], class_="pre"))]
    rows += [("seen in", f"{record['dtype']}, examples with “{record['event']}”")]
    dialect = record["calls"][-1]["dialect"]
    if dialect["changes"]:
        changes = ", ".join(f"{name} {value}" for name, value in dialect["changes"].items())
        rows += [("dialect", f"{dialect['preset']} with {changes}")]
    own = decided(id, dialect_of(dialect))
    rows += [("judged by", own)] if own else []
    if is_complete(record):
        rows += [("asked before", tag("span", called(call), class_="pre")) for call in case_of(record).earlier]
    return tag("dl", *(joined(tag("dt", name), tag("dd", value)) for name, value in rows))


def _looks_like(record: Dict[str, Any]) -> Markup:
    """The known bugs that explain the break, and what else was found out about it."""
    items = [tag("li", "What is wrong: ", tag("strong", hint)) for hint in record["hints"]]
    items += [tag("li", "Looks like: ", tag("strong", in_words(bug))) for bug in record["bugs"]]
    fields = record["differs"]["words"] if record.get("differs") else ""
    lines = [fields, *(record[name] for name in ("memory", "stage", "contrast", "elsewhere"))]
    items += [tag("li", line[:1].upper() + line[1:]) for line in lines if line]
    return tag("ul", *items, class_="faults") if items else joined()


def _figures(clause: Dict[str, Any], key: str) -> List[Markup]:
    drawn = pictures(clause, f"{key}{clause['op']}-{clause['id']}")
    return [tag("div", *(tag("figure", one) for one in drawn), class_="figures")] if drawn else []


def _reproduction(judged: Dict[str, Any], clause: Dict[str, Any]) -> Markup:
    """A program where the case is small, and always the command."""
    name, again = f"{clause['op']} {clause['id']}", clause["counterexample"]["replay"]
    program = snippet(judged, clause) if " --replay " in again else ""
    parts = [tag("h4", "To see it again"), _scrolling(again, f"command that judges {name} again", "wrapped")]
    if program:
        parts += [tag("h4", "In Python, on this case alone"), _scrolling(program, f"program that reproduces {name}")]
    else:
        parts += [tag("p", "The case is too large to be written out here, or right when it is asked alone; the command judges it again.", class_="note")]
    return joined(*parts)


def _scrolling(text: str, label: str, kind: str | None = None) -> Markup:
    """Preformatted text that the keyboard can scroll."""
    return tag("pre", tag("code", text), tabindex="0", role="region", aria_label=label, class_=kind)
