"""The pages `clauses/`: one for each clause, what `conformance explain` says and where else it stands; and their index."""

from __future__ import annotations

from typing import Dict

from conformance.explaining.of_clause import Explained, Mistake, explained
from conformance.ops.spec import CLAUSES
from conformance.paper import markdown
from conformance.publishing.ops import HOME, page_of

WRITTEN = "Written by `make spec` from the clauses, the mutants and their fixes; not by hand."


def pages() -> Dict[str, str]:
    """The index, and the page of every clause, by path."""
    return {"clauses/README.md": index(), **{f"clauses/{id}.md": page(explained(id)) for id in CLAUSES}}


def index() -> str:
    """Every clause with its requirement."""
    rows = [(f"[{c.id}]({c.id}.md)", ", ".join(f"`{op}`" for op in c.ops), c.sentence) for c in CLAUSES.values()]
    said = f"{len(CLAUSES)} clauses. A clause is one requirement; its id stands in every report. Those on gradients end in g."
    return markdown.blocks("# The clauses", WRITTEN, said, markdown.table(("clause", "judged through", "requirement"), rows))


def page(found: Explained) -> str:
    """One clause: what it asks, who differs, the mistakes that break it with their fixes, the commands."""
    clause = found.clause
    home = HOME[clause.id]
    commands = [f"{command}   # {does}" for command, does in found.commands]
    return markdown.blocks(
        f"# {clause.id}: {', '.join(f'`{op}`' for op in clause.ops)}",
        WRITTEN,
        clause.sentence,
        markdown.block([clause.formula]),
        f"Source: {clause.source}. Worked example, golden cases and arguments: [the spec](../spec/{page_of(home)}#{clause.id}).",
        "## Judge just it",
        "\n".join(["```sh", *commands, f"python -m conformance explain {clause.id}", "```"]),
        "## Mistakes that break it" if found.mistakes else "",
        *(_mistake(one) for one in found.mistakes),
        "## Who differs by intent" if found.differs else "",
        markdown.table(("decision", "where", "judged"), found.differs) if found.differs else "",
    )


def _mistake(one: Mistake) -> str:
    """The mistakes that one line mends, and the line in three languages."""
    listed = "\n".join(f"- {line}" for line in one.told)
    if one.fix is None:
        return listed
    languages = (("python", f"{one.fix.torch}"), ("python", f"{one.fix.jax}"), ("cpp", one.fix.cpp))
    names = ("PyTorch", "JAX", "C++")
    lines = [f"{name}:\n\n```{language}\n{line}\n```" for name, (language, line) in zip(names, languages)]
    return markdown.blocks(listed, *lines).rstrip()
