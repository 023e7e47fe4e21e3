"""Golden answers by the second oracle: the losses."""

from __future__ import annotations

import numpy as np

from conformance.cases.exact import Arguments, Outputs, floats, foreground_rows, slopes
from refimpl import Dialect
from refimpl import oracle


def _bce_loss(x: Arguments, dialect: Dialect) -> Outputs:
    losses = [oracle.bce(*pair) for pair in zip(x["logits"].ravel().tolist(), x["targets"].ravel().tolist())]
    return {"loss": floats(losses, (len(losses),)).reshape(x["logits"].shape)}


def _dfl_loss(x: Arguments, dialect: Dialect) -> Outputs:
    rows = zip(x["pred_dist"].tolist(), x["target"].tolist())
    return {"loss": floats([oracle.dfl(*row, dialect.reg_max) for row in rows], x["target"].shape[:1])}


def _bbox_loss(x: Arguments, dialect: Dialect) -> Outputs:
    box, dfl = oracle.bbox_loss(foreground_rows(x), x["target_scores_sum"], dialect)
    return {"box": np.array(float(box)), "dfl": np.array(float(dfl))}


def _bce_loss_vjp(x: Arguments, dialect: Dialect) -> Outputs:
    gradient = np.zeros(x["logits"].shape)
    for at in np.ndindex(gradient.shape):
        z, g = x["targets"][at], x["cotangent"][at]
        gradient[at] = slopes(lambda logit: oracle.real(g) * oracle.bce(logit[0], z), [x["logits"][at]])[0]
    return {"logits": gradient}


def _dfl_loss_vjp(x: Arguments, dialect: Dialect) -> Outputs:
    gradient = np.zeros(x["pred_dist"].shape)
    for n, (target, g) in enumerate(zip(x["target"], x["cotangent"])):
        gradient[n] = slopes(lambda d: oracle.real(g) * oracle.dfl(d, target, dialect.reg_max), x["pred_dist"][n])
    return {"pred_dist": gradient}


def _bbox_loss_vjp(x: Arguments, dialect: Dialect) -> Outputs:
    rows, fg, bins = foreground_rows(x), x["fg_mask"], 4 * dialect.reg_max
    loss = oracle.frozen_bbox_loss(rows, x["target_scores_sum"], [x["cotangent_box"], x["cotangent_dfl"]], dialect)
    pulled_back = slopes(loss, [number for row in rows for number in (*row.logits, *row.predicted)]) if rows else []
    table = np.reshape(pulled_back, (len(rows), bins + 4))
    gradient = {name: np.zeros(x[name].shape) for name in ("pred_dist", "pred_bboxes")}
    gradient["pred_dist"][fg], gradient["pred_bboxes"][fg] = table[:, :bins], table[:, bins:]
    return gradient


ANSWERS = {
    "bce_loss": _bce_loss,
    "dfl_loss": _dfl_loss,
    "bbox_loss": _bbox_loss,
    "bce_loss_vjp": _bce_loss_vjp,
    "dfl_loss_vjp": _dfl_loss_vjp,
    "bbox_loss_vjp": _bbox_loss_vjp,
}
