"""Golden answers by the second oracle: anchors."""

from __future__ import annotations

from conformance.cases.exact import Arguments, Outputs, floats
from refimpl import Dialect
from refimpl import oracle


def _make_anchors(x: Arguments, dialect: Dialect) -> Outputs:
    points, strides = oracle.make_anchors(x["feature_shapes"], dialect.strides)
    columns = [[stride] for stride in strides]
    return {"anchor_points": floats(points, (len(points), 2)), "stride_tensor": floats(columns, (len(points), 1))}


ANSWERS = {"make_anchors": _make_anchors}
