"""Which decisions are right where more than one may be: `lo` and `hi` of masks and labels, legal owners, counts.

A decision that float32 cannot take for certain is open in the stored case, too.
"""

from __future__ import annotations

from typing import Any, Dict, Mapping

import numpy as np

from conformance.cases.stored import ranged
from conformance.ops import family
from golden.bounds import as_case
from golden.rules import op_of
from refimpl import Dialect


def legal_sets(
    function: str, arguments: Mapping[str, Any], dialect: Dialect, expected: Mapping[str, np.ndarray]
) -> Dict[str, np.ndarray]:
    """`<output>.lo`, `.hi`, `.legal` and `.count` of every output that is a decision; it is certain if its family says nothing.

    Parameters
    ----------
    arguments : by name, as `rules.arguments` gives them
    expected : all outputs, by name
    """
    sets = family.of(op_of(function), "golden legal sets", function)
    found = sets(as_case(arguments, dialect), expected) if sets else {}
    told = {name.rpartition(".")[0] for name in found}
    certain = [name for name, array in expected.items() if array.dtype.kind != "f" and name not in told]
    return {**found, **{key: end for name in certain for key, end in ranged(name, expected[name], expected[name]).items()}}
