"""Expected outputs: every op by the second oracle, in 50 digits, rounded once to float64.

No machine's exp, log or arctan takes part, so that the same numbers come out everywhere. Gradients are differences of
it at 150 digits; what is a constant of a gradient is frozen beforehand.
"""

from __future__ import annotations

from conformance.cases.exact import Arguments, Outputs
from conformance.ops import family
from golden.rules import op_of
from refimpl import Dialect


def expected(function: str, arguments: Arguments, dialect: Dialect) -> Outputs:
    """Outputs of an op, or gradients of `<op>_vjp`, by name: float64, int64 or bool arrays.

    Parameters
    ----------
    arguments : by name, as `rules.arguments` gives them; floats are taken over exactly
    """
    return family.of(op_of(function), "golden answer", function)(arguments, dialect)
