"""Between the arrays of a case and the exact numbers of the second oracle."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Sequence, Tuple

import numpy as np

from refimpl import oracle

Arguments = Mapping[str, Any]
Outputs = Dict[str, np.ndarray]


def floats(table: Any, shape: Tuple[int, ...]) -> np.ndarray:
    """Nested lists of exact numbers, each rounded to the nearest float64."""
    flat: List[Any] = [table]
    for _ in shape:
        flat = [number for row in flat for number in row]
    return np.array([float(number) for number in flat], np.float64).reshape(shape)


def foreground_rows(x: Arguments) -> List[oracle.Row]:
    """The foreground anchors among the arguments of `bbox_loss`, image by image."""
    names = ("pred_bboxes", "target_bboxes", "target_scores")
    return [
        oracle.Row(x["pred_dist"][b, a].tolist(), x["anchor_points"][a], *(x[name][b, a] for name in names))
        for b, a in np.argwhere(x["fg_mask"])
    ]


def pulled(g: Any, values: Sequence[Any]) -> Any:
    """Σ cotangent · value."""
    return sum(oracle.real(weight) * value for weight, value in zip(g, values))


def slopes(function: Callable[[List[Any]], Any], x: Sequence[Any]) -> np.ndarray:
    """Gradient by differences of the second oracle at 150 digits; at a kink the mean of the one-sided derivatives."""
    return floats(oracle.gradient(function, x), (len(x),))
