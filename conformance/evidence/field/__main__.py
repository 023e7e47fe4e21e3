"""`python -m conformance.evidence.field NAME`: one bug of a released package, as it is and as it should be."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any, Dict, Sequence

from conformance.cases.protocol import OPS
from conformance.evidence.field import around, head, overlaps, page
from conformance.evidence.field.bug import Bug, expected, got
from conformance.evidence.field.packages import AROUND, PACKAGES, Package

BUGS: Dict[str, Bug] = {bug.name: bug for bug in (*overlaps.BUGS, *head.BUGS, *around.BUGS)}
STORED = Path(__file__).with_name("bugs.json")
JUDGED = Path(__file__).with_name("judged.json")
JUDGED_AROUND = Path(__file__).with_name("judged_around.json")
PAGE = Path(__file__).parents[3] / "docs" / "field.md"


def tell(bug: Bug) -> str:
    """A bug in words: what is wrong, the call, what is right and what came, by hand."""
    right = expected(bug) if bug.op in OPS else "(no op of this release)"
    lines = [f"{bug.package} {bug.version}: {bug.says}", f"{bug.op}, {bug.dtype}{', gradient' * bug.gradient}", bug.by_hand]
    return "\n".join([*lines, f"expected  {right}", f"got       {got(bug)}"])


def measure() -> None:
    """Ask what is installed, and keep what else was measured."""
    kept = json.loads(STORED.read_text(encoding="utf-8")) if STORED.is_file() else {}
    for bug in BUGS.values():
        if bug.op not in OPS:
            continue
        try:
            kept[bug.name] = {"expected": expected(bug), "got": got(bug)}
        except Exception as error:
            print(f"{bug.name}: not asked: {str(error).splitlines()[0][:120]}", file=sys.stderr)
    kept = {name: kept[name] for name in BUGS if name in kept}
    STORED.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def note(records: Sequence[str]) -> None:
    """Note what `--json` records of runs say of the packages they judged, those around the head in a file of their own."""
    everything = {JUDGED: _read(JUDGED), JUDGED_AROUND: _read(JUDGED_AROUND)}
    for record in map(Path, records):
        one = json.loads(record.read_text(encoding="utf-8"))
        told = [row for row in one["clauses"] if row["verdict"] != "NOT PROVIDED"]
        beside = next((p for p in AROUND if one["word"] == p.word), None)
        package = beside or next(p for p in PACKAGES if one["candidate"].startswith(_said(p)) and one["word"] == p.word)
        everything[JUDGED_AROUND if beside else JUDGED][page.key(package)] = {
            "dialect": one["dialect"],
            "verdict": one["verdict"],
            "broke": [f"{row['op']} {row['id']} ({row['verdict']})" for row in told if row["verdict"] in ("BREAKS", "ERROR")],
            "clauses": _by_clause(told),
            "dtypes": one["dtypes"],
            "ops": ", ".join(dict.fromkeys(row["op"] for row in told)),
            "profile": one["profile"],
            "when": time.strftime("%Y-%m-%d", time.gmtime(record.stat().st_mtime)),
        }
    for file, kept in everything.items():
        if kept:
            file.write_text(json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def _read(file: Path) -> Dict[str, Any]:
    """What a file holds; nothing, if there is none."""
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _by_clause(rows: Sequence[Dict[str, Any]]) -> Dict[str, str]:
    """The worst verdict on each clause, over the ops through which it was judged."""
    worst: Dict[str, str] = {}
    for row in rows:
        worst[row["id"]] = max(worst.get(row["id"], ""), row["verdict"], key=list(page.SIGNS).index)
    return worst


def _said(package: Package) -> str:
    """How a candidate's name begins: its package, and, of one that is judged in several releases, the release."""
    return f"{package.name} {package.version}" if package.name == "ultralytics" else package.name


def write() -> None:
    """Write the page from what was measured."""
    judged = {**_read(JUDGED), **_read(JUDGED_AROUND)}
    PAGE.write_text(page.text(BUGS, _read(STORED), judged), encoding="utf-8")


if __name__ == "__main__":
    names = sys.argv[1:]
    if not names:
        write()
    elif names == ["measure"]:
        measure()
    elif names[0] == "note":
        note(names[1:])
    elif any(name not in BUGS for name in names):
        sys.exit(f"expected measure, note RECORD…, or names of bugs: {', '.join(BUGS)}")
    else:
        print("\n\n".join(tell(BUGS[name]) for name in names))
