"""Golden answers by the second oracle: distances, boxes and the decode."""

from __future__ import annotations

import numpy as np

from conformance.cases.exact import Arguments, Outputs, floats, pulled, slopes
from refimpl import Dialect
from refimpl import oracle


def _dist2bbox(x: Arguments, dialect: Dialect) -> Outputs:
    points = x["anchor_points"].tolist()
    boxes = [[oracle.dist2bbox(*pair) for pair in zip(image, points)] for image in x["distance"].tolist()]
    return {"boxes": floats(boxes, x["distance"].shape)}


def _bbox2dist(x: Arguments, dialect: Dialect) -> Outputs:
    points = x["anchor_points"].tolist()
    images = [[oracle.bbox2dist(*pair, dialect.reg_max) for pair in zip(points, image)] for image in x["bboxes"].tolist()]
    return {"distance": floats(images, x["bboxes"].shape)}


def _decode_boxes(x: Arguments, dialect: Dialect) -> Outputs:
    points = x["anchor_points"].tolist()
    boxes = [[oracle.decode(*pair, dialect.reg_max) for pair in zip(image, points)] for image in x["pred_dist"].tolist()]
    return {"boxes": floats(boxes, x["pred_dist"].shape[:2] + (4,))}


def _dist2bbox_vjp(x: Arguments, dialect: Dialect) -> Outputs:
    gradient = np.zeros(x["distance"].shape)
    for at in np.ndindex(gradient.shape[:-1]):
        point, g = x["anchor_points"][at[-1]], x["cotangent"][at]
        gradient[at] = slopes(lambda d: pulled(g, oracle.dist2bbox(d, point)), x["distance"][at])
    return {"distance": gradient}


def _decode_boxes_vjp(x: Arguments, dialect: Dialect) -> Outputs:
    gradient = np.zeros(x["pred_dist"].shape)
    for b, a in np.ndindex(gradient.shape[:-1]):
        point, g = x["anchor_points"][a], x["cotangent"][b, a]
        gradient[b, a] = slopes(lambda d: pulled(g, oracle.decode(d, point, dialect.reg_max)), x["pred_dist"][b, a])
    return {"pred_dist": gradient}


ANSWERS = {
    "dist2bbox": _dist2bbox,
    "bbox2dist": _bbox2dist,
    "decode_boxes": _decode_boxes,
    "dist2bbox_vjp": _dist2bbox_vjp,
    "decode_boxes_vjp": _decode_boxes_vjp,
}
