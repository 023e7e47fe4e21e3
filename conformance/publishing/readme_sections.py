"""What the generated parts of README.md say: facts read off the code, and runs of the command line."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Tuple

from conformance.judging.judge import WIDEST
from conformance.evidence import page
from conformance.cases.protocol import OPS
from conformance.ops.spec import CLAUSES
from conformance.publishing.dialect_table import dialects
from conformance.suite.profiles import PROFILES
from conformance.judging.verdicts import NOT_PROVIDED, SCENES_CAP, VALUES_CAP

ROOT = Path(__file__).parents[2]
"""The checkout."""

SHOWN = "reference32"
"""The candidate whose whole report is shown."""

MEASURED = (SHOWN, "dense_numpy")
"""The built-in NumPy candidates."""

ROWS = 5
"""Rows of that report shown in the README."""

FAULT = ("dialect.iou_eps", "1e-6")
"""What is changed in the plug-in example to show a break."""

PAIRS = [(op, clause.id) for op in OPS for clause in CLAUSES.values() if op in clause.ops]
"""The rows of a verdict table."""

_PLUG_IN = re.compile(r"```python\n(# my_loss\.py\n.*?)```", re.DOTALL)


class Run(NamedTuple):
    """What one run of the command line printed, and the record it wrote."""

    printed: str
    record: Dict[str, Any]


class ReadmeError(Exception):
    """README.md lacks a section, or a run that should fill one gave no verdict."""


def everything(readme: str) -> Dict[str, str]:
    """All sections but those of Ultralytics, by name."""
    runs = {name: judged(name) for name in MEASURED}
    shown = _console(SHOWN, runs[SHOWN].printed)
    broken = _console(f"my_loss.py:MyLoss --only {faulty(readme)}", wrong_plug_in(readme).printed)
    fixed = {name: make() for name, make in FIXED.items()}
    return {**fixed, "verdicts": shown, "rows": first_rows(shown), "margins": margins(runs), "break": broken}


def first_rows(shown: str) -> str:
    """The header of a run, the first rows of its table and its last line."""
    lines = shown.splitlines()
    head = next(i for i, line in enumerate(lines) if line.startswith("op ")) + 1
    return "\n".join([*lines[: head + ROWS], "…", *lines[-2:]]) + "\n"


def judged(word: str, *options: str, folder: Path = ROOT) -> Run:
    """Put a candidate through the suite at the standard profile, in a process of its own.

    Raises
    ------
    ReadmeError
        If no verdict could be formed; with what the run printed.
    """
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    with tempfile.TemporaryDirectory() as kept:
        command = [sys.executable, "-m", "conformance", word, "--report", kept, *options]
        environment = {**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8")
        if done.returncode == 2:
            raise ReadmeError(f"no verdict on {word}:\n{done.stdout}")
        return Run(done.stdout.strip("\n"), json.loads((Path(kept) / "report.json").read_text(encoding="utf-8")))


def plug_in(readme: str) -> str:
    """The source of the plug-in example."""
    found = _PLUG_IN.search(readme)
    if found is None:
        raise ReadmeError("plug-in example: expected a block of Python that begins with `# my_loss.py`, got none")
    return found[1]


def faulty(readme: str) -> str:
    """The op of the plug-in example that holds the fault: the last one it offers."""
    return offered(plug_in(readme))[-1]


def offered(source: str) -> List[str]:
    """The ops that a class in Python offers."""
    return [node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef) and node.name in OPS]


def wrong_plug_in(readme: str, *options: str) -> Run:
    """The verdict on the plug-in example with one fault in it."""
    right, wrong = FAULT
    source = plug_in(readme)
    if source.count(right) != 1:
        raise ReadmeError(f"plug-in example: expected {right} once, got it {source.count(right)} times")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "my_loss.py").write_text(source.replace(right, wrong), encoding="utf-8")
        return judged("my_loss.py:MyLoss", "--only", faulty(readme), *options, folder=Path(folder))


def margins(runs: Dict[str, Run]) -> str:
    """One row for each op and clause: examples, and of each candidate largest error/bound and undecided share."""
    seen = {name: {(row["op"], row["id"]): row for row in run.record["clauses"]} for name, run in runs.items()}
    heads = [f"{name}: {what}" for name in runs for what in ("error/bound", "undecided")]
    rows = []
    for pair in PAIRS:
        found = [seen[name][pair] for name in runs]
        numbers = [cell for row in found for cell in (_number(row["worst"]), f"{row['undecided']:.2%}")]
        rows.append((*pair, str(found[0]["examples"]), *numbers))
    return _table(("op", "clause", "examples", *heads), rows)


def ultralytics() -> Dict[str, str]:
    """The section of the installed release, named after the dialect it implements."""
    run = judged("ultralytics")
    rows = [row for row in run.record["clauses"] if row["verdict"] != NOT_PROVIDED]
    worst = max(rows, key=lambda row: row["worst"] or 0)
    vague = max(rows, key=lambda row: row["undecided"])
    where = f" ({vague['op']}, {vague['id']})" if vague["undecided"] else ""
    facts = {
        **run.record["about"],
        "largest": f"error/bound {_number(worst['worst'])} ({worst['op']}, {worst['id']})",
        "undecided": f"{vague['undecided']:.2%} at most{where}",
    }
    lines = [*(f"{title:10} {text}" for title, text in facts.items()), "", run.printed.splitlines()[-1]]
    return {f"ultralytics-{run.record['dialect']}": "```\n" + "\n".join(lines) + "\n```\n"}


def adapter() -> str:
    """The torch adapter to copy."""
    return f"```python\n{(ROOT / 'docs' / 'torch' / 'adapter.py').read_text(encoding='utf-8')}```\n"


def trust() -> str:
    """Three numbers that the matrices give."""
    found = json.loads((ROOT / "conformance" / "evidence" / "matrices.json").read_text(encoding="utf-8"))
    kills, alarms = found["kills"], found["alarms"]
    missed = page.survivors(found, "standard")
    return (
        f"{len(kills) - len(missed)} of {len(kills)} known bugs are found at the standard profile; "
        f"{len(page.accused(found))} of {len(alarms)} correct variants are accused;\n"
        f"{page.explained(found)['named']:.0%} of the bugs that were put to the test are named by the report.\n"
    )


def limits() -> str:
    """The profiles, and the caps on what may stay undecided."""
    profiles = ", ".join(f"`{name}` {examples}" for name, examples in PROFILES.items())
    return (
        f"Examples for each clause, op, float type and event: {profiles}.\n\n"
        f"A value is undecided if its bound is wider than {WIDEST:.0%} of the range of the output.\n"
        f"A clause is UNDECIDED if more than {VALUES_CAP:.1%} of its values and decisions are,\n"
        f"or if more than {SCENES_CAP:.0%} of its examples had to be given up as a whole.\n"
    )


def matrices() -> str:
    """What the published matrices say, in a few lines."""
    found = json.loads((ROOT / "conformance" / "evidence" / "matrices.json").read_text(encoding="utf-8"))
    return "".join(f"- {line}\n" for line in [*page.summary(found), page.releases_line(found)])


FIXED: Dict[str, Callable[[], str]] = {
    "dialects": dialects, "limits": limits, "matrices": matrices, "trust": trust, "adapter": adapter,
}
"""The sections that are the same on every machine, by name."""


def _console(options: str, printed: str) -> str:
    return f"```\n$ python -m conformance {options}\n{printed}\n```\n"


def _table(headings: Iterable[str], rows: Iterable[Tuple[str, ...]]) -> str:
    headings = tuple(headings)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (headings, ("---",) * len(headings), *rows))


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2g}"
