"""`make matrices`: measure both matrices and write them, machine-readable and as a page."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Sequence, Set, Tuple

from conformance.calling.candidate import Candidate
from conformance.candidates.variants import VARIANTS
from conformance.cases.protocol import OPS
from conformance.evidence import page
from conformance.evidence.alarms import alarms
from conformance.evidence.diagnoses import explanations
from conformance.evidence.kills import kills
from conformance.evidence.releases import FOUND as RELEASED
from conformance.ops.made_of import parts
from conformance.ops.mutants import MUTANTS
from conformance.suite.report import versions
from conformance.suite.run import UnknownName, settings
from refimpl import YOLOV8

HOME = Path(__file__).parent
SEEDS = 5
"""Runs of the kill matrix at the standard profile; the quick profile is run as often."""

UNSEEN_SEED = 1000003
"""Of the examples that breaks are explained on, used for nothing else."""

EXPLAINED = 2
"""Of so many mutants of an op one is broken once more, to see what the user is told."""

ALARM_SEEDS = 2
"""Runs of the false-alarm matrix, at the quick profile."""

MATRICES = {"kills": kills, "alarms": alarms, "explanations": explanations}


class Job(NamedTuple):
    """One op in one run of one matrix."""

    matrix: str
    profile: str
    seed: int
    op: str
    every: int


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, write, and say in two lines what came out. Returns 1 if a mutant survives or a variant is accused."""
    parser = _parser()
    options = parser.parse_args(argv)
    before = json.loads((HOME / "matrices.json").read_text(encoding="utf-8")) if options.only else None
    if before and (unknown := [id for id in before["alarms"] if id not in VARIANTS]):
        parser.error(f"--only: {unknown[0]} and {len(unknown) - 1} other variants were measured with packages that are missing here")
    begun, ops = time.perf_counter(), options.only or OPS
    jobs = [Job(*run, op, options.explained) for run in _runs(options) for op in sorted(ops, key=_work, reverse=True)]
    with ProcessPoolExecutor(options.processes) as pool:
        results = list(pool.map(_measured, jobs))
    found = {
        "made": {
            "when": time.strftime("%Y-%m-%d", time.gmtime()),
            "with": f"{versions()}, {platform.machine()}, {options.processes} processes",
            "command": f"python -m conformance.evidence --seeds {options.seeds} --alarm-seeds {options.alarm_seeds} "
            f"--explained {options.explained}" + (f" --only {','.join(ops)}" if options.only else ""),
            "seconds": round(time.perf_counter() - begun),
        },
        "kills": _by_mutant(jobs, results, "kills"),
        "alarms": _by_mutant(jobs, results, "alarms"),
        "explanations": {id: told for id, (told,) in _by_mutant(jobs, results, "explanations").items()},
        "releases": json.loads(RELEASED.read_text(encoding="utf-8")),
    }
    if before:
        found = joined(before, found, set(ops))
    if options.write:
        (HOME / "matrices.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        (HOME / "README.md").write_text(page.text(found), encoding="utf-8")
    print("\n".join(page.summary(found)))
    return 1 if page.survivors(found, "standard") or page.accused(found) else 0


def joined(before: Dict[str, Any], since: Dict[str, Any], ops: Set[str]) -> Dict[str, Any]:
    """What was measured before, with what was measured since of some ops in its place.

    A variant of other ops, too, keeps its row, which counts them all.
    """
    whole = {id for id, one in VARIANTS.items() if set(Candidate(one.factory, YOLOV8, id).ops) <= ops}
    since = {**since, "alarms": {id: seen for id, seen in since["alarms"].items() if id in whole}}
    tables = {name: {**before[name], **since[name]} for name in MATRICES}
    ordered = {name: {id: table[id] for id in (*MUTANTS, *VARIANTS) if id in table} for name, table in tables.items()}
    others = [made for made in before.get("since", []) if made["command"] != since["made"]["command"]]
    return {"made": before["made"], "since": [*others, since["made"]], **ordered, "releases": since["releases"]}


def _op_names(text: str) -> Tuple[str, ...]:
    """Ops between commas, as any run takes them."""
    try:
        return settings(profile="quick", seed=None, dtype="both", only=text).only
    except UnknownName as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _runs(options: argparse.Namespace) -> List[Tuple[str, str, int]]:
    """Matrix, profile and seed of each run."""
    plan = [
        ("explanations", "standard", [UNSEEN_SEED]),
        ("kills", "standard", range(1, options.seeds + 1)),
        ("kills", "quick", range(1, options.seeds + 1)),
        ("alarms", "quick", range(1, options.alarm_seeds + 1)),
    ]
    return [(matrix, profile, seed) for matrix, profile, seeds in plan for seed in seeds]


def _work(op: str) -> int:
    """The ops that are made of most others take longest, and begin."""
    return len(parts(op))


def _measured(job: Job) -> Dict[str, Any]:
    """What a job saw, by the id of the mutant or variant."""
    run = settings(profile=job.profile, seed=job.seed, dtype="both", only=None)
    more = {"every": job.every} if job.matrix == "explanations" else {}
    return MATRICES[job.matrix](run, [job.op], **more)


def _by_mutant(jobs: Sequence[Job], results: Sequence[Dict[str, Any]], matrix: str) -> Dict[str, List[Dict[str, Any]]]:
    """What each run of one matrix saw, by the id of the mutant or variant; what a variant shows through its ops, together."""
    table: Dict[str, Dict[Tuple[str, int], Any]] = {}
    for job, result in zip(jobs, results):
        for id, seen in result.items() if job.matrix == matrix else ():
            runs = table.setdefault(id, {})
            run = (job.profile, job.seed)
            runs[run] = runs[run] + seen if run in runs else seen
    return {
        id: [{"profile": profile, "seed": seed, **seen.as_dict()} for (profile, seed), seen in table[id].items()]
        for id in (*MUTANTS, *VARIANTS)
        if id in table
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m conformance.evidence", description=__doc__)
    parser.add_argument("--seeds", metavar="N", type=int, default=SEEDS, help="of the kill matrix (default %(default)s)")
    parser.add_argument("--alarm-seeds", metavar="N", type=int, default=ALARM_SEEDS, help="default %(default)s")
    parser.add_argument("--explained", metavar="N", type=int, default=EXPLAINED, help="one in N (default %(default)s)")
    parser.add_argument("--processes", metavar="N", type=int, default=os.cpu_count(), help="default: one for each core")
    parser.add_argument("--only", metavar="OP,…", type=_op_names, help="measure these ops anew and leave the others as they are")
    parser.add_argument("--no-write", dest="write", action="store_false", help="measure, print, and leave the files alone")
    return parser


if __name__ == "__main__":
    sys.exit(main())
