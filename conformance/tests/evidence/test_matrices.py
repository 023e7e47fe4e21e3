"""The matrices: what is measured, and what the page says of it."""

import pytest

from conformance.suite.run import settings
from conformance.evidence import alarms, page
from conformance.evidence.__main__ import joined
from conformance.evidence.diagnoses import size
from conformance.evidence.kills import Kill
from conformance.ops.mutants import MUTANTS
from conformance.judging.rounding import FLOAT64
from conformance.tests.drawn import found as drawn
from conformance.candidates.variants import VARIANTS

FIRST, SECOND = list(MUTANTS)[:2]
VARIANT = next(iter(VARIANTS))
RUN = {"seed": 1, "exit": 0, "verdict": "CONFORMS", "told": []}
BROKEN = {"seed": 2, "exit": 1, "verdict": "BREAKS", "told": []}


def kill(profile="standard", clause="ANC-1", **fields):
    return {"profile": profile, "seed": 1, **Kill(clause=clause, clauses=(clause,) if clause else (), **fields).as_dict()}


@pytest.fixture
def measured():
    tally = {"profile": "quick", "seed": 1, **alarms.Tally(runs=46, examples=10, worst=(0.5, "IOU-4"), values=99).as_dict()}
    told = {"named": [FIRST], "boxes": 1, "anchors": 2, "stage": f"first divergent stage: {MUTANTS[FIRST].op} (ANC-1)"}
    return {
        "made": {"when": "2026-01-01", "with": "Python", "command": "python -m conformance.evidence", "seconds": 9},
        "kills": {FIRST: [kill(seconds=0.25), kill("quick")], SECOND: [kill(), kill("quick", clause="")]},
        "alarms": {VARIANT: [tally]},
        "releases": {
            "made": {"when": "2026-01-02", "with": "NumPy"},
            "releases": {
                "8.0.52": [RUN, RUN],
                "8.0.100": [{**RUN, "exit": 1, "verdict": "BREAKS", "told": ["looks like: it"]}, BROKEN],
                "8.9.0": [RUN, BROKEN],
            },
        },
        "explanations": {FIRST: told, SECOND: {"named": [], "boxes": 3, "anchors": 4, "stage": ""}},
    }


def test_a_mutant_survives_if_one_run_does_not_kill_it(measured):
    assert page.survivors(measured, "standard") == []
    assert page.survivors(measured, "quick") == [SECOND]


def test_a_variant_is_accused_if_one_run_says_anything_against_it(measured):
    assert page.accused(measured) == []

    measured["alarms"][VARIANT][0]["accusations"].append("iou IOU-1 (float32, real): wrong")

    assert page.accused(measured) == [VARIANT]


def test_a_clause_that_no_mutant_breaks_is_reported_as_vacuous(measured):
    assert "ANC-1" not in page.vacuous(measured) and "IOU-4" in page.vacuous(measured)


def test_the_summary_gives_the_rates(measured):
    killed, alarmed, told, _ = page.summary(measured)

    assert killed.startswith("killed in every run: standard 2 of 2, quick 1 of 2 mutants")
    assert alarmed.startswith("accused: 0 of 1 correct variants in 46 runs of a clause; undecided 0.000% of 99 values")
    assert told.startswith("explained: 50% of 2 mutants, on examples drawn for nothing else, are named (50% alone)")
    assert "the first divergent stage is right for 100% of the 1 that break the detection loss" in told
    assert told.endswith("2 boxes and 3 anchors")


def test_the_page_has_a_row_for_each_mutant_and_each_variant(measured):
    text = page.text(measured)

    assert f"| `{FIRST}` | {MUTANTS[FIRST].sentence} |" in text and "| 1 of 1 / 0 of 1 |" in text
    assert f"| `{VARIANT}` | {VARIANTS[VARIANT].sentence} | 1 | 46 | 0 | 0.5 (IOU-4) |" in text
    assert "Measured on 2026-01-01 with Python" in text


def test_a_release_is_judged_rightly_if_it_breaks_where_its_bug_is_known_and_nowhere_else(measured):
    text = page.text(measured)

    assert "releases of Ultralytics: 1 of 2 conform, each by the dialect it implements, 2 seeds" in text
    assert "; 8.0.100 breaks, as it must (" in text
    assert "| 8.0.52 | CONFORMS |  |" in text and "| 8.9.0 | CONFORMS; BREAKS |  |" in text
    assert "| 8.0.100 | BREAKS | looks like: it |" in text


@pytest.mark.parametrize("name", ["iou", "assign", "detection_loss", "select_topk", "resolve_conflicts", "dist2bbox", "pad_targets"])
def test_the_size_of_a_case_is_its_boxes_and_anchors(name):
    case = drawn(name, "several images" if name in ("assign", "detection_loss") else "lattice", FLOAT64)[0]

    boxes, anchors = size(name, case)

    assert (boxes > 0) == (name != "dist2bbox")
    assert (anchors > 0) == (name not in ("iou", "pad_targets"))


def test_the_false_alarm_matrix_counts_what_it_saw(monkeypatch):
    monkeypatch.setattr(alarms, "VARIANTS", {VARIANT: VARIANTS[VARIANT]})
    run = settings(profile="quick", seed=5, dtype="float32", only=None)

    iou, bce_loss = (alarms.alarms(run, [op])[VARIANT] for op in ("iou", "bce_loss"))
    tally = iou + bce_loss

    assert tally.accusations == [] and tally.runs >= 2 and tally.examples > 50
    assert tally.runs == iou.runs + bce_loss.runs and tally.worst == max(iou.worst, bce_loss.worst)
    assert 0 < tally.worst[0] <= 1 and tally.values > tally.undecided_values


def test_what_is_measured_anew_of_some_ops_takes_the_place_of_what_was(measured):
    anew = {
        "made": {"when": "2026-02-01", "with": "Python", "command": "python -m conformance.evidence --only x", "seconds": 1},
        "kills": {SECOND: [kill(), kill("quick")]},
        "explanations": {SECOND: {**measured["explanations"][SECOND], "named": [SECOND]}},
        "alarms": {VARIANT: []},
        "releases": measured["releases"],
    }

    found = joined(measured, anew, {MUTANTS[SECOND].op})

    assert page.survivors(measured, "quick") == [SECOND] and page.survivors(found, "quick") == []
    assert list(found["kills"]) == [FIRST, SECOND] and found["explanations"][SECOND]["named"] == [SECOND]
    assert found["alarms"] == measured["alarms"]
    assert "Measured on 2026-01-01" in page.text(found) and "; on 2026-02-01" in page.text(found)


def test_a_variant_of_these_ops_alone_is_measured_anew(measured):
    tallies = {"heads-by-difference": [{**measured["alarms"][VARIANT][0], "runs": 3}]}
    anew = {**measured, "kills": {}, "explanations": {}, "alarms": tallies}

    assert list(joined(measured, anew, {"end_to_end_loss"})["alarms"]) == [VARIANT, "heads-by-difference"]
