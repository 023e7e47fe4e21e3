"""All pages by path: what `make spec` writes and the drift check compares."""

from __future__ import annotations

from typing import Dict, List

import refimpl
from conformance.docs import contracts, markdown
from conformance.docs.ops import GROUPS, link, section
from conformance.protocol import PROTOCOL
from conformance.readme_sections import ROOT, dialects
from conformance.spec import CLAUSES

FOLDER = ROOT / "docs"
"""Where the pages stand."""

WRITTEN = "Written by `make spec` from the clauses, the docstrings of the reference and what the suite measured; not by hand."


def everything() -> Dict[str, str]:
    """The text of every file by its path below `FOLDER`."""
    pages = {"spec/README.md": index()}
    for name, (title, ops) in GROUPS.items():
        sections = [section(op, "") for op in ops]
        contents = " · ".join(f"[`{op}`](#{op})" for op in ops)
        pages[f"spec/{name}.md"] = markdown.blocks(f"# {title}", WRITTEN, contents, *(s.rstrip() for s in sections))
    return pages


def index() -> str:
    """The first page: every op with its clauses, and the dialect."""
    rows = [
        (f"[`{op}`]({name}.md#{op})", contracts.contract(getattr(refimpl, op)).headline, ", ".join(_clauses(op)))
        for name, (_, ops) in GROUPS.items()
        for op in ops
    ]
    meanings = contracts.dialect_fields()
    fields = [(f"`{name}`", str(getattr(refimpl.YOLOV8, name)), meanings[name]) for name in contracts.FIELDS]
    return markdown.blocks(
        "# The training head of YOLOv8, op by op",
        WRITTEN,
        LETTERS,
        "## Ops",
        f"{len(CLAUSES)} clauses say what {len(PROTOCOL)} ops must do.",
        markdown.table(("op", "what it does", "clauses"), rows),
        "## Dialect",
        "A dialect carries every decision in which implementations differ, and the hyperparameters:",
        markdown.table(("field", "`YOLOV8`", "meaning"), fields),
        "The presets, and the fields in which they differ:",
        dialects().rstrip(),
    )


def _clauses(op: str) -> List[str]:
    return [link(clause.id) for clause in CLAUSES.values() if op in clause.ops]


LETTERS = """B images · L pyramid levels · A anchors, Σ H·W over the levels · G ground-truth slots per image after padding · N labelled
boxes or box pairs · C classes · R bins per side · k anchors a box may claim. A length is in px (pixels of the network's
input) or in grid (cells of a feature map: px / stride). Boxes are xyxy unless a name says xywh or ltrb. A mutant is a
correct implementation with one known bug; a golden case is a stored example with its right answer."""
