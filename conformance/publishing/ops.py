"""One op's section: formula, decisions, who does otherwise, worked example, clauses with what shows them."""

from __future__ import annotations

import inspect
import sys
from typing import Dict, List

import refimpl
from conformance.publishing import contracts, evidence
from conformance.paper import markdown
from conformance.publishing.contracts import Contract
from conformance.ops import family
from conformance.cases.protocol import GRADIENTS, OPS, vjp
from conformance.ops.spec import CLAUSES, Clause

HOME: Dict[str, str] = {clause.id: clause.ops[0] for clause in CLAUSES.values()}
"""The op whose section holds the anchor of a clause."""


def section(op: str, example: str) -> str:
    """The whole section of an op; `example` is its worked example, in Markdown."""
    said = contracts.contract(OPS[op].function)
    explained = [text for text in said.prose if text[0].islower()]
    decisions = [text for text in said.prose if text not in explained]
    clauses = [clause for clause in CLAUSES.values() if op in clause.ops]
    parts = [
        f"## `{op}`",
        said.headline,
        markdown.block(said.formula),
        *explained,
        signature(op, said),
        "### Decisions" if decisions or contracts.reads(said) else "",
        *decisions,
        decided(said),
        otherwise(op),
        f"### Worked example\n\n{example}",
        "### Clauses",
        *(clause_text(clause, op) for clause in clauses if not clause.gradient),
    ]
    if op in GRADIENTS:
        slope = contracts.contract(OPS[op].vjp)
        parts += ["### Gradient", slope.headline, markdown.block(slope.formula), *slope.prose]
        parts += [gradient_signature(op), *(clause_text(clause, op) for clause in clauses if clause.gradient)]
        parts.append(otherwise(vjp(op)))
    return markdown.blocks(*parts)


def signature(op: str, said: Contract) -> str:
    """How the op is called, and a row for each argument and result."""
    names = OPS[op]
    call = f"`{op}{names.call}` → {', '.join(f'`{name}`' for name in names.returns)}"
    rows = [(f"`{name}`", meaning) for name, meaning in said.parameters.items() if name != "dialect"]
    rows.append((", ".join(f"`{name}`" for name in names.returns), returned(op, said)))
    return markdown.blocks(call, markdown.table(("", "type, shape, unit"), rows)).rstrip()


def returned(op: str, said: Contract) -> str:
    """What comes back: as under Returns, or what the docstring of the named tuple says."""
    function = OPS[op].function
    if said.returns != function.__annotations__["return"]:
        return said.returns
    kind = getattr(sys.modules[function.__module__], said.returns)
    return " ".join(inspect.getdoc(kind).split("\n\n")[0].split())


def gradient_signature(op: str) -> str:
    """How the gradient is offered by a candidate without autograd."""
    gradient = GRADIENTS[op]
    results = ", ".join(f"`{name}`" for name in gradient.wrt)
    return f"`{vjp(op)}{gradient.gradient.call}` → the gradient by {results}."


def decided(said: Contract) -> str:
    """The fields of the dialect that an op reads, with the default."""
    meanings = contracts.dialect_fields()
    fields = contracts.reads(said)
    if fields == contracts.FIELDS:
        return "It reads every field of the [dialect](README.md#dialect)."
    rows = [(f"`{name}`", f"{getattr(refimpl.YOLOV8, name)}", meanings[name]) for name in fields]
    return markdown.table(("of the dialect", "`YOLOV8`", "meaning"), rows) if rows else ""


def otherwise(function: str) -> str:
    """Who decides otherwise: by the mutants that are conventions, then by the table of all else."""
    rows = []
    for mutant in evidence.conventions(function):
        judged = f"dialect `{mutant.dialect}`; under others " if mutant.dialect else ""
        judged += f"breaks {', '.join(map(link, mutant.breaks))}" if mutant.breaks else "no judged value differs"
        rows.append((mutant.sentence, mutant.seen, judged))
    rows += [(one.does, one.source, _linked(one.judged)) for one in family.rows("who does otherwise") if one.op == function]
    return "### Who does otherwise\n\n" + markdown.table(("decision", "where", "judged"), rows) if rows else ""


def _linked(words: str) -> str:
    """The words, each clause in them a link."""
    return " ".join(link(word) if word in CLAUSES else word for word in words.split(" "))


def clause_text(clause: Clause, op: str) -> str:
    """A clause as seen through one op, with its golden cases and its mutants."""
    function = vjp(op) if clause.gradient else op
    first = HOME[clause.id] == op
    name = f'<a id="{clause.id}"></a>**{clause.id}**' if first else f"**{link(clause.id)}**, seen through `{op}`:"
    cases = [f"- `{case['id']}`: {case['why']} ({case['source']})" for case in evidence.golden_cases(clause.id, function)]
    killed = evidence.killed(clause.id, function)
    return markdown.blocks(
        f"{name} {clause.sentence}",
        markdown.block([clause.formula]) if first else "",
        f"Source: {clause.source}." if first else "",
        markdown.folded(_count(len(cases), "golden case"), "\n".join(cases)) if cases else "No golden case.",
        markdown.folded(_toll(killed), "\n".join(_mutants(killed))) if killed else "No mutant.",
    ).rstrip()


def _mutants(killed: List[evidence.Killed]) -> List[str]:
    """A line for each mutant."""
    lines = []
    for mutant, missed in killed:
        seen = f"; seen in: {mutant.seen}" if mutant.seen else ""
        lines.append(f"- `{mutant.id}`: {mutant.sentence}{seen}{f'; {missed}' if missed else ''}")
    return lines


def _toll(killed: List[evidence.Killed]) -> str:
    """How many mutants a clause was measured to kill, and how many more are said to break it."""
    measured = sum(not one.missed for one in killed)
    more = len(killed) - measured
    return f"{_count(measured, 'mutant')} killed{f', {more} more said to break it' if more else ''}"


def link(clause: str, folder: str = "") -> str:
    """A link to a clause on the page that holds it, from a page in the same folder or from another."""
    return f"[{clause}]({folder}{page_of(HOME[clause])}#{clause})"


def page_of(op: str) -> str:
    """The file of the section of an op."""
    return f"{family.family_of(op).name}.md"


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
