"""Draw a golden case: `python -m conformance draw CASE [--out FILE]` writes it as one SVG; without CASE, list the cases."""

from __future__ import annotations

import argparse
import difflib
import sys
from pathlib import Path
from typing import List, Sequence

import numpy as np

from conformance.ops.pictures import drawn
from conformance.paper.style import INK, PICTURE
from conformance.ops.subject import Subject
from conformance.paper.marks import sheet
from conformance.cases.protocol import OPS
from conformance.cases.case import Case
from golden import rules
from golden.check import Tensors, read_case
from golden.manifest import Entry, read_manifest
from golden.store import HOME, GoldenError, replace


def svg(entry: Entry, tensors: Tensors) -> str:
    """The pictures of a case, one below the other; of a gradient, the call it is the gradient of."""
    op = entry.op.replace("_vjp", "")
    arguments = {name: _held(value) for name, value in rules.arguments(entry.op, tensors).items()}
    expected = {name: tensors[f"out.{name}"] for name in OPS[op].returns if f"out.{name}" in tensors}
    subject = Subject(op, Case.of(entry.dialect, arguments), expected if op == entry.op else {}, {}, (), "float64")
    found = drawn(subject, entry.id)
    title = f"{entry.id}: {entry.op}, {', '.join(entry.clauses)}" + ("" if found else "; it holds no box and no anchor to draw")
    return sheet(found, title, INK + PICTURE) + "\n"


def _held(value: object) -> object:
    """Floats as float64, which is what the pictures look at."""
    if isinstance(value, list):
        return [_held(item) for item in value]
    return value.astype(np.float64) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value


def main(argv: Sequence[str]) -> int:
    """Draw the case that is named; 2 if there is none of that name."""
    options = _parser().parse_args(argv)
    try:
        entries = {entry.id: entry for entry in read_manifest(HOME)[0]}
        if options.case is None:
            print("\n".join(entries))
            return 0
        if options.case not in entries:
            return _refuse(f"case: expected {_near(options.case, list(entries))}, got {options.case!r}")
        if options.out is None and sys.stdout.isatty():
            return _refuse(f"{options.case}: a terminal shows no SVG; --out {options.case}.svg writes it to a file")
        entry = entries[options.case]
        drawing = svg(entry, read_case(HOME, entry))
        if options.out is None:
            sys.stdout.write(drawing)
        else:
            replace(options.out, drawing.encode("utf-8"))
    except (GoldenError, OSError) as error:
        return _refuse(str(error))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="conformance draw", description="Draw a golden case as SVG.", allow_abbrev=False)
    parser.add_argument("case", nargs="?", metavar="CASE", help="id of a case; default: list all")
    parser.add_argument("--out", metavar="FILE", type=Path, help="file to write; default: standard output")
    return parser


def _near(name: str, names: List[str]) -> str:
    near = difflib.get_close_matches(name, names) or [other for other in names if name in other][:3]
    return "one that `conformance draw` lists" + (f", perhaps {' or '.join(near)}" if near else "")


def _refuse(reason: str) -> int:
    print(f"conformance draw: {reason}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
