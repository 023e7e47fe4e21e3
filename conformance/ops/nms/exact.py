"""Golden answers by the second oracle: predictions, suppression and detections."""

from __future__ import annotations

import numpy as np

from conformance.cases.exact import Arguments, Outputs, floats
from refimpl import Dialect, oracle
from refimpl.oracle import suppression
from refimpl.oracle.scalars import MP, real


def _predict(x: Arguments, dialect: Dialect) -> Outputs:
    points, strides = oracle.make_anchors([m.shape[2:] for m in x["feature_maps"]], dialect.strides)
    bins, images = 4 * dialect.reg_max, []
    for b in range(len(x["feature_maps"][0])):
        columns = []
        flat = [column for m in x["feature_maps"] for column in m[b].reshape(m.shape[1], -1).T.tolist()]
        for channels, point, stride in zip(flat, points, strides):
            x1, y1, x2, y2 = (real(side) * stride for side in oracle.decode(channels[:bins], point, dialect.reg_max))
            chances = [1 / (1 + MP.exp(-real(logit))) for logit in channels[bins:]]
            columns.append([(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1, *chances])
        images.append([list(row) for row in zip(*columns)])
    return {"prediction": floats(images, (len(images), 4 + dialect.num_classes, len(points)))}


def _survivors(x: Arguments, classes: list, dialect: Dialect) -> np.ndarray:
    told = {
        "at_least": dialect.nms_compare == "at_least", "undefined_falls": dialect.nms_nan == "drops",
        "offset": dialect.nms_pixel_offset, "sort_corners": dialect.nms_sort_corners,
    }  # fmt: skip
    kept = suppression.survivors(x["boxes"].tolist(), x["scores"].tolist(), classes, x["iou_threshold"], **told)
    return np.array(kept, np.int64)


def _nms(x: Arguments, dialect: Dialect) -> Outputs:
    return {"keep": _survivors(x, [0] * len(x["scores"]), dialect)}


def _batched_nms(x: Arguments, dialect: Dialect) -> Outputs:
    return {"keep": _survivors(x, x["classes"].tolist(), dialect)}


def _detections(x: Arguments, dialect: Dialect) -> Outputs:
    limits = x["score_threshold"], x["iou_threshold"], x["max_det"]
    every = dialect.candidates_per_box == "every"
    rows = suppression.detections(x["prediction"].tolist(), *limits, entering=dialect.max_nms, every=every)
    return {"rows": floats(rows, (len(rows), 6))}


ANSWERS = {"predict": _predict, "nms": _nms, "batched_nms": _batched_nms, "detections": _detections}
