"""Golden answers by the second oracle: the loss of two heads."""

from __future__ import annotations

import numpy as np

from conformance.cases.exact import Arguments, Outputs, floats
from conformance.ops.end_to_end.heads import HEADS
from conformance.ops.head.exact import slopes_of_maps
from refimpl import Dialect, oracle
from refimpl.end_to_end import of_one_to_one


def _end_to_end_loss(x: Arguments, dialect: Dialect) -> Outputs:
    maps = [[level.tolist() for level in x[name]] for name in HEADS]
    total, components = oracle.end_to_end_loss(
        *maps, x["targets"].tolist(), int(x["epoch"]), int(x["epochs"]), dialect, of_one_to_one(dialect)
    )
    return {"total": np.array(float(total)), "components": floats(components, (3,))}


def _end_to_end_loss_vjp(x: Arguments, dialect: Dialect) -> Outputs:
    weights, outputs = oracle.branch_weights(int(x["epoch"]), int(x["epochs"])), {}
    for name, weight, of in zip(HEADS, weights, (dialect, of_one_to_one(dialect))):
        slopes = slopes_of_maps(x[name], x["targets"], weight * oracle.real(x["cotangent"]), of)
        outputs.update({f"{name}.{i}": level for i, level in enumerate(slopes)})
    return outputs


ANSWERS = {"end_to_end_loss": _end_to_end_loss, "end_to_end_loss_vjp": _end_to_end_loss_vjp}
