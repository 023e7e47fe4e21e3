"""All pages by path: what `make spec` writes and the drift check compares."""

from __future__ import annotations

import inspect
import sys
from typing import Dict, List, Sequence

import refimpl
from conformance.publishing import clause_pages, contracts, evidence, port, seeds
from conformance.paper import markdown
from conformance.publishing.ops import HOME, link, page_of, section
from conformance.ops import family
from conformance.cases.protocol import OPS
from conformance.publishing.readme_sections import ROOT, dialects
from conformance.ops.spec import CLAUSES
from conformance.ops.page import Page
from conformance.paper.svg import Picture, document

FOLDER = ROOT / "docs"
"""Where the pages stand."""

WRITTEN = (
    "Written by `make spec` from the clauses, the docstrings of the reference and what the suite measured; not by hand."
)

UNITS = "Letters and units are those of the [first page](README.md)."


def everything() -> Dict[str, str]:
    """The text of every file by its path below `FOLDER`."""
    pages = {"spec/README.md": index()}
    for name, title, _, ops in family.families():
        examples = [family.of(op, "worked example")() for op in ops]
        sections = [section(op, example.text) for op, example in zip(ops, examples)]
        contents = " · ".join(f"[`{op}`](#{op})" for op in ops)
        pages[f"spec/{name}.md"] = markdown.blocks(
            f"# {title}", WRITTEN, UNITS, *introduced(ops), contents, *(s.rstrip() for s in sections)
        )
        pages.update({f"spec/pictures/{op}.svg": document(one.picture) for op, one in zip(ops, examples)})
    others = [make(evidence.stored()) for make in family.rows("pages")]
    pages.update({f"spec/{page.name}.md": page.text for page in others})
    pages["port.md"] = port.page()
    pages["seeds.md"] = seeds.page()
    pages.update(clause_pages.pages())
    pages.update({f"spec/pictures/{picture.name}.svg": document(picture) for picture in _pictures(others)})
    return pages


def introduced(ops: Sequence[str]) -> List[str]:
    """What the modules of some ops and of their gradients say of themselves, a paragraph each."""
    functions = [function for op in ops for function in (OPS[op].function, OPS[op].wrt and OPS[op].vjp) if function]
    modules = dict.fromkeys(function.__module__ for function in functions)
    texts = [inspect.getdoc(sys.modules[module]) for module in modules]
    return [" ".join(paragraph.split()) for text in texts for paragraph in text.split("\n\n")]


def index() -> str:
    """The first page: every op with its clauses, and the dialect."""
    rows = [
        (f"[`{op}`]({name}.md#{op})", contracts.contract(OPS[op].function).headline, ", ".join(_clauses(op)))
        for name, _, _, ops in family.families()
        for op in ops
    ]
    meanings = contracts.dialect_fields()
    fields = [(f"`{name}`", str(getattr(refimpl.YOLOV8, name)), meanings[name]) for name in contracts.FIELDS]
    return markdown.blocks(
        "# The training head of YOLOv8, op by op",
        WRITTEN,
        *(markdown.shown(draw()) for draw in family.rows("overview")),
        "New here? Read the pages in the order of the table, each with paper and pencil at its worked example, then the "
        "assigner [once through](scene.md), where its stages come together on one scene. To write your own, op by op: "
        "[port your loss in an hour](../port.md).",
        LETTERS,
        "## Ops",
        f"{len(CLAUSES)} clauses say what {len(OPS)} ops must do.",
        markdown.table(("op", "what it does", "clauses"), rows),
        *_usage(),
        "## Dialect",
        "A dialect carries every decision in which implementations differ, and the hyperparameters:",
        markdown.table(("field", "`YOLOV8`", "meaning"), fields),
        "The presets, and the fields in which they differ from YOLOV8:",
        dialects().rstrip(),
    )


def _usage() -> List[str]:
    """How an op of the reference is called, on its worked example."""
    return [
        part
        for op, code in family.rows("usage")
        for part in (
            f"Each is a function of the reference, under the same name. The worked example of [`{op}`]({page_of(op)}#{op}):",
            code(),
        )
    ]


def _pictures(others: Sequence[Page]) -> List[Picture]:
    """The pictures that belong to no op."""
    return [picture for page in others for picture in page.pictures] + [draw() for draw in family.rows("overview")]


def _clauses(op: str) -> List[str]:
    """Links to the clauses of an op; that of the op where a clause is at home can itself be linked to by its id."""
    own = [clause.id for clause in CLAUSES.values() if op in clause.ops]
    return [f'<a id="{id}"></a>{link(id)}' if HOME[id] == op else link(id) for id in own]


LETTERS = """\
B images · L pyramid levels · A anchors, Σ H·W over the levels · G ground-truth slots per image after padding · N labelled
boxes or box pairs · C classes · R bins per side · k anchors a box may claim. A length is in px (pixels of the network's
input) or in grid (cells of a feature map: px / stride). Boxes are xyxy unless a name says xywh or ltrb. A mutant is a
correct implementation with one known bug; a golden case is a stored example with its right answer."""
