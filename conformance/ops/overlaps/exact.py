"""Golden answers by the second oracle: the IoU family."""

from __future__ import annotations

from typing import Any, Callable

import numpy as np

from conformance.cases.exact import Arguments, Outputs, floats, slopes
from refimpl import Dialect
from refimpl import oracle


def _overlap(op: Callable[..., Any]) -> Callable[[Arguments, Dialect], Outputs]:
    def answer(x: Arguments, dialect: Dialect) -> Outputs:
        pairs = zip(x["boxes1"].tolist(), x["boxes2"].tolist())
        return {"values": floats([op(*pair, dialect) for pair in pairs], x["boxes1"].shape[:1])}

    return answer


def _overlap_vjp(op: str) -> Callable[[Arguments, Dialect], Outputs]:
    def answer(x: Arguments, dialect: Dialect) -> Outputs:
        gradient = np.zeros((len(x["cotangent"]), 8))
        for n, (box1, box2) in enumerate(zip(x["boxes1"].tolist(), x["boxes2"].tolist())):
            value, g = oracle.frozen_overlap(op, box1, box2, dialect), x["cotangent"][n]
            gradient[n] = slopes(lambda corners: oracle.real(g) * value(corners), box1 + box2)
        return {"boxes1": gradient[:, :4], "boxes2": gradient[:, 4:]}

    return answer


ANSWERS = {
    **{op.__name__: _overlap(op) for op in (oracle.iou, oracle.giou, oracle.diou, oracle.ciou)},
    **{f"{op}_vjp": _overlap_vjp(op) for op in ("iou", "giou", "diou", "ciou")},
}
