"""The error that a number carries covers what NumPy really does, from exact inputs and from uncertain ones."""

import numpy as np
import pytest

from conformance.judging.rounding import FLOAT32, FLOAT64, PRECISIONS, Rounded
from conformance.tests.exact import EXACT, KINDS, MP, NON_NEGATIVE, arguments, distance, exactly

BOUND_ARITHMETIC = 1 + 64 * 2.0**-53
"""The bound itself is computed in float64."""

UNDERFLOW = MP.mpf(2) ** -1074
"""What lies below the least float64 is 0 for the reference and for whoever computes in no more."""

PRECISION = pytest.mark.parametrize("precision", PRECISIONS.values(), ids=PRECISIONS)
KIND = pytest.mark.parametrize("kind", KINDS)
UFUNC = pytest.mark.parametrize("ufunc", EXACT, ids=lambda ufunc: ufunc.__name__)


def native(ufunc, inputs, precision):
    """What NumPy gives in the judged precision."""
    with np.errstate(under="ignore"):
        return ufunc(*(x.astype(precision.dtype) for x in inputs)).astype(np.float64)


def uncertain(inputs, precision, relative):
    """The inputs with errors, some as large as the number and more."""
    rng = np.random.default_rng(8)
    return [Rounded(x, precision, np.abs(x) * relative + rng.choice([0, 0, relative], len(x))) for x in inputs]


def perturbed(number, share, least=None):
    """A number that the interval holds: its value moved by a share of the error, exactly."""
    moved = [MP.mpf(float(x)) + MP.mpf(float(share)) * MP.mpf(float(e)) for x, e in zip(number.value, number.error)]
    return np.array([x if least is None else max(x, MP.mpf(least)) for x in moved], object)


@PRECISION
@KIND
@UFUNC
def test_the_bound_covers_the_rounding_of_numpy(ufunc, kind, precision):
    inputs = arguments(ufunc, kind, precision.dtype)

    bound = ufunc(*(Rounded(x, precision) for x in inputs))

    assert np.isfinite(bound.error).all()
    assert (np.abs(native(ufunc, inputs, precision) - bound.value) <= bound.error).all()


@PRECISION
@KIND
@UFUNC
def test_the_bound_covers_the_exact_value(ufunc, kind, precision):
    inputs = arguments(ufunc, kind, precision.dtype)

    bound = ufunc(*(Rounded(x, precision) for x in inputs))

    assert (distance(exactly(ufunc, *inputs), bound.value) <= bound.error + UNDERFLOW).all()


@PRECISION
@KIND
@UFUNC
@pytest.mark.parametrize("relative", [1e-6, 0.1, 1.5])
def test_the_bound_covers_all_that_uncertain_inputs_may_lead_to(ufunc, kind, precision, relative):
    numbers = uncertain(arguments(ufunc, kind, precision.dtype, 60), precision, relative)
    if ufunc is np.power:
        numbers[1] = Rounded(numbers[1].value, precision)
    least = 0 if ufunc in NON_NEGATIVE else None

    bound = ufunc(*numbers)

    known = np.isfinite(bound.error) & (np.abs(bound.value) < np.finfo(precision.dtype).max)
    for shares in ((1, 1), (-1, -1), (1, -1), (-1, 1), (0.3, -0.7)):
        inside = [perturbed(x[known], share, least) for x, share in zip(numbers, shares)]
        off = distance(exactly(ufunc, *inside), bound.value[known])
        assert (off <= bound.error[known] * BOUND_ARITHMETIC + UNDERFLOW).all()


@PRECISION
@KIND
@UFUNC
def test_the_bound_covers_what_numpy_makes_of_a_float_within_the_error(ufunc, kind, precision):
    numbers = uncertain(arguments(ufunc, kind, precision.dtype), precision, 1e-5)
    if ufunc is np.power:
        numbers[1] = Rounded(numbers[1].value, precision)
    rng = np.random.default_rng(9)
    moved = [(x.value + rng.uniform(-1, 1, len(x)) * x.error).astype(precision.dtype).astype(float) for x in numbers]
    if ufunc in NON_NEGATIVE:
        moved[0] = np.abs(moved[0])

    bound = ufunc(*numbers)

    held = np.all([np.abs(m - x.value) <= x.error for m, x in zip(moved, numbers)], axis=0) & np.isfinite(bound.error)
    assert held.sum() > 20
    off = np.abs(native(ufunc, moved, precision) - bound.value)
    assert (off <= bound.error * BOUND_ARITHMETIC)[held].all()


@UFUNC
def test_an_infinite_error_stays_infinite_or_shrinks_to_the_range_of_the_function(ufunc):
    unknown = [Rounded([1.0, 0.5], FLOAT32, np.inf) for _ in range(ufunc.nin)]
    if ufunc is np.power:
        unknown[1] = Rounded([2.0, 2.0], FLOAT32)

    error = ufunc(*unknown).error

    widest = np.pi / 2 + np.arctan([1.0, 0.5])
    expected = widest if ufunc is np.arctan else [np.inf, np.inf]
    assert (error >= expected).all() and (error <= np.asarray(expected) * 1.001).all()


