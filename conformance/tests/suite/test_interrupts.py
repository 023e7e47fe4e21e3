"""Interrupts: one that Python loses on its way is heeded at the next step."""

import gc
import signal

import pytest

from conformance.suite.interrupts import asked, heed, terminated_as_interrupted


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_that_the_garbage_collector_swallows_is_heeded_at_the_next_step():
    def collected(*_):
        gc.callbacks.remove(collected)
        signal.raise_signal(signal.SIGINT)

    with terminated_as_interrupted():
        gc.callbacks.append(collected)
        gc.collect()

        assert asked()
        with pytest.raises(KeyboardInterrupt):
            heed()
    heed()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_is_asked_twice_is_heeded_once_and_forgotten_afterwards(number):
    before = signal.getsignal(number)
    with terminated_as_interrupted():
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
        signal.raise_signal(number)

    assert not asked() and signal.getsignal(number) is before
