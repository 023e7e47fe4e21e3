"""Expected gradients: differences of the second oracle at 150 digits, rounded once to float64.

At a kink they are the mean of the two one-sided derivatives. What is a constant of a gradient is frozen beforehand.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Sequence

import numpy as np

from golden.exact import Arguments, Outputs, floats, foreground_rows
from refimpl import Dialect
from refimpl.tests import oracle


def _pulled(g: Any, values: Sequence[Any]) -> Any:
    """Σ cotangent · value."""
    return sum(oracle.real(weight) * value for weight, value in zip(g, values))


def _dist2bbox(x: Arguments, dialect: Dialect) -> Outputs:
    gradient = np.zeros(x["distance"].shape)
    for at in np.ndindex(gradient.shape[:-1]):
        point, g = x["anchor_points"][at[-1]], x["cotangent"][at]
        gradient[at] = _slopes(lambda d: _pulled(g, oracle.dist2bbox(d, point)), x["distance"][at])
    return {"distance": gradient}


def _decode_boxes(x: Arguments, dialect: Dialect) -> Outputs:
    gradient = np.zeros(x["pred_dist"].shape)
    for b, a in np.ndindex(gradient.shape[:-1]):
        point, g = x["anchor_points"][a], x["cotangent"][b, a]
        gradient[b, a] = _slopes(lambda d: _pulled(g, oracle.decode(d, point, dialect.reg_max)), x["pred_dist"][b, a])
    return {"pred_dist": gradient}


def _overlap(op: str) -> Callable[[Arguments, Dialect], Outputs]:
    def answer(x: Arguments, dialect: Dialect) -> Outputs:
        gradient = np.zeros((len(x["cotangent"]), 8))
        for n, (box1, box2) in enumerate(zip(x["boxes1"].tolist(), x["boxes2"].tolist())):
            value, g = oracle.frozen_overlap(op, box1, box2, dialect), x["cotangent"][n]
            gradient[n] = _slopes(lambda corners: oracle.real(g) * value(corners), box1 + box2)
        return {"boxes1": gradient[:, :4], "boxes2": gradient[:, 4:]}

    return answer


def _bce_loss(x: Arguments, dialect: Dialect) -> Outputs:
    gradient = np.zeros(x["logits"].shape)
    for at in np.ndindex(gradient.shape):
        z, g = x["targets"][at], x["cotangent"][at]
        gradient[at] = _slopes(lambda logit: oracle.real(g) * oracle.bce(logit[0], z), [x["logits"][at]])[0]
    return {"logits": gradient}


def _dfl_loss(x: Arguments, dialect: Dialect) -> Outputs:
    gradient = np.zeros(x["pred_dist"].shape)
    for n, (target, g) in enumerate(zip(x["target"], x["cotangent"])):
        gradient[n] = _slopes(lambda d: oracle.real(g) * oracle.dfl(d, target, dialect.reg_max), x["pred_dist"][n])
    return {"pred_dist": gradient}


def _bbox_loss(x: Arguments, dialect: Dialect) -> Outputs:
    rows, fg, bins = foreground_rows(x), x["fg_mask"], 4 * dialect.reg_max
    loss = oracle.frozen_bbox_loss(rows, x["target_scores_sum"], [x["cotangent_box"], x["cotangent_dfl"]], dialect)
    slopes = _slopes(loss, [number for row in rows for number in (*row.logits, *row.predicted)]) if rows else []
    table = np.reshape(slopes, (len(rows), bins + 4))
    gradient = {name: np.zeros(x[name].shape) for name in ("pred_dist", "pred_bboxes")}
    gradient["pred_dist"][fg], gradient["pred_bboxes"][fg] = table[:, :bins], table[:, bins:]
    return gradient


def _detection_loss(x: Arguments, dialect: Dialect) -> Outputs:
    maps, g = x["feature_maps"], x["cotangent"]
    total = oracle.frozen_detection_loss([level.tolist() for level in maps], x["targets"].tolist(), dialect)
    slopes = _slopes(lambda numbers: oracle.real(g) * total(numbers), np.concatenate([level.ravel() for level in maps]))
    ends = np.cumsum([level.size for level in maps])
    parts = np.split(np.array(slopes), ends[:-1])
    return {f"feature_maps.{i}": part.reshape(level.shape) for i, (part, level) in enumerate(zip(parts, maps))}


def _slopes(function: Callable[[List[Any]], Any], x: Sequence[Any]) -> np.ndarray:
    return floats(oracle.gradient(function, x), (len(x),))


ANSWERS: Dict[str, Callable[[Arguments, Dialect], Outputs]] = {
    "dist2bbox_vjp": _dist2bbox,
    "decode_boxes_vjp": _decode_boxes,
    **{f"{op}_vjp": _overlap(op) for op in ("iou", "giou", "diou", "ciou")},
    "bce_loss_vjp": _bce_loss,
    "dfl_loss_vjp": _dfl_loss,
    "bbox_loss_vjp": _bbox_loss,
    "detection_loss_vjp": _detection_loss,
}
