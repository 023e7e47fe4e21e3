"""What single tests saw adds up to a verdict for each clause of each op, and to an exit status."""

import pytest

from conformance.judging.verdicts import (
    BREAKS,
    CONFORMS,
    ERROR,
    NOT_PROVIDED,
    SCENES_CAP,
    UNDECIDED,
    VALUES_CAP,
    Outcome,
    Row,
    exit_code,
    summarise,
)


def _seen(verdict=CONFORMS, clause="IOU-1", op="iou", examples=10, **fields):
    return Outcome(clause, op, "float32", "any", verdict, examples, **fields)


def _verdict(*outcomes):
    (row,) = summarise(outcomes)
    return row.verdict


@pytest.mark.parametrize(
    "verdicts, expected",
    [
        ([CONFORMS, CONFORMS], CONFORMS),
        ([CONFORMS, NOT_PROVIDED], CONFORMS),
        ([NOT_PROVIDED, NOT_PROVIDED], NOT_PROVIDED),
        ([CONFORMS, ERROR], ERROR),
        ([ERROR, BREAKS, CONFORMS], BREAKS),
    ],
)
def test_the_gravest_verdict_of_its_tests_is_that_of_the_clause(verdicts, expected):
    assert _verdict(*map(_seen, verdicts)) == expected


def test_an_op_and_a_clause_make_a_row_in_the_order_in_which_they_were_seen():
    rows = summarise([_seen(op="ciou"), _seen(op="iou"), _seen(op="ciou"), _seen(clause="IOU-2")])

    assert [(row.op, row.clause) for row in rows] == [("ciou", "IOU-1"), ("iou", "IOU-1"), ("iou", "IOU-2")]


def test_examples_add_up_and_the_largest_error_is_kept():
    (row,) = summarise([_seen(worst=0.2), _seen(examples=5, worst=0.9), _seen(worst=0.1)])

    assert (row.examples, row.worst) == (25, 0.9)


def test_the_detail_is_that_of_the_first_test_with_the_verdict_of_the_clause():
    (row,) = summarise([_seen(ERROR, detail="raised"), _seen(BREAKS, detail="first"), _seen(BREAKS, detail="second")])

    assert row.detail == "first"


@pytest.mark.parametrize("extra, expected", [(0, CONFORMS), (1, UNDECIDED)])
def test_values_may_stay_undecided_up_to_the_cap(extra, expected):
    judged = 100_000

    assert _verdict(_seen(values=judged, undecided_values=round(VALUES_CAP * judged) + extra)) == expected


@pytest.mark.parametrize("extra, expected", [(0, CONFORMS), (1, UNDECIDED)])
def test_scenes_may_stay_undecided_up_to_their_cap(extra, expected):
    drawn = 1000

    assert _verdict(_seen(examples=drawn, undecided_scenes=round(SCENES_CAP * drawn) + extra)) == expected


def test_the_share_of_undecided_values_is_taken_over_all_tests_of_the_clause():
    one_test = _seen(values=1000, undecided_values=20)
    rest = _seen(values=9000)

    assert (_verdict(one_test), _verdict(one_test, rest)) == (UNDECIDED, CONFORMS)


def test_what_breaks_is_not_hidden_by_what_is_undecided():
    assert _verdict(_seen(BREAKS, values=1, undecided_values=1)) == BREAKS


@pytest.mark.parametrize(
    "verdicts, expected",
    [
        ([CONFORMS, NOT_PROVIDED], 0),
        ([CONFORMS, BREAKS], 1),
        ([UNDECIDED, ERROR], 1),
        ([CONFORMS, UNDECIDED], 2),
        ([NOT_PROVIDED], 2),
        ([], 2),
    ],
)
def test_the_exit_status_is_1_over_2_over_0(verdicts, expected):
    assert exit_code(Row("iou", "IOU-1", verdict, 1, 0.0, 0.0, "") for verdict in verdicts) == expected


def test_an_outcome_survives_the_way_through_a_dictionary():
    outcome = _seen(BREAKS, worst=2.5, detail="text")

    assert Outcome(**outcome.as_dict()) == outcome
