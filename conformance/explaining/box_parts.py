"""Parts of boxes: whether one part of a box – its x, its height, a corner – is off by one factor or offset, or by a size.

What is wrong with a box is often right in all but one part: y scales with the width, the far corner is a pixel too far.
The parts follow from the kind of a result, by its signature; what they are multiplied by, from the sizes of the case.
"""

from __future__ import annotations

import itertools
from typing import Any, Callable, Dict, Iterator, Sequence, Tuple

import numpy as np

from conformance.cases.case import Case
from conformance.explaining.corrections import Correction, replaced
from conformance.explaining.otherwise import from_centre, from_corner, to_centre
from refimpl.protocol import Op
from refimpl.signature import Operand

NEAR = 1e-4
"""How near the numbers of a part are to one factor or offset, in units of the largest."""

Turn = Callable[[np.ndarray], np.ndarray]

_CENTRES = (("x", (0,)), ("y", (1,)), ("width", (2,)), ("height", (3,)), ("centre", (0, 1)), ("width and height", (2, 3)))
_CORNERS = (("x", (0, 2)), ("y", (1, 3)), ("the first corner", (0, 1)), ("the second corner", (2, 3)))
_SIDES = (("left and right", (0, 2)), ("top and bottom", (1, 3)))


def _as_it_is(boxes: np.ndarray) -> np.ndarray:
    return boxes


_READ: Dict[str, Tuple[Tuple[Turn, Turn, Sequence[Tuple[str, Tuple[int, ...]]]], ...]] = {
    "xyxy": ((_as_it_is, _as_it_is, _CORNERS), (to_centre, from_centre, _CENTRES)),
    "xywh": ((_as_it_is, _as_it_is, _CENTRES),),
    "ltrb": ((_as_it_is, _as_it_is, _SIDES),),
}
"""By kind: how a box is turned, and back, and what parts it then has."""


def of_boxes(op: Op, case: Case, got: Any, expected: Any) -> Iterator[Correction]:
    """Every part of a result of boxes that is off by one factor or offset.

    Parameters
    ----------
    case : the counterexample
    got, expected : the results of the candidate and of the reference
    """
    for i, operand in enumerate(op.gives):
        readings = _READ.get(operand.kind, ())
        if operand.kind == "xyxy":
            yield Correction(f"{operand.name} come as centre and size, not as corners", answer=replaced(i, from_centre))
            yield Correction(f"{operand.name} come as corner and size, not as corners", answer=replaced(i, from_corner))
            yield from _of_units(i, operand, op)
        if readings and np.shape(got[i]) == np.shape(expected[i]):
            for turn, back, parts in readings:
                both = turn(np.asarray(got[i], float)), turn(np.asarray(expected[i], float))
                for words, columns in parts:
                    yield from _of_part(i, f"{words} of {operand.name}", op, case, (turn, back, list(columns)), both)


_UNITS: Sequence[Tuple[str, Callable[[float, float], Tuple[float, float]]]] = (
    ("are fractions of {}, not px", lambda width, height: (width, height)),
    ("are multiplied by {} once too often", lambda width, height: (1 / width, 1 / height)),
)
"""What may be wrong with x and y at once, by words; the factors that undo it."""


def _of_units(i: int, operand: Operand, op: Op) -> Iterator[Correction]:
    for size, (words, factors) in itertools.product([size for size in op.given if size.kind == "size"], _UNITS):

        def answer(answered: Any, of: Case, name: str = size.name, factors: Any = factors) -> Any:
            height, width = of.arguments[name]
            return replaced(i, lambda boxes: boxes * np.tile(factors(width, height), 2))(answered, of)

        yield Correction(f"{operand.name} {words.format(size.name)}", answer=answer)


def _of_part(
    i: int, whose: str, op: Op, case: Case, read: Tuple[Turn, Turn, Sequence[int]], both: Tuple[np.ndarray, np.ndarray]
) -> Iterator[Correction]:
    turn, back, columns = read
    came, asked = (boxes[..., columns] for boxes in both)
    factor, offset = one_factor(came, asked), one_offset(came, asked)

    def changed(change: Callable[[np.ndarray, Case], np.ndarray]) -> Callable[[Any, Case], Any]:
        def answer(answered: Any, of: Case) -> Any:
            boxes = turn(np.array(answered[i], float))
            boxes[..., columns] = change(boxes[..., columns], of)
            return answered._replace(**{answered._fields[i]: back(boxes)})

        return answer

    if factor is not None:
        for words, ratio in _ratios(op):
            if np.isclose(ratio(case), factor, rtol=NEAR, atol=0):
                yield Correction(f"{whose}: {words}", answer=changed(lambda x, of, ratio=ratio: x * ratio(of)))
        yield Correction(f"{whose}: {1 / factor:.6g} times what is expected", answer=changed(lambda x, of: x * factor))
    if offset is not None:
        yield Correction(f"{whose}: off by {-offset:+.6g}", answer=changed(lambda x, of: x + offset))


def one_factor(came: np.ndarray, asked: np.ndarray) -> float | None:
    """The one number other than 0 and 1 that turns what came into what is asked for; None if there is none."""
    there = np.isfinite(came) & np.isfinite(asked) & (np.abs(came) > 0)
    if not there.any() or np.any(~there & (came != asked)):
        return None
    factor = float((asked[there] / came[there])[np.argmax(np.abs(came[there]))])
    same = np.allclose(came[there] * factor, asked[there], rtol=NEAR, atol=NEAR * np.abs(asked[there]).max())
    return factor if same and factor != 0 and abs(factor - 1) > NEAR else None


def one_offset(came: np.ndarray, asked: np.ndarray) -> float | None:
    """The one number other than 0 that is lacking everywhere; None if there is none."""
    apart = (asked - came).ravel()
    if not apart.size or not np.isfinite(apart).all():
        return None
    size = NEAR * max(np.abs(asked).max(), np.abs(came).max())
    return float(apart[0]) if np.ptp(apart) <= size < np.abs(apart).max() else None


def _ratios(op: Op) -> Iterator[Tuple[str, Callable[[Case], float]]]:
    """What undoes a factor or divisor that is a height or width of the case, and one that was taken for another."""
    sides = [(f"the {side} of {size.name}", _side(size, i)) for size in op.given if size.kind == "size" for i, side in enumerate(("height", "width"))]
    for words, side in sides:
        yield f"divided by {words}", side
        yield f"multiplied by {words}", lambda case, side=side: 1 / side(case)
    for (taken, used), (right, meant) in itertools.permutations(sides, 2):
        yield f"multiplied by {taken}, not by {right}", lambda case, used=used, meant=meant: meant(case) / used(case)


def _side(size: Operand, i: int) -> Callable[[Case], float]:
    return lambda case: float(case.arguments[size.name][i])
