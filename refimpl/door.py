"""The door: arguments are checked and converted once, where a user calls; behind it every function trusts what it gets.

Numbers become float64, masks bool, labels and indices int64. A number type of its own (`__array_ufunc__`) passes as it
is, only its shape is looked at. A list of maps keeps the type of its arrays: they are converted image by image, where
they are read. What a mask hides may hold anything and is set to 0.
"""

from __future__ import annotations

import functools
import inspect
import threading
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator, List, Sequence, Tuple

import numpy as np

from refimpl.arrays import is_own_number
from refimpl.dialect import Dialect
from refimpl.presets import PRESETS
from refimpl.elements import check_elements, numeric, plain_value
from refimpl.errors import ArgumentError, DialectError, NumberTypeError, ShapeError
from refimpl.signature import Operand, size_of, tail_of

_passed = threading.local()


@contextmanager
def behind_the_door() -> Iterator[None]:
    """Within, functions of the reference trust their arguments: for those that one of them calls, in any thread."""
    before, _passed.door = getattr(_passed, "door", False), True
    try:
        yield
    finally:
        _passed.door = before


def guarded(function: Callable, operands: Sequence[Operand]) -> Callable:
    """Put the door before a function: its arguments are those of `operands`, then the keyword `dialect`."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        if getattr(_passed, "door", False):
            return function(*args, **kwargs)
        given = _bound(function.__name__, signature, args, kwargs)
        dialect = given.pop("dialect")
        if dialect is not None or signature.parameters["dialect"].default is not None:
            dialect = dialect_of(dialect)
        given = admitted(operands, given, dialect)
        with behind_the_door():
            return function(**given, dialect=dialect)

    return checked


def _bound(name: str, signature: inspect.Signature, args: Any, kwargs: Any) -> Dict[str, Any]:
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError as error:
        names = ", ".join("*, dialect" if parameter == "dialect" else parameter for parameter in signature.parameters)
        raise ArgumentError(f"{name}({names}): {error}") from None
    bound.apply_defaults()
    return dict(bound.arguments)


def dialect_of(dialect: Any) -> Dialect:
    """A dialect, or the preset of that name.

    Raises
    ------
    DialectError
        If it is neither.
    """
    if isinstance(dialect, Dialect):
        return dialect
    if isinstance(dialect, str) and dialect in PRESETS:
        return PRESETS[dialect]
    raise DialectError(f"dialect: expected a refimpl.Dialect or one of {', '.join(PRESETS)}, got {dialect!r}")


def admitted(operands: Sequence[Operand], given: Dict[str, Any], dialect: Dialect | None) -> Dict[str, Any]:
    """The arguments, converted, if all of them are what the operands say.

    Raises
    ------
    ShapeError, NumberTypeError, RangeError
        Name the argument, what was expected, what came, and who bound a letter.
    """
    sizes = Sizes(dialect)
    present = [o for o in operands if not (o.optional and given[o.name] is None)]
    found = {o.name: _in_shape(o, given[o.name], sizes) for o in present}
    hidden = {o.name: _truths(o, found[o.name]) for o in present if o.kind == "mask"}
    for o in present:
        if o.where:
            found[o.name] = neutralised(o, found[o.name], hidden, {m.name: m for m in operands})
        names = [f"{o.name}[{i}]" for i in range(len(found[o.name]))] if o.many else [o.name]
        values = found[o.name] if o.many else [found[o.name]]
        converted = [check_elements(o, *pair, sizes.known) for pair in zip(names, values)]
        found[o.name] = converted if o.many else converted[0]
    return {**given, **found}


class Sizes:
    """The size each letter is bound to, and by whom."""

    def __init__(self, dialect: Dialect | None) -> None:
        self.known: Dict[str, int] = {}
        self.binder: Dict[str, str] = {}
        if dialect is not None:
            self.known = {"C": dialect.num_classes, "R": dialect.reg_max, "L": len(dialect.strides)}
            self.binder = dict.fromkeys(self.known, "the dialect")

    def bind(self, letter: str, size: int, name: str) -> None:
        """A letter has its size from whoever comes first."""
        if letter not in self.known:
            self.known[letter], self.binder[letter] = size, name

    def fit(self, operand: Operand, name: str, shape: Tuple[int, ...], own: str = "") -> None:
        """Check a shape against the axes of an operand; the letters `own` are bound anew by each array of a list."""
        for letter in own:
            self.known.pop(letter, None)
        axes, tail, leading = tail_of(operand.axes, shape)
        fits = len(axes) == len(tail)
        if operand.axes[:1] == ("...",) and fits:
            self.bind("...", leading, name)
            fits = self.known["..."] == leading
        for axis, size in zip(axes, tail):
            if axis.isalpha():
                self.bind(axis, size, name)
            fits = fits and size_of(axis, self.known) == size
        if not fits:
            expected, bound = operand.shape, self._bound(operand, name)
            raise ShapeError(f"{name}: expected shape {expected}, got {shape}{bound}")

    def _bound(self, operand: Operand, name: str) -> str:
        letters = sorted({*operand.letters, *operand.axes[:1]} & set(self.known))
        others = [x for x in letters if self.binder.get(x, name) != name]
        bound = ", ".join(f"{x}={self.known[x]} from {self.binder[x]}" for x in others)
        return f"; {bound}" if bound else ""


def _in_shape(operand: Operand, value: Any, sizes: Sizes) -> Any:
    """The value as array, list or plain value, its letters bound."""
    if operand.many:
        return _listed(operand, value, sizes)
    if operand.plain:
        value = plain_value(operand, operand.name, value)
        for letter in operand.axes:
            sizes.bind(letter, value, operand.name)
        return value
    array = numeric(operand, operand.name, value)
    sizes.fit(operand, operand.name, np.shape(array))
    return array


def _listed(operand: Operand, value: Any, sizes: Sizes) -> List[Any]:
    """The arrays or shapes of a list, as many as there are levels; they bind A, the cells of all levels."""
    name, items = operand.name, "arrays" if operand.axes else "shapes (H, W)"
    if isinstance(value, (str, bytes, dict)) or not hasattr(value, "__len__") or getattr(value, "ndim", 1) == 0:
        raise NumberTypeError(f"{name}: expected a list of {items}, got {value!r}")
    if len(value) != sizes.known.get(operand.many, len(value)):
        expected = f"{sizes.known[operand.many]} {items}, one for each stride of the dialect"
        raise ShapeError(f"{name}: expected {expected}, got {len(value)}")
    found, cells = [], 0
    for i, item in enumerate(value):
        if operand.plain:
            item = plain_value(operand, f"{name}[{i}]", item)
        else:
            item = numeric(operand, f"{name}[{i}]", item, keep=True)
            sizes.fit(operand, f"{name}[{i}]", np.shape(item), own="HW")
        found.append(item)
        cells += cells_of(operand, item)
    sizes.bind("A", cells, name)
    return found


def cells_of(operand: Operand, item: Any) -> int:
    """H · W of one level, be it given as a shape or as its map."""
    height, width = item if operand.plain else np.shape(item)[-2:]
    return int(height) * int(width)


def _truths(operand: Operand, value: Any) -> np.ndarray:
    return check_elements(operand, operand.name, value, {})


def neutralised(operand: Operand, array: Any, masks: Dict[str, np.ndarray], named: Dict[str, Operand]) -> Any:
    """The array with 0 where its mask is false; an axis of the mask that it lacks is asked for any truth."""
    if operand.where not in masks or is_own_number(array):
        return array
    mask, axes = masks[operand.where], list(named[operand.where].axes)
    for axis in [axis for axis in axes if axis.isalpha() and axis not in operand.axes]:
        mask, _ = mask.any(axis=axes.index(axis)), axes.remove(axis)
    read = mask.reshape(mask.shape + (1,) * (array.ndim - mask.ndim))
    return array if read.all() else np.where(read, array, np.zeros((), array.dtype))
