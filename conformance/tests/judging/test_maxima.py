"""Legal maxima and the gradients they pass on."""

import numpy as np

from conformance.judging.maxima import Window, is_some_maximum, maximum, shares, splits, windows
from conformance.judging.whole_numbers import WholeNumbers

CELLS = np.arange(32.0).reshape(2, 4, 4)


def numbers(least, most):
    return WholeNumbers(np.array(least), np.array(most))


def test_the_windows_are_all_combinations_of_legal_edges():
    found = list(windows(numbers(0, 1), numbers(2, 2), numbers(0, 0), numbers(3, 4)))

    assert found == [Window(0, 2, 0, 3), Window(0, 2, 0, 4), Window(1, 2, 0, 3), Window(1, 2, 0, 4)]


def test_a_value_is_legal_if_one_window_explains_all_channels():
    legal = [Window(0, 2, 0, 2), Window(0, 2, 0, 3)]

    assert maximum(CELLS, legal[0]).tolist() == [5, 21]
    assert is_some_maximum(np.array([5.0, 21]), CELLS, legal)
    assert is_some_maximum(np.array([6.0, 22]), CELLS, legal)
    assert not is_some_maximum(np.array([5.0, 22]), CELLS, legal)
    assert not is_some_maximum(np.array([5.0, 21 + 1e-12]), CELLS, legal)


def test_an_empty_window_gives_0():
    assert is_some_maximum(np.zeros(2), CELLS - 99, [Window(2, 2, 0, 4)])


def test_a_cotangent_may_be_split_over_equal_cells_and_moves_no_farther():
    cells = np.zeros((1, 2, 3))
    cells[0, 1, 2] = 1
    found = shares(splits(cells, [Window(0, 1, 0, 2)], [3.0]) + splits(cells, [Window(0, 2, 0, 3)], [-4.0]), 6)

    assert found.least.tolist() == [0, 0, 0, 0, 0, -4]
    assert found.most.tolist() == [3, 3, 0, 0, 0, -4]
    assert [(cells.tolist(), total) for cells, total, _ in found.groups] == [([0, 1], 3), ([5], -4)]


def test_windows_that_share_equal_cells_are_one_group():
    found = shares(
        splits(np.zeros((1, 1, 3)), [Window(0, 1, 0, 2)], [3.0]) + splits(np.zeros((1, 1, 3)), [Window(0, 1, 1, 3)], [4.0]),
        3,
    )

    assert found.most.tolist() == [3, 7, 4]
    assert [(cells.tolist(), total) for cells, total, _ in found.groups] == [([0, 1, 2], 7)]


def test_of_two_legal_windows_the_largest_cell_of_either_may_learn():
    legal = [Window(0, 1, 0, 2), Window(0, 1, 0, 3)]
    found = shares(splits(np.arange(3.0).reshape(1, 1, 3), legal, [5.0]), 3)

    assert (found.least.tolist(), found.most.tolist()) == ([0, 0, 0], [0, 5, 5])
    assert [(cells.tolist(), total) for cells, total, _ in found.groups] == [([1, 2], 5)]


def test_what_a_window_that_may_be_empty_gives_back_may_be_nothing():
    found = shares(splits(np.zeros((1, 1, 1)), [Window(0, 1, 0, 1), Window(0, 1, 0, 0)], [5.0]), 1)

    assert (found.least.tolist(), found.most.tolist(), found.groups) == ([0], [5], [])


def test_the_size_of_what_was_added_outlasts_its_cancelling():
    found = shares(splits(np.zeros((1, 1, 1)), [Window(0, 1, 0, 1)], [3.0]) + splits(np.zeros((1, 1, 1)), [Window(0, 1, 0, 1)], [-3.0]), 1)

    assert (found.least.tolist(), found.size.tolist()) == ([0], [6])
