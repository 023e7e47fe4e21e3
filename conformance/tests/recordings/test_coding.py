"""The gradient of a map survives its coding bit for bit, and is small where it may be."""

import numpy as np
import pytest

from conformance.recordings.coding import coded, decoded


def maps(dtype=np.float32, seed=0):
    """Logits and a gradient as of a class head: a factor times σ(x), and a few other values; bins mostly 0."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(-6, 3, (2, 12, 20, 20)).astype(dtype)
    gradient = (0.37 / (1 + np.exp(-logits.astype(np.float64)))).astype(dtype)
    gradient[:, :8] = 0
    gradient[1, :8, 3, 4] = rng.normal(size=8)
    gradient[0, 9, 7, 7] = -0.25
    return logits, gradient


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
def test_a_gradient_comes_back_bit_for_bit(dtype):
    logits, gradient = maps(dtype)

    found = decoded(coded(gradient, logits), logits)

    assert found.dtype == dtype and (found == gradient).all()


def test_the_background_takes_a_byte_a_number():
    logits, gradient = maps()

    kept = coded(gradient, logits)

    assert sum(array.nbytes for array in kept.values()) < gradient[:, 8:].size * 1.3
    assert kept["codes"].dtype == np.int8 and len(kept["values"]) == 8


@pytest.mark.parametrize("change", [np.nan, np.inf, -0.0, 1e-42])
def test_odd_numbers_come_back_too(change):
    logits, gradient = maps()
    gradient[0, 10, 0, 0] = change
    gradient[0, 2, 0, 0] = change

    found = decoded(coded(gradient, logits), logits)

    assert found[0, 10].tobytes() == gradient[0, 10].tobytes()
    assert np.isnan(found[0, 2, 0, 0]) or found[0, 2, 0, 0] == gradient[0, 2, 0, 0]


def test_a_gradient_that_is_no_multiple_of_the_sigmoid_is_kept_as_it_is():
    logits, gradient = maps()
    gradient[:, 8:] = np.random.default_rng(1).normal(size=gradient[:, 8:].shape)

    kept = coded(gradient, logits)

    assert "dense" in kept and (decoded(kept, logits) == gradient).all()
