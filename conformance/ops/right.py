"""The right candidate that mutants are made of: the dense NumPy one, and the reference where that has no op of its own."""

from __future__ import annotations

from typing import Any, Callable

from conformance.candidates.dense_numpy import DenseNumPy
from conformance.cases.protocol import GRADIENTS, OPS, vjp

FUNCTIONS = (*OPS, *map(vjp, GRADIENTS))
"""All ops, and the gradients of those that have one."""


def _of_reference(name: str) -> Callable[..., Any]:
    op, gradient = name.replace("_vjp", ""), name.endswith("_vjp")

    def answer(self: DenseNumPy, *arguments: Any) -> Any:
        return (OPS[op].vjp if gradient else OPS[op].function)(*arguments, dialect=self.dialect)

    return answer


Right = type("Right", (DenseNumPy,), {name: _of_reference(name) for name in FUNCTIONS if not hasattr(DenseNumPy, name)})
Right.__doc__ = "All ops and gradients of the protocol, without a fault."
