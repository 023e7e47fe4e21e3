"""The table of primitive errors: no row is tighter than what a library in use really does."""

import math

import numpy as np
import pytest

from conformance.judging.primitives import PRIMITIVES
from conformance.judging.propagation import PROPAGATE
from conformance.judging.rounding import PRECISIONS, Rounded
from conformance.tests.exact import EXACT, KINDS, MP, arguments, distance, exactly

PRECISION = pytest.mark.parametrize("precision", PRECISIONS.values(), ids=PRECISIONS)
ROW = pytest.mark.parametrize("ufunc", PRIMITIVES, ids=lambda ufunc: ufunc.__name__)

EXACT_UFUNCS = {np.negative, np.absolute, np.maximum, np.minimum, np.heaviside}
"""What rounds nothing: the result is one of the inputs, but for its sign, or a constant."""

TORCH = {np.exp: "exp", np.log: "log", np.log1p: "log1p", np.arctan: "atan", np.power: "pow", np.divide: "div"}
"""ufunc -> the function of torch that candidates use in its place."""


def ratio(ufunc, got, inputs, precision):
    """Largest error of `got` in shares of what the table allows; below the normal range a flush to 0 is allowed too."""
    row, exact = PRIMITIVES[ufunc], exactly(ufunc, *inputs)
    relative = np.broadcast_to(row.relative(*inputs), got.shape)
    half_ulp = MP.mpf(2) ** -(np.finfo(precision.dtype).nmant + 1)
    allowed = [half_ulp * (MP.mpf(float(r)) * abs(y) + row.absolute) + precision.tiny for r, y in zip(relative, exact)]
    return max(off / most for off, most in zip(distance(exact, got), allowed))


@PRECISION
@pytest.mark.parametrize("kind", KINDS)
@ROW
def test_numpy_stays_within_the_table(ufunc, kind, precision):
    inputs = arguments(ufunc, kind, precision.dtype, count=600)

    with np.errstate(under="ignore"):
        got = ufunc(*(x.astype(precision.dtype) for x in inputs)).astype(np.float64)

    assert ratio(ufunc, got, inputs, precision) <= 1


@PRECISION
@pytest.mark.parametrize("ufunc", TORCH, ids=lambda ufunc: ufunc.__name__)
def test_torch_stays_within_the_table(ufunc, precision):
    torch = pytest.importorskip("torch")
    inputs = arguments(ufunc, "random", precision.dtype, count=600)

    tensors = (torch.from_numpy(x.astype(precision.dtype)) for x in inputs)
    got = getattr(torch, TORCH[ufunc])(*tensors).numpy().astype(np.float64)

    assert ratio(ufunc, got, inputs, precision) <= 1


@PRECISION
def test_an_exponential_by_way_of_base_two_stays_within_the_table(precision):
    (x,) = arguments(np.exp, "random", precision.dtype, count=600)
    x = np.concatenate([x, -np.abs(x) * 5]).astype(precision.dtype)

    got = np.exp2(x * precision.dtype.type(math.log2(math.e))).astype(np.float64)

    assert ratio(np.exp, got, [x.astype(np.float64)], precision) <= 1


@PRECISION
def test_a_power_by_way_of_logarithm_and_exponential_or_of_products_stays_within_the_table(precision):
    x, _ = arguments(np.power, "random", precision.dtype, count=600)
    x = np.maximum(x, 2.0**-10).astype(precision.dtype)

    by_log, by_products = np.exp(6 * np.log(x)), (x * x * x) * (x * x * x)

    for got in (by_log, by_products):
        inputs = [x.astype(np.float64), np.full(len(x), 6.0)]
        assert ratio(np.power, got.astype(np.float64), inputs, precision) <= 1


@PRECISION
def test_log1p_as_logarithm_of_a_rounded_sum_stays_within_the_table(precision):
    x = np.geomspace(1e-12, 100, 600).astype(precision.dtype)

    got = np.log(1 + x).astype(np.float64)

    assert ratio(np.log1p, got, [x.astype(np.float64)], precision) <= 1


def test_an_answer_twice_as_wrong_as_the_table_allows_is_noticed():
    (x,) = arguments(np.exp, "random", np.dtype(np.float32))

    got = np.exp(x) * (1 + 2 * (6 + 4 * np.abs(x)) * 2.0**-24)

    assert ratio(np.exp, got, [x], PRECISIONS["float32"]) > 1.9


def test_every_ufunc_that_propagates_errors_has_a_row_or_rounds_nothing():
    assert set(PROPAGATE) == set(PRIMITIVES) | EXACT_UFUNCS
    assert not set(PRIMITIVES) & EXACT_UFUNCS
    assert set(PROPAGATE) == set(EXACT) | {np.heaviside}


@ROW
def test_a_row_says_where_it_comes_from(ufunc):
    assert len(PRIMITIVES[ufunc].source) > 5


@ROW
def test_a_row_is_what_a_number_that_was_exact_carries_after_the_operation(ufunc):
    precision = PRECISIONS["float32"]
    row, inputs = PRIMITIVES[ufunc], [Rounded(2.5 + 2.0**-20, precision), Rounded(1.5, precision)][: ufunc.nin]

    bound = ufunc(*inputs)

    allowed = row.relative(*(x.value for x in inputs)) * np.abs(bound.value) + row.absolute
    assert bound.error == pytest.approx(float(precision.u * allowed), rel=1e-9)


@ROW
def test_a_row_without_errors_would_be_noticed(ufunc, monkeypatch):
    monkeypatch.setitem(PRIMITIVES, ufunc, PRIMITIVES[ufunc]._replace(relative=lambda *inputs: 0.0, absolute=0))
    precision = PRECISIONS["float32"]
    inputs = arguments(ufunc, "random", precision.dtype)

    got = ufunc(*(x.astype(precision.dtype) for x in inputs)).astype(np.float64)

    assert ratio(ufunc, got, inputs, precision) > 1


@PRECISION
def test_the_unit_is_half_an_ulp_of_the_judged_precision_and_of_the_reference(precision):
    half_ulp = np.finfo(precision.dtype).eps / 2

    assert precision.u == half_ulp + np.finfo(np.float64).eps / 2
    assert precision.tiny == np.finfo(precision.dtype).tiny
