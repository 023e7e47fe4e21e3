"""The judge at the bound and just past it, what it leaves undecided, and that it would be noticed if it never failed."""

import numpy as np
import pytest

import refimpl
from conformance.judging.finding import Broken
from conformance.judging.judge import WIDEST, Judge
from conformance.judging.rounding import FLOAT32, FLOAT64, Rounded
from conformance.cases.case import Case
from conformance.judging.verdicts import Outcome
from conformance.paper.numerals import outside
from refimpl import YOLOV8


@pytest.fixture
def outcome():
    return Outcome("IOU-1", "iou", "float32", "any")


@pytest.fixture
def judge(outcome):
    return Judge(FLOAT32, outcome, {}, {})


def expecting(value, error=0.0):
    return Rounded(value, FLOAT32, error)


@pytest.mark.parametrize("value, error", [(0.5, 2.0**-20), (-0.75, 2.0**-18), (0.0, 2.0**-30), (1.0, 2.0**-10)])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_value_at_the_bound_passes_and_the_next_float_past_it_fails(judge, value, error, sign):
    at = value + sign * error
    past = value + sign * np.nextafter(error, np.inf) if value == 0 else np.nextafter(at, sign * np.inf)

    judge.values("iou", [at], expecting([value], [error]))

    with pytest.raises(Broken):
        judge.values("iou", [past], expecting([value], [error]))


def test_an_exact_value_passes_alone(judge):
    judge.values("iou", [0.5], expecting([0.5]))

    with pytest.raises(Broken):
        judge.values("iou", [np.nextafter(0.5, 1)], expecting([0.5]))


