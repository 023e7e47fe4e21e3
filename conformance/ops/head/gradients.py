"""Cases of the gradient of the detection loss."""

from __future__ import annotations

import numpy as np

from conformance.cases.draws import in_precision
from conformance.cases.gradients import gradients
from conformance.ops.head.cases import BATCHES


def off_the_edges(event, precision, served):
    """Batches whose bins lean to one side, so that no decoded edge lies just on that of a ground truth.

    There rounding alone would say on which side of the kink it is.
    """

    def lean(case):
        bins = np.tile(np.arange(1, case.dialect.reg_max + 1), 4)[:, np.newaxis, np.newaxis] / 8
        for level in case.feature_maps:
            level[:, : len(bins)] = in_precision(level[:, : len(bins)] + bins, precision)
        return case

    return BATCHES.draw(event, precision, served).map(lean)


GRADIENT_CASES = {"detection_loss": gradients("detection_loss", BATCHES._replace(draw=off_the_edges))}
