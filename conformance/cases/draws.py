"""Arrays of numbers: lattice values, which shrink to something one can check by hand, or full-precision reals.

A strategy is made once for the same arguments: to make one, and to validate it, takes longer than to draw from it.
"""

from __future__ import annotations

import functools
import math
from typing import Any, Callable, Mapping, Sequence, Tuple, Union

import numpy as np
from hypothesis import strategies as st

from conformance.judging.rounding import Precision
from refimpl import Dialect

def composite(function: Callable[..., Any]) -> Callable[..., st.SearchStrategy[Any]]:
    """`st.composite`, applied when first called: to read the source of all of them takes a third of the time of a start."""
    made = functools.lru_cache(maxsize=None)(lambda: st.composite(function))
    return functools.wraps(function)(lambda *args, **kwargs: made()(*args, **kwargs))


GOLDEN = (5**0.5 - 1) / 2

Shape = Union[int, Tuple[int, ...]]


@functools.lru_cache(maxsize=None)
def lattices(shape: Shape, low: float, high: float, step: float = 1.0) -> st.SearchStrategy[np.ndarray]:
    """Multiples of `step` in [low, high], as float64 array; shrinks towards 0, or towards `low` if 0 is outside."""
    first, last = math.ceil(low / step), math.floor(high / step)
    start = first if first > 0 else 0
    # 0, 1, … up to the last, then −1, −2, … down to the first.
    return _codes(shape, last - first + 1).map(
        lambda n: np.where(start + n <= last, start + n, last - start - n) * float(step)
    )


@functools.lru_cache(maxsize=None)
def reals(shape: Shape, low: float, high: float, precision: Precision) -> st.SearchStrategy[np.ndarray]:
    """Numbers in [low, high) with a full significand, evenly spread; shrinks towards `low`.

    The fractional parts of multiples of the golden ratio are even, whatever is drawn.
    """
    fractions = _codes(shape, 2**16).map(lambda n: n * GOLDEN % 1 * (1 - 2.0**-27))
    return fractions.map(lambda f: in_precision(low + (high - low) * f, precision))


def realness(event: str) -> st.SearchStrategy[bool]:
    """Whether numbers are reals: as the event says, else either; lattice values first."""
    return st.just(event == "real") if event in ("real", "lattice") else st.booleans()


def numbers(
    shape: Shape, low: float, high: float, *, step: float, precision: Precision, real: bool
) -> st.SearchStrategy[np.ndarray]:
    """Reals if `real`, else lattice values."""
    return reals(shape, low, high, precision) if real else lattices(shape, low, high, step)


def choices(shape: Shape, values: Sequence[Any]) -> st.SearchStrategy[np.ndarray]:
    """Elements out of a few values, the simplest first."""
    return _codes(shape, len(values)).map(lambda n: np.asarray(np.asarray(values)[n]))


def in_precision(array: Any, precision: Precision) -> np.ndarray:
    """The nearest values the precision can hold, as float64."""
    return np.asarray(array).astype(precision.dtype).astype(np.float64)


def fits(dialect: Dialect, **fields: Callable[[Any], bool]) -> bool:
    """Whether the fields of a dialect fulfil the given predicates."""
    return all(test(getattr(dialect, name)) for name, test in fields.items())


def served_with(served: Sequence[Dialect], **fields: Callable[[Any], bool]) -> Sequence[Dialect]:
    """Dialects whose fields fulfil the given predicates; all of them if none does."""
    return [dialect for dialect in served if fits(dialect, **fields)] or served


def possible_in(fitting: Mapping[str, Mapping[str, Callable[[Any], bool]]]) -> Callable[[str, Precision, Sequence[Dialect]], bool]:
    """Whether an event can be drawn: in dialects whose fields fulfil its predicates, where it has some."""
    return lambda event, precision, served: any(fits(dialect, **fitting.get(event, {})) for dialect in served)


@functools.lru_cache(maxsize=None)
def _codes(shape: Shape, count: int) -> st.SearchStrategy[np.ndarray]:
    """Whole numbers 0 … count − 1, at most 65536 of them, all drawn at once as bytes; shrinks towards 0."""
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    width = 1 if count <= 256 else 2
    return _raw(math.prod(shape) * width).map(lambda data: np.frombuffer(data, f">u{width}").astype(np.int64).reshape(shape) % count)


@functools.lru_cache(maxsize=None)
def _raw(size: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=size, max_size=size)
