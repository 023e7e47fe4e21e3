"""Judgements as text and as data."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, NamedTuple

import numpy as np

from conformance.judging.verdicts import BREAKS, CONFORMS, UNDECIDED
from conformance.recordings.files import Recording
from conformance.recordings.findings import Finding, Judgement


class Judged(NamedTuple):
    """A recording, what was judged of it, and what else it may be, in words."""

    path: Path
    recording: Recording
    judgement: Judgement
    otherwise: str = ""


def headline(judged: List[Judged]) -> str:
    """The verdict in one line: the first step and image that break, or why there is none."""
    for verdict in (BREAKS, UNDECIDED):
        for one in judged:
            if one.judgement.verdict == verdict and one.judgement.first is not None:
                where = "" if len(judged) == 1 else f" at {step(one)}"
                otherwise = f" ({one.otherwise})" if one.otherwise else ""
                return f"{verdict}{where}: {one.judgement.first.words}{otherwise}"
    return f"{CONFORMS}: {len(judged)} step{'s' * (len(judged) != 1)}, {', '.join(step(one) for one in judged)}"


def step(one: Judged) -> str:
    """Which step it is, in words."""
    facts = one.recording.facts
    rank = f", rank {facts['rank']}" if facts["world_size"] > 1 else ""
    return f"step {facts['step']}{rank}{', ' * bool(facts['branch'])}{facts['branch']}"


def text(one: Judged, dialect: str) -> str:
    """All findings of one step, a line each."""
    r = one.recording
    sizes = f"B {len(r.maps[0])}, A {sum(level[0, 0].size for level in r.maps)}, {len(r.targets)} labels, {r.facts['dtype']}"
    source = f", {r.facts['source']}" if r.facts["source"] else ""
    lines = [f"{one.path.name}: {step(one)}, {sizes}{source}, dialect {dialect}: {one.judgement.verdict}"]
    lines += [_line(finding) for finding in one.judgement.findings]
    return "\n".join(lines)


def _line(f: Finding) -> str:
    worst = f"  error/bound {f.worst:.2g}" if f.worst and np.isfinite(f.worst) else ""
    wide = f", {f.undecided} with a bound too wide to say" if f.undecided else ""
    return f"  {f.what:34}{f.verdict:10}{f.clause:7}{f.text}{wide}{worst}"


def data(judged: List[Judged], dialect: str) -> Dict[str, Any]:
    """The same as one JSON object."""
    found = [one.judgement.verdict for one in judged]
    return {
        "dialect": dialect,
        "verdict": next((v for v in (BREAKS, UNDECIDED) if v in found), CONFORMS),
        "headline": headline(judged),
        "recordings": [
            {
                "file": str(one.path),
                "step": one.recording.facts["step"],
                "rank": one.recording.facts["rank"],
                "branch": one.recording.facts["branch"],
                "verdict": one.judgement.verdict,
                "otherwise": one.otherwise,
                "in_force": {k: v for k, v in one.judgement.gains.items() if np.isfinite(v)},
                "findings": [_finding(f) for f in one.judgement.findings],
            }
            for one in judged
        ],
    }


def _finding(f: Finding) -> Dict[str, Any]:
    plain = {**f._asdict(), "anchors": [{"anchor": a, "legal_owners": list(g)} for a, g in f.anchors]}
    return {**plain, "worst": f.worst if np.isfinite(f.worst) else None, "image": None if f.image < 0 else f.image}
