"""The right candidate that mutants are made of: the dense NumPy one, and the reference where that does not know the way.

The dense one has some of the ops, and decides as YOLOV8 does. It calls its ops by name, so that a fault in one shows in
those made of it, under other dialects, too.
"""

from __future__ import annotations

import functools
from typing import Any, Callable, Set

from conformance.candidates.dense_numpy import DenseNumPy
from conformance.cases.protocol import GRADIENTS, OPS, vjp
from refimpl import DECISIONS, YOLOV8, Dialect

FUNCTIONS = (*OPS, *map(vjp, GRADIENTS))
"""All ops, and the gradients of those that have one."""


def _of_reference(name: str) -> Callable[..., Any]:
    op, gradient = name.replace("_vjp", ""), name.endswith("_vjp")

    def answer(self: DenseNumPy, *arguments: Any) -> Any:
        return (OPS[op].vjp if gradient else OPS[op].function)(*arguments, dialect=self.dialect)

    return answer


def _of_dense(name: str) -> Callable[..., Any]:
    by_reference = _of_reference(name)

    def answer(self: DenseNumPy, *arguments: Any) -> Any:
        dense = decides_as_yolov8(self.dialect) or _replaced(self) - {name}
        return getattr(DenseNumPy, name)(self, *arguments) if dense else by_reference(self, *arguments)

    return answer


@functools.lru_cache(maxsize=None)
def decides_as_yolov8(dialect: Dialect) -> bool:
    """Whether a dialect is YOLOV8 but for numbers."""
    return all(getattr(dialect, field) == getattr(YOLOV8, field) for field in DECISIONS)


def _replaced(candidate: Any) -> Set[str]:
    """The ops of a right candidate that a fault, or anything else, stands in place of."""
    kinds = type(candidate).__mro__
    own = [vars(kind) for kind in kinds[: kinds.index(Right)]]
    return {name for names in (vars(candidate), *own) for name in names if name in FUNCTIONS}


Right = type(
    "Right", (DenseNumPy,), {name: (_of_dense if hasattr(DenseNumPy, name) else _of_reference)(name) for name in FUNCTIONS}
)
Right.__doc__ = "All ops and gradients of the protocol, without a fault."
