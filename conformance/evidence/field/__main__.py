"""`python -m conformance.evidence.field NAME`: one bug of a released package, as it is and as it should be."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Dict

from conformance.cases.protocol import OPS
from conformance.evidence.field import around, head, overlaps
from conformance.evidence.field.bug import Bug, expected, got

BUGS: Dict[str, Bug] = {bug.name: bug for bug in (*overlaps.BUGS, *head.BUGS, *around.BUGS)}
STORED = Path(__file__).with_name("bugs.json")


def shown(bug: Bug) -> str:
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
    STORED.write_text(json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    names = sys.argv[1:]
    if names == ["measure"]:
        measure()
    elif not names or any(name not in BUGS for name in names):
        sys.exit(f"expected measure or names of bugs: {', '.join(BUGS)}")
    else:
        print("\n\n".join(shown(BUGS[name]) for name in names))
