"""Inside pytest: options become a run, and reports of tests become outcomes and problems."""

from types import SimpleNamespace

import pytest

from conformance.suite import hooks as suite
from conformance.suite.profiles import PROFILES
from conformance.suite.run import UnknownName, settings
from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR, NOT_PROVIDED, Outcome


def _settings(**changed):
    return settings(**{"profile": "quick", "seed": None, "dtype": "both", "only": None, **changed})


def _outcome(verdict=CONFORMS, op="iou", clause="IOU-1", detail=""):
    return Outcome(clause, op, "float32", "any", verdict, detail=detail)


@pytest.fixture
def gathering():
    return suite.Suite(SimpleNamespace(name="mine", dtypes=()), _settings())


def _report(outcome, when="call", result="passed"):
    properties = [("other", 1)] + ([("conformance", outcome.as_dict())] if outcome else [])
    return SimpleNamespace(
        nodeid="test_iou",
        user_properties=properties,
        when=when,
        outcome=result,
        passed=result == "passed",
        longreprtext="why",
    )


def test_options_become_a_run():
    run = _settings(profile="soak", seed=3, dtype="float64", only="iou, ciou")

    assert (run.profile, run.examples, run.seed) == ("soak", PROFILES["soak"], 3)
    assert (run.dtypes, run.only) == (("float64",), ("iou", "ciou"))


@pytest.mark.parametrize(
    "own, dtype, judged",
    [(("float32",), "both", ("float32",)), ((), "both", ("float32", "float64")), (("float32",), "float64", ("float64",))],
)
def test_a_candidate_is_judged_in_its_own_float_types_unless_another_is_asked_for(own, dtype, judged):
    asked = suite.Suite(SimpleNamespace(name="mine", dtypes=own), _settings(dtype=dtype))

    assert asked.run.dtypes == judged


def test_without_a_choice_all_ops_are_judged_in_both_float_types():
    assert (_settings().dtypes, _settings().only) == (("float32", "float64"), ())


@pytest.mark.parametrize(
    "option, value, known",
    [("profile", "fast", "quick, standard, soak"), ("dtype", "float8", "float32, float64, float16, bfloat16, both"), ("only", "cio", "ciou")],
)
def test_an_unknown_name_is_answered_with_the_known_ones(option, value, known):
    with pytest.raises(UnknownName, match=f"{option}: got '{value}'.* Expected one of .*{known}"):
        _settings(**{option: value})


def test_profiles_look_harder_from_one_to_the_next():
    quick, standard, soak = PROFILES.values()

    assert quick < standard < soak


def test_a_run_remembers_what_breaks_for_one_candidate_only():
    first = suite.Suite(None, _settings())
    first.run.remember(_outcome(BREAKS))

    second = suite.Suite(None, first.run)

    assert first.run.broken(_outcome()) and not first.run.broken(_outcome(op="ciou"))
    assert not second.run.broken(_outcome())


def test_an_outcome_is_taken_once_though_its_report_comes_again_with_the_teardown(gathering):
    for when in ("call", "teardown"):
        gathering.pytest_runtest_logreport(_report(_outcome(), when))

    assert gathering.outcomes == [_outcome()]
    assert gathering.problems == []


@pytest.mark.parametrize("verdict, result", [(BREAKS, "failed"), (ERROR, "failed"), (NOT_PROVIDED, "skipped")])
def test_a_test_that_does_not_pass_for_the_reason_it_reports_is_no_problem(gathering, verdict, result):
    gathering.pytest_runtest_logreport(_report(_outcome(verdict, detail="why"), result=result))

    assert gathering.problems == []


@pytest.mark.parametrize(
    "outcome, when, result",
    [
        (None, "call", "passed"),
        (None, "call", "failed"),
        (None, "call", "skipped"),
        (None, "setup", "failed"),
        (None, "teardown", "failed"),
        (_outcome(CONFORMS), "call", "failed"),
        (_outcome(CONFORMS), "call", "skipped"),
        (_outcome(BREAKS, detail="another"), "call", "failed"),
    ],
)
def test_a_test_that_ends_without_a_verdict_is_a_problem(gathering, outcome, when, result):
    gathering.pytest_runtest_logreport(_report(outcome, when, result))

    assert gathering.problems == [f"test_iou: {result} without a verdict\nwhy"]


def test_rows_stand_in_the_order_of_protocol_and_spec(gathering):
    seen = [("detection_loss", "DET-2"), ("assign", "TAL-5"), ("assign", "TAL-1"), ("ciou", "IOU-4"), ("ciou", "NEW")]
    gathering.outcomes = [_outcome(op=op, clause=clause) for op, clause in seen]

    assert [(row.op, row.clause) for row in gathering.rows()] == [seen[3], seen[4], seen[2], seen[1], seen[0]]
