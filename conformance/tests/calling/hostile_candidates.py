"""Candidates that are right, and misbehave in one way each. Their `bce_loss` is right: it shows that a run goes on."""

import ctypes
import os
import random
import signal
import sys
import threading
import time
import types
import warnings

import numpy as np

import refimpl


class Right:
    """The reference, each of its answers changed by one method."""

    def __init__(self, dialect):
        self.dialect, self.calls = dialect, 0

    def iou(self, boxes1, boxes2):
        self.calls += 1
        values = np.asarray(refimpl.iou(boxes1, boxes2, dialect=self.dialect)).astype(boxes1.dtype)
        return self.changed(values, boxes1)

    def bce_loss(self, logits, targets):
        return np.asarray(refimpl.bce_loss(logits, targets, dialect=self.dialect)).astype(logits.dtype)

    def changed(self, values, boxes1):
        return values


def of_answer(change):
    """A candidate whose answer is made from the right one."""
    return type("Changed", (Right,), {"changed": lambda self, values, boxes1: change(values)})


def instead(action):
    """A candidate that does something, then answers as it should."""
    return type("Doing", (Right,), {"changed": lambda self, values, boxes1: (action(), values)[1]})


def _raise(error):
    raise error


# ---------------------------------------------------------------------------------------------- wrong answers

nan = of_answer(lambda values: np.full_like(values, np.nan))
infinite = of_answer(lambda values: np.full_like(values, np.inf))
always_zero = of_answer(lambda values: 0 * values)
a_little_off = of_answer(lambda values: values + values.dtype.type(0.01))
half_precision = of_answer(lambda values: values.astype(np.float16))
whole_numbers = of_answer(lambda values: values.astype(int))
text = of_answer(lambda values: values.astype(str))
complex_numbers = of_answer(lambda values: values + 0j)
objects = of_answer(lambda values: values.astype(object))
would_broadcast = of_answer(lambda values: values[..., np.newaxis])
too_short = of_answer(lambda values: values[:-1])
a_scalar = of_answer(lambda values: 0.5)
ragged = of_answer(lambda values: [[1.0], [1.0, 2.0]])
extra_output = of_answer(lambda values: (values, values))
no_output = of_answer(lambda values: None)
a_generator = of_answer(lambda values: (value for value in values))
enormous = of_answer(lambda values: np.broadcast_to(values[:1], (2**40, max(len(values), 1))))


class Untouchable:
    """An answer that raises whatever is asked of it."""

    def __getattr__(self, name):
        raise RuntimeError("hands off")


untouchable = of_answer(lambda values: Untouchable())


class EveryThirdCall(Right):
    def changed(self, values, boxes1):
        return values + values.dtype.type(0.01 * (self.calls % 3 == 0))


class ByChance(Right):
    random = np.random.default_rng()

    def changed(self, values, boxes1):
        return values + self.random.uniform(0, 0.01, values.shape).astype(values.dtype)


class GlobalRandomState(Right):
    def changed(self, values, boxes1):
        return values + np.random.uniform(0.001, 0.01, values.shape).astype(values.dtype)


class WritesIntoInputs(Right):
    def changed(self, values, boxes1):
        boxes1[..., 0] = 0
        return values


class WritesAsAKernelDoes(Right):
    """Compiled code knows of no read-only arrays."""

    def changed(self, values, boxes1):
        if len(boxes1):
            ctypes.cast(boxes1.ctypes.data, ctypes.POINTER(ctypes.c_float))[0] -= 1
        return values


class FailsWithoutBoxes(Right):
    def changed(self, values, boxes1):
        return values + 0 * boxes1[0, 0]


# ------------------------------------------------------------------------------------------ no answer at all


class StrangeError(Exception):
    def __str__(self):
        raise RuntimeError("no words")


def recursive():
    recursive()


raises = instead(lambda: _raise(ValueError("no boxes today")))
raises_strangely = instead(lambda: _raise(StrangeError()))
raises_interrupt = instead(lambda: _raise(KeyboardInterrupt()))
raises_exit = instead(lambda: sys.exit(0))
raises_generator_exit = instead(lambda: _raise(GeneratorExit()))
recurses = instead(recursive)
crashes = instead(lambda: ctypes.string_at(0))
kills_itself = instead(lambda: os.kill(os.getpid(), signal.SIGKILL))
exits = instead(lambda: os._exit(0))
sleeps = instead(lambda: time.sleep(1000))
spins = instead(lambda: any(iter(int, 1)))


def deaf():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(1000)


def eat():
    kept = []
    while True:
        kept.append(np.empty(2**22))


def speak_without_end():
    while True:
        os.write(1, b"x" * 2**16)


deaf_and_asleep = instead(deaf)
out_of_memory = instead(eat)
endless_output = instead(speak_without_end)
closes_all_files = instead(lambda: os.closerange(0, 256))


# ------------------------------------------------------------------------------------------ right all the same

refuses_one_op = instead(lambda: _raise(NotImplementedError("another day")))

says = instead(lambda: print("hello\n" * 1000))
says_json = instead(lambda: os.write(1, b'{"type": "result", "id": 2, "tensors": {}}\n'))
warns = instead(lambda: warnings.warn("deprecated", DeprecationWarning, stacklevel=1))
makes_warnings_errors = instead(lambda: warnings.simplefilter("error"))
changes_errstate = instead(lambda: np.seterr(all="raise"))
changes_printing = instead(lambda: np.set_printoptions(precision=1, threshold=1))
changes_folder = instead(lambda: os.chdir("/"))
changes_environment = instead(lambda: os.environ.clear())
changes_random_state = instead(lambda: (np.random.seed(1), random.seed(1)))
changes_recursion_limit = instead(lambda: sys.setrecursionlimit(100_000))
starts_a_thread = instead(lambda: threading.active_count() > 9 or threading.Thread(target=time.sleep, args=(1000,), daemon=True).start())
a_list = of_answer(lambda values: values.tolist())
wider_floats = of_answer(lambda values: values.astype(np.longdouble))
a_strided_view = of_answer(lambda values: np.repeat(values, 2)[::2])


class ReusesItsBuffer(Right):
    buffer = np.zeros(100_000)

    def changed(self, values, boxes1):
        self.buffer[:] = -1
        view = self.buffer[: len(values)]
        view[:] = values
        return view


class HasNamesOfOurs(Right):
    """Attributes that the harness uses under the same name, and means something else by."""

    word, preset, apart, refused = 3, None, True, ()

    def close(self, file):
        raise RuntimeError("not yours to close")


class KeepsItsInputs(Right):
    def __init__(self, dialect):
        super().__init__(dialect)
        self.kept = []

    def changed(self, values, boxes1):
        self.kept.append((boxes1, values))
        return values


# ------------------------------------------------------------------------------------------ never a candidate


def no_dialect():
    return Right(refimpl.YOLOV8)


def nothing(dialect):
    return None


def without_gpu(dialect):
    raise RuntimeError("no CUDA device is available")


def needs_a_package(dialect):
    import no_such_package


def other_framework(dialect):
    return types.SimpleNamespace(framework="abacus", iou=print)


def factory_exits(dialect):
    sys.exit(0)


class PropertyThatRaises(Right):
    @property
    def iou(self):
        raise RuntimeError("not now")


def refuses(dialect):
    raise NotImplementedError("another day")


not_a_function = 3
