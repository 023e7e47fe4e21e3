"""Numbers with errors as arrays: sums, extremes, rearrangements, and what they refuse."""

import itertools
import math

import numpy as np
import pytest

from conformance.judging.rounding import FLOAT32, FLOAT64, PRECISIONS, Rounded

PRECISION = pytest.mark.parametrize("precision", PRECISIONS.values(), ids=PRECISIONS)


def orders(terms):
    """The terms as they are, backwards, by size and shuffled."""
    yield from (terms, terms[::-1], np.sort(terms), terms[np.argsort(-np.abs(terms))])
    yield np.random.default_rng(1).permutation(terms)


@PRECISION
@pytest.mark.parametrize("count", [1, 2, 3, 17, 3000])
@pytest.mark.parametrize("offset", [0, 100], ids=["with cancellation", "of one sign"])
def test_a_sum_covers_every_order_one_by_one_and_in_pairs(precision, count, offset):
    terms = (np.random.default_rng(2).normal(size=count) * 10 + offset).astype(precision.dtype)

    bound = Rounded(terms, precision).sum()

    exact = math.fsum(terms.astype(np.float64))
    assert abs(exact - bound.value) <= bound.error
    for order in orders(terms):
        assert abs(np.add.accumulate(order)[-1].astype(np.float64) - bound.value) <= bound.error
        assert abs(np.sum(order).astype(np.float64) - bound.value) <= bound.error


def test_a_sum_covers_what_uncertain_terms_may_add_up_to():
    terms = Rounded([1.0, -2.0, 3.0], FLOAT64, [0.5, 0.25, 0.0])

    bound = terms.sum()

    assert bound.lo <= 1.25 and bound.hi >= 2.75
    assert bound.error == pytest.approx(0.75, rel=1e3 * FLOAT64.u)


def test_a_sum_of_one_term_or_of_none_rounds_nothing():
    assert Rounded([[0.1], [0.2]], FLOAT32).sum(axis=1).error.tolist() == [0, 0]
    assert Rounded(np.zeros((2, 0)), FLOAT32).sum(axis=1).error.tolist() == [0, 0]


def test_a_sum_along_an_axis_is_that_of_each_row():
    rows = Rounded(np.arange(6.0).reshape(2, 3), FLOAT32, 0.5)

    along, kept = rows.sum(axis=1), rows.sum(axis=0, keepdims=True)

    assert [along[i].error == rows[i].sum().error for i in range(2)] == [True, True]
    assert (along.shape, kept.shape) == ((2,), (1, 3))


def corners(numbers):
    """Every choice of lower and upper ends."""
    ends = zip((numbers.value - numbers.error).tolist(), numbers.value.tolist(), (numbers.value + numbers.error).tolist())
    return itertools.product(*ends)


@pytest.mark.parametrize("seed", range(20))
def test_a_maximum_covers_every_choice_within_the_errors_and_no_more(seed):
    rng = np.random.default_rng(seed)
    numbers = Rounded(rng.integers(-4, 5, 4) / 2, FLOAT32, rng.integers(0, 5, 4) / 4)

    bound = numbers.max()

    reached = [max(corner) for corner in corners(numbers)]
    assert bound.error == max(abs(x - bound.value) for x in reached)


@pytest.mark.parametrize("ufunc, choose", [(np.maximum, max), (np.minimum, min)])
def test_the_larger_and_the_smaller_of_two_cover_every_choice_and_no_more(ufunc, choose):
    rng = np.random.default_rng(3)
    pairs = Rounded(rng.integers(-4, 5, (60, 2)) / 2, FLOAT32, rng.integers(0, 5, (60, 2)) / 4)

    bound = ufunc(pairs[:, 0], pairs[:, 1])

    reached = [[choose(corner) for corner in corners(pair)] for pair in pairs]
    assert bound.error.tolist() == [max(abs(x - y) for x in row) for y, row in zip(bound.value, reached)]


@pytest.mark.parametrize("seed", range(20))
def test_a_clipped_number_covers_every_choice_and_no_more_than_a_float_more(seed):
    rng = np.random.default_rng(seed)
    number = Rounded(rng.integers(-8, 9, 1) / 4, FLOAT32, rng.integers(0, 9, 1) / 4)

    bound = np.clip(number, -1, 1)

    reached = [min(max(x, -1), 1) for (x,) in corners(number)]
    assert bound.error[0] == max(abs(x - bound.value[0]) for x in reached)


