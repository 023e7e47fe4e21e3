"""Legal whole numbers of rounded, uncertain values."""

import numpy as np
import pytest

from conformance.judging.whole_numbers import half_away, whole_numbers


class Known:
    """A number known to a bound."""

    def __init__(self, value, error):
        self.lo, self.hi = np.array(value) - error, np.array(value) + error


@pytest.mark.parametrize(
    "rule, value, error, legal",
    [
        (np.floor, 3.0, 0, [3]),
        (np.floor, 3.0, 1e-9, [2, 3]),
        (np.ceil, 3.0, 1e-9, [3, 4]),
        (np.ceil, 3.0, 0, [3]),
        (np.rint, 2.5, 0, [2]),
        (np.rint, 2.5, 1e-9, [2, 3]),
        (half_away, 2.5, 0, [3]),
        (half_away, -2.5, 0, [-3]),
        (half_away, 2.5, 1e-9, [2, 3]),
        (half_away, 0.49999999999999994, 0, [0]),
        (np.floor, 3.5, 1e-9, [3]),
        (np.floor, 3.0, 1.5, [1, 2, 3, 4]),
    ],
)
def test_what_a_rule_gives_between_both_ends_is_legal(rule, value, error, legal):
    numbers = whole_numbers(Known(value, error), rule)

    assert [n for n in range(-9, 9) if numbers.holds(n)] == legal
    assert numbers.decided == (len(legal) == 1)


def test_numbers_that_turn_are_legal_on_both_sides_of_zero():
    numbers = whole_numbers(Known(0.0, 1e-9), np.floor)

    assert [n for n in range(-1, 181) if numbers.holds_turned(n, 180)] == [0, 179]
