"""Otherwise: each way to take an argument for what it is not, by its kind.

One table serves both sides: faults nobody listed (a part of a whole is given an argument otherwise) and guesses at a
break (it reads an argument otherwise, or is right once it is given it the other way round).
"""

from __future__ import annotations

import itertools
from typing import Any, Callable, Iterator, List, NamedTuple, Sequence, Tuple

import numpy as np

from refimpl.signature import Operand

Change = Callable[[Any], Any]


class Otherwise(NamedTuple):
    """A way to take an argument.

    Attributes
    ----------
    words : to follow its name.
    make : the argument to what it is taken for.
    undo : the argument to what is taken for it, where that tells more: `make` is blurred by rounding, or refused by the
        reference; None if not so.
    """

    words: str
    make: Change
    undo: Change | None = None


def otherwise(operand: Operand) -> Tuple[Otherwise, ...]:
    """Every way to take one argument otherwise."""
    of_images = operand.axes[:1] == ("B",) and not operand.many
    return (*_by_kind(operand), *((Otherwise("of the first image, for all of them", _of_the_first),) if of_images else ()))


def _by_kind(operand: Operand) -> Tuple[Otherwise, ...]:
    kind, last = operand.kind, operand.axes[-1:]
    if operand.many:
        return _OF_LISTS.get(kind, ())
    if kind == "logit":
        return (*_OF_KIND[kind], *((Otherwise("with bins before sides", _bins_first),) if last == ("4R",) else ()))
    if kind in ("real", "positive"):
        return () if operand.axes else (Otherwise("that is 1", np.ones_like),)
    return _OF_KIND.get(kind, ())


def alike(operands: Sequence[Operand]) -> Iterator[Tuple[str, str]]:
    """Names of two arrays of one kind and shape, each of which may be taken for the other."""
    for a, b in itertools.combinations([operand for operand in operands if operand.axes], 2):
        if (a.axes, a.kind) == (b.axes, b.kind):
            yield a.name, b.name


def _of_the_first(x: np.ndarray) -> np.ndarray:
    return np.repeat(x[:1], len(x), axis=0)


def _columns(*order: int) -> Change:
    return lambda x: x[..., list(order)]


def from_centre(x: np.ndarray) -> np.ndarray:
    return np.concatenate([x[..., :2] - x[..., 2:] / 2, x[..., :2] + x[..., 2:] / 2], axis=-1)


def to_centre(x: np.ndarray) -> np.ndarray:
    return np.concatenate([(x[..., :2] + x[..., 2:]) / 2, x[..., 2:] - x[..., :2]], axis=-1)


def from_corner(x: np.ndarray) -> np.ndarray:
    return np.concatenate([x[..., :2], x[..., :2] + x[..., 2:]], axis=-1)


def to_corner(x: np.ndarray) -> np.ndarray:
    return np.concatenate([x[..., :2], x[..., 2:] - x[..., :2]], axis=-1)


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def _logit(p: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.clip(np.log(p) - np.log1p(-p), -60, 60)


def _bins_first(x: np.ndarray) -> np.ndarray:
    return np.swapaxes(x.reshape(*x.shape[:-1], 4, x.shape[-1] // 4), -1, -2).reshape(x.shape)


def _reshaped(x: np.ndarray) -> np.ndarray:
    """What (B, H·W, channels) holds that was reshaped from a map (B, channels, H, W), as a map again."""
    images, channels, height, width = x.shape
    return x.reshape(images, height * width, channels).swapaxes(1, 2).reshape(x.shape)


def _reshaped_together(maps: Sequence[np.ndarray]) -> List[np.ndarray]:
    """The same where the cells of all levels were put in a row first."""
    images, channels = maps[0].shape[:2]
    row = np.concatenate([x.reshape(images, channels, -1) for x in maps], axis=2)
    read = row.reshape(images, -1, channels).swapaxes(1, 2)
    ends = np.cumsum([x[0, 0].size for x in maps])[:-1]
    return [part.reshape(x.shape) for part, x in zip(np.split(read, ends, axis=2), maps)]


_OF_KIND = {
    "mask": (Otherwise("that is true everywhere", np.ones_like),),
    "probability": (Otherwise("squashed twice", _sigmoid, undo=_logit),),
    "logit": (Otherwise("that are probabilities already", _sigmoid),),
    "label": (Otherwise("one too large", lambda x: x + 1),),
    "size": (
        Otherwise("with height and width swapped", lambda x: tuple(x[::-1])),
        Otherwise("as a square of its height", lambda x: (x[0], x[0])),
        Otherwise("as a square of its width", lambda x: (x[1], x[1])),
        Otherwise("as a square of its larger side", lambda x: (max(x), max(x))),
        Otherwise("as a square of its smaller side", lambda x: (min(x), min(x))),
    ),
    "shape": (Otherwise("with height and width swapped", lambda x: tuple(x[::-1])),),
    "xy": (Otherwise("with x and y swapped", _columns(1, 0)),),
    "xyxy": (
        Otherwise("with x and y swapped", _columns(1, 0, 3, 2)),
        Otherwise("as centre and size", from_centre, undo=to_centre),
        Otherwise("as corner and size", from_corner, undo=to_corner),
    ),
    "ltrb": (
        Otherwise("in the order top, left, bottom, right", _columns(1, 0, 3, 2)),
        Otherwise("in the order left, right, top, bottom", _columns(0, 2, 1, 3)),
    ),
    "targets": (
        Otherwise("with width and height swapped", _columns(0, 1, 2, 3, 5, 4)),
        Otherwise("with x and y swapped", _columns(0, 1, 3, 2, 5, 4)),
        Otherwise("with the class in the last column", _columns(0, 5, 1, 2, 3, 4), undo=_columns(0, 2, 3, 4, 5, 1)),
    ),
}

_OF_LISTS = {
    "shape": (Otherwise("with height and width swapped", lambda shapes: [shape[::-1] for shape in shapes]),),
    "logit": (
        Otherwise("with rows and columns of a map swapped", lambda maps: [np.swapaxes(x, 2, 3) for x in maps]),
        Otherwise("with the levels in reverse", lambda maps: maps[::-1]),
        Otherwise("reshaped to channels last, not transposed", lambda maps: [_reshaped(x) for x in maps]),
        Otherwise("reshaped to channels last all together, not transposed", _reshaped_together),
    ),
}