@pytest.mark.parametrize("got", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_fails_where_a_finite_value_is_expected(judge, got):
    with pytest.raises(Broken, match="iou: 1 of 2 wrong; worst at .1,.: expected 0.25 ± 0.001, got .*(nan|inf)"):
        judge.values("iou", [0.5, got], expecting([0.5, 0.25], 0.001))


def test_one_wrong_value_among_many_fails_and_the_worst_is_shown(judge):
    got = np.full((4, 5), 0.5)
    got[1, 2], got[3, 4] = 0.625, 0.75

    with pytest.raises(Broken, match=r"^iou: 2 of 20 wrong; worst at \(3, 4\): expected 0.5 ± 0.0078, got 0.75$"):
        judge.values("iou", got, expecting(np.full((4, 5), 0.5), 2.0**-7))


def test_a_wrong_scalar_is_shown_as_one(judge):
    with pytest.raises(Broken, match="^total: 1 of 1 wrong; worst at the scalar: expected 2, got 3$"):
        judge.values("total", 3, expecting(2.0))


def test_values_of_another_shape_fail(judge):
    with pytest.raises(Broken, match="shape"):
        judge.values("iou", [[0.5], [0.5]], expecting([0.5, 0.5]))


def test_an_empty_answer_to_an_empty_question_passes(judge, outcome):
    judge.values("iou", np.zeros(0), expecting(np.zeros(0)))

    assert (outcome.values, outcome.worst) == (0, 0)


def test_what_was_judged_is_counted_and_the_largest_share_of_a_bound_is_kept(judge, outcome):
    judge.values("iou", [0.5, 0.25], expecting([0.5, 0.125], [0.001, 0.25]), span=100)
    judge.values("iou", [0.5], expecting([0.5], [0.001]))

    assert (outcome.values, outcome.undecided_values, outcome.worst) == (3, 0, 0.5)


def test_a_bound_wider_than_its_share_of_the_range_is_undecided_and_one_as_wide_is_not(judge, outcome):
    judge.values("iou", [1.0], expecting([1.0], [WIDEST]))
    assert outcome.undecided_values == 0

    judge.values("iou", [1.0], expecting([1.0], [np.nextafter(WIDEST, 1)]))
    assert outcome.undecided_values == 1


def test_the_range_is_that_of_the_output_or_the_value_itself(judge, outcome):
    judge.values("boxes", [1.0], expecting([1.0], [3.0]), span=640)
    judge.values("boxes", [5000.0], expecting([5000.0], [3.0]))
    assert outcome.undecided_values == 0

    judge.values("boxes", [1.0], expecting([1.0], [3.0]))
    assert outcome.undecided_values == 1


def test_a_wide_bound_still_fails_what_is_past_it(judge):
    with pytest.raises(Broken):
        judge.values("iou", [3.0], expecting([1.0], [0.5]))


@pytest.mark.parametrize("value", [0.5, np.nan, np.inf], ids=["finite", "0/0", "1/0"])
@pytest.mark.parametrize("got", [0.5, np.nan, -7.0])
def test_an_infinite_bound_is_undecided_whatever_the_answer(judge, outcome, value, got):
    judge.values("iou", [got], expecting([value], [np.inf]))

    assert (outcome.values, outcome.undecided_values, outcome.worst) == (1, 1, 0)


def test_what_is_undecided_does_not_count_towards_the_largest_share(judge, outcome):
    judge.values("iou", [1.4], expecting([1.0], [0.5]))

    assert outcome.worst == 0


def test_a_licensed_alternative_is_accepted_value_by_value(judge, outcome):
    formula, licensed = expecting([0.5, 0.5], 0.001), expecting([0.625, 0.25], 0.001)

    judge.values("ciou", [0.5, 0.25], formula, licensed)

    assert (outcome.values, outcome.worst) == (2, 0)


def test_what_is_neither_the_formula_nor_licensed_fails(judge):
    with pytest.raises(Broken, match="1 of 2 wrong; worst at .1,.: expected 0.5 ± 0.001, got 0.375"):
        judge.values("ciou", [0.5, 0.375], expecting([0.5, 0.5], 0.001), expecting([0.625, 0.25], 0.001))


def test_a_value_that_only_an_undecided_alternative_would_take_is_undecided(judge, outcome):
    sharp, unknown = expecting([0.5], 0.001), expecting([0.5], np.inf)

    judge.values("ciou", [-7.0], sharp, unknown)
    judge.values("ciou", [-7.0], unknown, sharp)

    assert outcome.undecided_values == 2


def test_a_value_that_a_sharp_alternative_takes_is_decided_beside_an_unknown_one(judge, outcome):
    judge.values("ciou", [0.5], expecting([0.5], 0.001), expecting([0.5], np.inf))

    assert outcome.undecided_values == 0


BOXES = Case.of(YOLOV8, {"boxes1": np.array([[0, 0, 4.0, 4]]), "boxes2": np.array([[2, 2, 6.0, 6]])})


class _Lenient(Judge):
    """A judge that never fails."""

    def fail(self, reason, finding=None):
        pass


class _Strict(Judge):
    """A judge that always fails."""

    def values(self, name, got, *expected, span=1.0):
        self.fail(f"{name}: {got}")


@pytest.mark.parametrize(
    "kind, right_conforms, wrong_conforms",
    [(Judge, True, False), (_Lenient, True, True), (_Strict, False, False)],
)
def test_a_judge_that_never_or_always_fails_gives_itself_away(outcome, kind, right_conforms, wrong_conforms):
    right = refimpl.iou(**BOXES.arguments, dialect=YOLOV8)
    wrong = refimpl.giou(**BOXES.arguments, dialect=YOLOV8)

    def conforms(values):
        try:
            kind(FLOAT64, outcome, {}, {}).values("iou", values, refimpl.iou(**BOXES.rounded(FLOAT64), dialect=YOLOV8))
        except Broken:
            return False
        return True

    assert (conforms(right), conforms(wrong)) == (right_conforms, wrong_conforms)


def test_a_wrong_value_is_told_in_digits_that_show_it_is_outside():
    assert outside(-0.2499999627, 0.2499999627, -0.49999994) == "expected -0.249999963 ± 0.249999963, got -0.49999994"
    assert outside(1.0, 0.25, 2.0) == "expected 1 ± 0.25, got 2"
    assert outside(0.5, 0, float("nan")) == "expected 0.5, got nan"
