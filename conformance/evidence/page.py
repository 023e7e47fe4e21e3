"""The matrices as a page for people."""

from __future__ import annotations

import statistics
from typing import Any, Dict, List

from conformance.evidence.releases import KNOWN_BUGS, rightly_judged
from conformance.ops.mutants import MUTANTS
from conformance.ops.spec import CLAUSES
from conformance.candidates.variants import VARIANTS

Found = Dict[str, Any]


def survivors(found: Found, profile: str) -> List[str]:
    """Ids of the mutants that some run of a profile did not kill."""
    return [id for id, seen in found["kills"].items() if not all(x["clause"] for x in _of(seen, profile))]


def accused(found: Found) -> List[str]:
    """Ids of the variants that some run said anything against."""
    return [id for id, seen in found["alarms"].items() if any(x["accusations"] for x in seen)]


def vacuous(found: Found) -> List[str]:
    """Clauses that no mutant broke: nobody has seen them fail."""
    broken = {clause for seen in found["kills"].values() for x in seen for clause in x["clauses"]}
    return [clause for clause in CLAUSES if clause not in broken]


def explained(found: Found) -> Dict[str, float]:
    """Shares of mutants that are named, alone or at all, and of those whose first divergent stage is right; sizes."""
    told = found["explanations"]
    staged = {id: x["stage"] for id, x in told.items() if x["stage"]}
    right = [id for id, stage in staged.items() if stage.split()[3] == MUTANTS[id].op.replace("_vjp", "")]
    return {
        "mutants": len(told),
        "traced": len(staged),
        "named": sum(id in x["named"] for id, x in told.items()) / len(told),
        "named alone": sum(x["named"] == [id] for id, x in told.items()) / len(told),
        "stage": len(right) / max(len(staged), 1),
        "boxes": statistics.median(x["boxes"] for x in told.values()),
        "anchors": statistics.median(x["anchors"] for x in told.values()),
    }


def summary(found: Found) -> List[str]:
    """What came out, in a few lines."""
    kills, alarms = found["kills"], found["alarms"]
    rates = [f"{profile} {_share(kills, profile)} of {len(kills)}" for profile in ("standard", "quick")]
    seconds = [x["seconds"] for seen in kills.values() for x in _of(seen, "standard") if x["clause"]]
    tallies = [x for seen in alarms.values() for x in seen]
    runs, values = sum(x["runs"] for x in tallies), sum(x["values"] for x in tallies)
    undecided = sum(x["undecided_values"] for x in tallies) / max(values, 1)
    scenes = sum(x["undecided_scenes"] for x in tallies) / max(sum(x["examples"] for x in tallies), 1)
    return [
        f"killed in every run: {', '.join(rates)} mutants; "
        f"median time to the first kill {statistics.median(seconds or [0]):.2f} s",
        f"accused: {len(accused(found))} of {len(alarms)} correct variants in {runs} runs of a clause; undecided "
        f"{undecided:.3%} of {values} values, {scenes:.3%} of examples",
        "explained: {named:.0%} of {mutants} mutants, on examples drawn for nothing else, are named ({named alone:.0%} alone), "
        "the first divergent stage is right for {stage:.0%} of the {traced} that break the detection loss; "
        "the median counterexample has {boxes:g} boxes and {anchors:g} anchors".format(**explained(found)),
        f"clauses that no mutant breaks: {', '.join(vacuous(found)) or 'none'}",
    ]


def releases_line(found: Found) -> str:
    """What came out for the real releases, in a sentence."""
    made, releases = (found["releases"][key] for key in ("made", "releases"))
    seeds = len(next(iter(releases.values())))
    right = [release for release, runs in releases.items() if rightly_judged(release, runs)]
    broken = [f"{release} breaks, as it must ({KNOWN_BUGS[release]})" for release in right if release in KNOWN_BUGS]
    return (
        f"releases of Ultralytics: {len(right) - len(broken)} of {len(releases) - len(broken)} conform, each by the dialect it "
        f"implements, {seeds} seeds at the quick profile{''.join(f'; {line}' for line in broken)} "
        f"(measured on {made['when']} with {made['with']}, by `make releases`)"
    )


