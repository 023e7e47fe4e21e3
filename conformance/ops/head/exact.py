"""Golden answers by the second oracle: the detection loss."""

from __future__ import annotations

import numpy as np

from conformance.cases.exact import Arguments, Outputs, floats, slopes
from refimpl import Dialect
from refimpl import oracle


def _detection_loss(x: Arguments, dialect: Dialect) -> Outputs:
    loss = oracle.detection_loss([level.tolist() for level in x["feature_maps"]], x["targets"].tolist(), dialect)
    return {"total": np.array(float(loss.total)), "components": floats(loss.components, (3,))}


def _detection_loss_vjp(x: Arguments, dialect: Dialect) -> Outputs:
    maps, g = x["feature_maps"], x["cotangent"]
    total = oracle.frozen_detection_loss([level.tolist() for level in maps], x["targets"].tolist(), dialect)
    pulled_back = slopes(lambda numbers: oracle.real(g) * total(numbers), np.concatenate([level.ravel() for level in maps]))
    ends = np.cumsum([level.size for level in maps])
    parts = np.split(np.array(pulled_back), ends[:-1])
    return {f"feature_maps.{i}": part.reshape(level.shape) for i, (part, level) in enumerate(zip(parts, maps))}


ANSWERS = {"detection_loss": _detection_loss, "detection_loss_vjp": _detection_loss_vjp}
