"""Golden answers by the second oracle: the detection loss."""

from __future__ import annotations

from typing import Any, List

import numpy as np

from conformance.cases.exact import Arguments, Outputs, floats, slopes
from refimpl import Dialect
from refimpl import oracle


def _detection_loss(x: Arguments, dialect: Dialect) -> Outputs:
    loss = oracle.detection_loss([level.tolist() for level in x["feature_maps"]], x["targets"].tolist(), dialect)
    return {"total": np.array(float(loss.total)), "components": floats(loss.components, (3,))}


def _detection_loss_vjp(x: Arguments, dialect: Dialect) -> Outputs:
    levels = slopes_of_maps(x["feature_maps"], x["targets"], oracle.real(x["cotangent"]), dialect)
    return {f"feature_maps.{i}": level for i, level in enumerate(levels)}


def slopes_of_maps(maps: List[np.ndarray], targets: np.ndarray, cotangent: Any, dialect: Dialect) -> List[np.ndarray]:
    """Gradient of the loss, times a cotangent, with respect to the maps of one head."""
    total = oracle.frozen_detection_loss([level.tolist() for level in maps], targets.tolist(), dialect)
    pulled_back = slopes(lambda numbers: cotangent * total(numbers), np.concatenate([level.ravel() for level in maps]))
    parts = np.split(pulled_back, np.cumsum([level.size for level in maps])[:-1])
    return [part.reshape(level.shape) for part, level in zip(parts, maps)]


ANSWERS = {"detection_loss": _detection_loss, "detection_loss_vjp": _detection_loss_vjp}