def text(found: Found) -> str:
    """The whole page, in Markdown."""
    measured = "; ".join(
        f"on {made['when']} with {made['with']}, in {made['seconds']} s, by `{made['command']}`"
        for made in (found["made"], *found.get("since", []))
    )
    blocks = [
        "# Can the judge be trusted?",
        f"Measured {measured}. `make matrices` writes this page anew. `matrices.json` holds the same for machines.",
        *summary(found),
        "## Every known bug is killed",
        "A mutant is a correct candidate with one fault. It is killed by the first clause that breaks, through the op that "
        "holds the fault; a crash is no kill. Examples and seconds: median over the seeds at the standard profile, from "
        "the start of judging that op. Killed: runs that killed it, of those made, at standard and at quick.",
        _kill_table(found),
        "## No correct variant is accused",
        "A variant is correct and differs in some legitimate way. Runs: clauses judged, each through each of its ops, in "
        "each seed.",
        _alarm_table(found),
    ]
    if found.get("releases"):
        blocks += ["## Nor is a release of Ultralytics", releases_line(found), _release_table(found["releases"]["releases"])]
    equivalent = [f"- `{m.id}`: {m.sentence}. {m.equivalent}" for m in MUTANTS.values() if m.equivalent]
    if equivalent:
        blocks += ["## Equivalent", "No legal input can tell these from the original.", "\n".join(equivalent)]
    return "\n\n".join(blocks) + "\n"


def _kill_table(found: Found) -> str:
    rows = []
    for id, seen in found["kills"].items():
        standard, mutant = _of(seen, "standard"), MUTANTS[id]
        killed = [x for x in standard if x["clause"]]
        clauses = ", ".join(dict.fromkeys(x["clause"] for x in killed)) or "-"
        examples, seconds = (statistics.median([x[key] for x in killed] or [0]) for key in ("examples", "seconds"))
        rates = " / ".join(f"{sum(bool(x['clause']) for x in runs)} of {len(runs)}" for runs in (standard, _of(seen, "quick")))
        rows.append((f"`{id}`", mutant.sentence, mutant.seen, clauses, f"{examples:g}", f"{seconds:.2f}", rates))
    return _table(("mutant", "fault", "seen in", "killed by", "examples", "seconds", "killed"), rows)


def _alarm_table(found: Found) -> str:
    rows = []
    for id, seen in found["alarms"].items():
        worst, clause = max(map(tuple, (x["worst"] for x in seen)))
        accusations = sum(len(x["accusations"]) for x in seen)
        runs = sum(x["runs"] for x in seen)
        rows.append((f"`{id}`", VARIANTS[id].sentence, str(len(seen)), str(runs), str(accusations), f"{worst:.2g} ({clause})"))
    return _table(("variant", "differs in", "seeds", "runs", "accusations", "largest error/bound"), rows)


def _release_table(found: Found) -> str:
    rows = []
    for release, runs in found.items():
        verdicts, told = [x["verdict"] for x in runs], [line for x in runs for line in x["told"]]
        rows.append((release, *("; ".join(dict.fromkeys(words)) for words in (verdicts, told))))
    return _table(("release", "verdict", "what was told"), rows)


def _share(kills: Dict[str, List[Dict[str, Any]]], profile: str) -> int:
    return sum(all(x["clause"] for x in _of(seen, profile)) for seen in kills.values())


def _of(seen: List[Dict[str, Any]], profile: str) -> List[Dict[str, Any]]:
    return [x for x in seen if x["profile"] == profile]


def _table(headings: Any, rows: Any) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (headings, ("---",) * len(headings), *rows))
