"""`make matrices`: measure both matrices and write them, machine-readable and as a page."""

from __future__ import annotations

import argparse
import functools
import json
import os
import platform
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Dict, List, Sequence

from conformance.suite.run import settings
from conformance.evidence import page
from conformance.evidence.alarms import alarms
from conformance.evidence.diagnoses import explanations
from conformance.evidence.kills import kills
from conformance.evidence.releases import FOUND as RELEASED
from conformance.suite.report import versions

HOME = Path(__file__).parent
SEEDS = 5
"""Runs of the kill matrix at the standard profile; the quick profile is run as often."""

UNSEEN_SEED = 1000003
"""Of the examples that breaks are explained on, used for nothing else."""

EXPLAINED = 2
"""Of so many mutants one is broken once more, to see what the user is told."""

ALARM_SEEDS = 2
"""Runs of the false-alarm matrix, at the quick profile."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, write, and say in two lines what came out. Returns 1 if a mutant survives or a variant is accused."""
    options = _parser().parse_args(argv)
    begun = time.perf_counter()
    jobs = [(kind, profile, seed) for kind, profile, count in _plan(options) for seed in range(1, count + 1)]
    jobs.insert(0, ("explanations", "standard", UNSEEN_SEED))
    with ProcessPoolExecutor(options.processes) as pool:
        results = list(pool.map(_run, jobs))
    found = {
        "made": {
            "when": time.strftime("%Y-%m-%d", time.gmtime()),
            "with": f"{versions()}, {platform.machine()}, {options.processes} processes",
            "command": "python -m conformance.evidence" + f" --seeds {options.seeds} --alarm-seeds {options.alarm_seeds}",
            "seconds": round(time.perf_counter() - begun),
        },
        "kills": _by_mutant(jobs, results, "kills"),
        "alarms": _by_mutant(jobs, results, "alarms"),
        "explanations": results[0],
        "releases": json.loads(RELEASED.read_text(encoding="utf-8")),
    }
    if options.write:
        (HOME / "matrices.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        (HOME / "README.md").write_text(page.text(found), encoding="utf-8")
    print("\n".join(page.summary(found)))
    return 1 if page.survivors(found, "standard") or page.accused(found) else 0


def _plan(options: argparse.Namespace) -> List[Any]:
    return [
        ("kills", "standard", options.seeds),
        ("kills", "quick", options.seeds),
        ("alarms", "quick", options.alarm_seeds),
    ]


def _run(job: Any) -> Dict[str, Any]:
    """One profile and seed of one matrix, in a process of its own."""
    kind, profile, seed = job
    run = settings(profile=profile, seed=seed, dtype="both", only=None)
    explained = functools.partial(explanations, every=EXPLAINED)
    measured = {"kills": kills, "alarms": alarms, "explanations": explained}[kind](run)
    return {id: seen.as_dict() for id, seen in measured.items()}


def _by_mutant(jobs: Sequence[Any], results: Sequence[Dict[str, Any]], kind: str) -> Dict[str, List[Dict[str, Any]]]:
    """What each run of one matrix saw, by the id of the mutant or variant."""
    table: Dict[str, List[Dict[str, Any]]] = {}
    for (what, profile, seed), result in zip(jobs, results):
        if what == kind:
            for id, seen in result.items():
                table.setdefault(id, []).append({"profile": profile, "seed": seed, **seen})
    return table


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m conformance.evidence", description=__doc__)
    parser.add_argument("--seeds", metavar="N", type=int, default=SEEDS, help="of the kill matrix (default %(default)s)")
    parser.add_argument("--alarm-seeds", metavar="N", type=int, default=ALARM_SEEDS, help="default %(default)s")
    parser.add_argument("--processes", metavar="N", type=int, default=os.cpu_count(), help="default: one for each core")
    parser.add_argument("--no-write", dest="write", action="store_false", help="measure, print, and leave the files alone")
    return parser


if __name__ == "__main__":
    sys.exit(main())