def test_a_clip_takes_an_infinite_error_to_the_width_of_the_range():
    bound = np.clip(Rounded([0.25, 7.0, -7.0], FLOAT64, np.inf), 0, 1)

    assert bound.value.tolist() == [0.25, 1, 0]
    assert bound.error.tolist() == [0.75, 1, 1]


def test_a_clip_to_an_end_that_the_precision_cannot_hold_carries_the_error_of_storing_it():
    above, below = (np.clip(Rounded(x, FLOAT32), 0, 14.99) for x in (20.0, 3.0))

    assert above.error >= abs(float(np.float32(14.99)) - 14.99)
    assert below.error == 0


def test_ends_are_outside_the_interval_unless_the_number_is_exact():
    exact, wide = Rounded(0.1, FLOAT32), Rounded(0.1, FLOAT32, 0.2)

    assert exact.lo == exact.hi == 0.1
    assert wide.lo < 0.1 - 0.2 and wide.hi > 0.1 + 0.2


def test_rearrangements_take_the_errors_along():
    numbers = Rounded(np.arange(6.0).reshape(2, 3), FLOAT32, np.arange(6.0).reshape(2, 3) / 8)

    for moved in (
        numbers[:, [2, 0]],
        numbers.reshape(3, 2),
        numbers.reshape((6,)),
        np.moveaxis(numbers, 0, 1),
        np.concatenate([numbers, numbers], axis=1),
        np.stack([numbers, numbers]),
    ):
        assert (moved.error == moved.value / 8).all()
    assert (np.shape(numbers), len(numbers), numbers.ndim) == ((2, 3), 2, 2)


def test_zeros_like_are_exact_and_take_a_shape_of_their_own():
    zeros = np.zeros_like(Rounded(1.0, FLOAT32, np.inf), shape=(2, 1))

    assert zeros.value.tolist() == zeros.error.tolist() == [[0], [0]]


def test_an_element_is_set_with_its_error():
    numbers = Rounded(np.zeros(3), FLOAT32)

    numbers[1:] = Rounded([0.5, 0.25], FLOAT32, [0.125, 0])

    assert (numbers.value.tolist(), numbers.error.tolist()) == ([0, 0.5, 0.25], [0, 0.125, 0])


@pytest.mark.parametrize(
    "decide",
    [
        lambda x: x > 0,
        lambda x: x >= 0,
        lambda x: x < 0,
        lambda x: x <= 0,
        lambda x: x == 0,
        lambda x: x != 0,
        lambda x: 0 < x,
        lambda x: np.zeros(2) == x,
        lambda x: np.greater(x, x),
        lambda x: np.isclose(x, 0),
        lambda x: np.where(x, 1, 2),
        lambda x: np.argmax(x),
        lambda x: np.sort(x),
        lambda x: float(x[0]),
        lambda x: int(x[0]),
        lambda x: bool(x[0]),
    ],
)
def test_no_decision_is_taken_on_an_uncertain_number(decide):
    with pytest.raises(TypeError):
        decide(Rounded([0.0, 1.0], FLOAT32, 0.5))


@pytest.mark.parametrize(
    "compute",
    [
        lambda x: np.sin(x),
        lambda x: np.floor(x),
        lambda x: np.sign(x),
        lambda x: x % 2,
        lambda x: np.exp2(x),
        lambda x: np.add.reduce(x),
        lambda x: np.maximum.accumulate(x),
        lambda x: np.add(x, x, where=[True, False]),
        lambda x: np.add(x, x, out=np.zeros(2)),
        lambda x: np.mean(x),
        lambda x: np.sum(x),
        lambda x: np.matmul(x, x),
    ],
)
def test_what_has_no_error_analysis_is_refused(compute):
    with pytest.raises(TypeError):
        compute(Rounded([0.0, 1.0], FLOAT32, 0.5))


def test_terms_that_are_exactly_0_round_nothing():
    some = np.array([0.1, 0.7])

    assert Rounded(np.concatenate([some, np.zeros(10_000)]), FLOAT32).sum().error == Rounded(some, FLOAT32).sum().error
    assert Rounded(np.zeros(3), FLOAT32, [0, np.inf, 0]).sum().error == np.inf