def test_an_exact_zero_times_the_unknown_is_zero():
    assert (Rounded(0.0, FLOAT32) * Rounded(3.0, FLOAT32, np.inf)).error == 0


@pytest.mark.parametrize("value, error", [(1.0, 1.0), (0.0, 0.5), (-1.0, 1.5), (0.0, 0.0)])
def test_a_quotient_by_an_interval_that_reaches_zero_is_unknown(value, error):
    assert (Rounded(1.0, FLOAT64) / Rounded(value, FLOAT64, error)).error == np.inf


def test_a_quotient_by_an_interval_that_stays_off_zero_is_known():
    assert (Rounded(1.0, FLOAT64) / Rounded(1.0, FLOAT64, 0.5)).error == pytest.approx(1, rel=4 * FLOAT64.u)


@pytest.mark.parametrize("ufunc, value", [(np.log, 1.0), (np.log1p, 0.0)])
def test_a_logarithm_of_an_interval_that_reaches_zero_is_unknown(ufunc, value):
    assert ufunc(Rounded(value, FLOAT64, 1.0)).error == np.inf
    assert ufunc(Rounded(value, FLOAT64, 0.5)).error < 0.7


@pytest.mark.parametrize("exponent", [0.5, 6.0])
def test_a_power_near_zero_reaches_from_zero_to_the_power_of_the_upper_end(exponent):
    bases = Rounded([0.0, 1e-9, 1e-9, 0.25], FLOAT32, [1e-6, 1e-6, 0, 0.25])

    bound = np.power(bases, exponent)

    upward, downward = bases.hi**exponent - bound.value, bound.value - np.maximum(bases.lo, 0) ** exponent
    needed, rounding = np.maximum(upward, downward), 200 * FLOAT32.u * bases.hi**exponent
    assert (bound.error >= needed).all()
    assert (bound.error <= needed + rounding + 2 * FLOAT32.tiny).all()


def test_zero_to_a_power_is_exactly_zero():
    assert np.power(Rounded(0.0, FLOAT32), 6.0).error == 0


def test_a_constant_that_the_precision_cannot_hold_carries_the_error_of_storing_it():
    exact, stored = Rounded(1.0, FLOAT32) * 0.5, Rounded(0.0, FLOAT32) - 0.1

    assert exact.error <= 2 * FLOAT32.u + FLOAT32.tiny
    assert stored.error >= abs(float(np.float32(0.1)) - 0.1)


@pytest.mark.parametrize("value, may_change", [(-1.0, 0), (1.0, 0), (0.0, 1), (0.25, 1), (-0.25, 1), (-0.5, 1)])
def test_a_step_is_uncertain_only_where_its_argument_may_lie_on_either_side(value, may_change):
    step = np.heaviside(Rounded(value, FLOAT32, 0.5), 1)

    certain = np.heaviside(Rounded(value, FLOAT32), 1)
    assert step.error == may_change
    assert (certain.value, certain.error) == (float(value >= 0), 0)


def test_an_exponent_that_is_stored_with_an_error_moves_the_power():
    bases, off = Rounded([0.125, 0.5, 3.0], FLOAT64), 2.0**-20

    bound = np.power(bases, Rounded([2.0, 2.0, 2.0], FLOAT64, off))

    for exponent in (2 + off, 2 - off):
        # The square of the error of the exponent is left out.
        assert (np.abs(bases.value**exponent - bound.value) <= bound.error * (1 + 2 * off)).all()


@pytest.mark.parametrize(
    "compute",
    [
        lambda unknown: np.exp(unknown - 2000),
        lambda unknown: np.arctan((unknown - unknown.value) / 0.0),
        lambda unknown: np.power(np.exp(unknown - 2000), 0.5),
    ],
    ids=["0 · inf", "0 / 0", "a power of 0 · inf"],
)
def test_an_error_that_is_not_a_number_is_infinite(compute):
    assert compute(Rounded(1.0, FLOAT64, np.inf)).error == np.inf


def test_a_product_with_a_power_of_two_is_exact_down_to_the_normal_range():
    normal, below = (Rounded(1.5, FLOAT32) * scale for scale in (2.0**-100, 2.0**-140))

    assert (normal.error, below.error >= FLOAT32.tiny) == (0, True)


def test_sums_on_a_lattice_are_exact_and_others_are_not():
    fine, coarse = Rounded(2.0**-11, FLOAT32), Rounded(2.0**-10, FLOAT32)

    assert (coarse + 1.0).error == (coarse - 1000.0).error == 0
    assert (fine + 1.0).error > 0 and (coarse + 1024.0).error > 0
    assert (Rounded(1.0, FLOAT32, 2.0**-30) + 1.0).error > 2.0**-30
