"""Foreign code is run, and what it raises is turned into an error that says where."""

import numpy as np
import pytest

from conformance.calling import errors as foreign


def _raise(error):
    raise error


def test_what_it_returns_is_returned():
    assert foreign.run("op", max, 1, 2) == 2


def test_an_exception_is_shown_with_type_text_and_the_line_that_raised_it():
    shown = r"^op: raised KeyError: 'x'\n  .*test_errors.py:\d+ in _raise: raise error$"

    with pytest.raises(foreign.CandidateError, match=shown):
        foreign.run("op", _raise, KeyError("x"))


def test_a_candidate_that_takes_arrays_for_tensors_is_told_how_it_gets_tensors():
    with pytest.raises(foreign.CandidateError, match="has no attribute 'unbind'; it was given NumPy arrays: .* framework = \"torch\""):
        foreign.run("op", lambda boxes: boxes.unbind(-1), np.ones(4))


def test_only_the_innermost_frames_are_shown():
    def descend(depth):
        return descend(depth - 1) if depth else _raise(ValueError())

    with pytest.raises(foreign.CandidateError) as caught:
        foreign.run("op", descend, 50)

    assert len(str(caught.value).splitlines()) == 4


def test_not_implemented_means_not_served():
    with pytest.raises(foreign.NotServed, match="^reg_max must be 16$"):
        foreign.run("op", _raise, NotImplementedError("reg_max must be 16"))


def test_a_refusal_without_a_reason_says_so():
    with pytest.raises(foreign.NotServed, match="op: NotImplementedError without a reason"):
        foreign.run("op", _raise, NotImplementedError())


def test_an_exit_is_an_error_of_the_candidate():
    with pytest.raises(foreign.CandidateError, match="raised SystemExit: 0"):
        foreign.run("op", _raise, SystemExit(0))


def test_the_users_interrupt_passes():
    with pytest.raises(KeyboardInterrupt):
        foreign.run("op", _raise, KeyboardInterrupt())


def test_numpys_error_state_is_put_back():
    before = np.geterr()

    foreign.run("op", lambda: np.seterr(all="raise"))

    assert np.geterr() == before
