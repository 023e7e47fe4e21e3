"""Cases of the gradient of the detection loss."""

from __future__ import annotations

from typing import List, Sequence

import numpy as np
from hypothesis import strategies as st

from conformance.cases.case import Case, Cases
from conformance.cases.draws import in_precision
from conformance.cases.gradients import gradients
from conformance.judging.rounding import Precision
from conformance.ops.head.cases import BATCHES
from refimpl import Dialect


def leaning(maps: List[np.ndarray], dialect: Dialect, precision: Precision) -> None:
    """Lean the bins of feature maps to one side, in place, so that no decoded edge lies just on that of a ground truth.

    There rounding alone would say on which side of the kink it is.
    """
    bins = np.tile(np.arange(1, dialect.reg_max + 1), 4)[:, np.newaxis, np.newaxis] / 8
    for level in maps:
        level[:, : len(bins)] = in_precision(level[:, : len(bins)] + bins, precision)


def off_the_edges(cases: Cases, *maps: str) -> Cases:
    """The cases with all these maps leaning."""

    def draw(event: str, precision: Precision, served: Sequence[Dialect]) -> st.SearchStrategy[Case]:
        def lean(case: Case) -> Case:
            for name in maps:
                leaning(case.arguments[name], case.dialect, precision)
            return case

        return cases.draw(event, precision, served).map(lean)

    return cases._replace(draw=draw)


GRADIENT_CASES = {"detection_loss": gradients("detection_loss", off_the_edges(BATCHES, "feature_maps"))}
