"""Numbers in the formulas of the losses that are no field of a dialect: from a share to an op in which one is larger."""

from __future__ import annotations

from conformance.ops.right import Right


def _further(op):
    """0.01, by which the last target stays below the last bin."""

    def larger(share):
        def method(self, *arguments):
            part = Right(self.dialect)
            part.farthest -= 0.01 * share
            return getattr(part, op)(*arguments)

        return method

    return larger


NUMBERS = {op: {"0.01 of the last bin": _further(op)} for op in ("dfl_loss", "dfl_loss_vjp")}
