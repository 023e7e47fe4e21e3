"""Golden answers by the second oracle: regions."""

from __future__ import annotations

import numpy as np

from conformance.cases.exact import Arguments, Outputs, floats, pulled, slopes
from refimpl import Dialect
from refimpl.oracle import regions


def _rpn_anchors(x: Arguments, dialect: Dialect) -> Outputs:
    cell = regions.cell(x["sizes"].tolist(), x["ratios"].tolist())
    if dialect.anchor_rounding == "corners":
        cell = [regions.to_pixels(box) for box in cell]
    found = regions.grid(cell, *x["feature_shape"], x["stride"])
    return {"anchors": floats(found, (len(found), 4))}


def _encode_deltas(x: Arguments, dialect: Dialect) -> Outputs:
    pairs = zip(x["anchors"].tolist(), x["boxes"].tolist())
    return {"deltas": floats([regions.encode(*pair) for pair in pairs], x["anchors"].shape)}


def _decode_deltas(x: Arguments, dialect: Dialect) -> Outputs:
    pairs = zip(x["anchors"].tolist(), x["deltas"].tolist())
    return {"decoded": floats([regions.decode(*pair, most=62.5) for pair in pairs], x["anchors"].shape)}


def _decode_deltas_vjp(x: Arguments, dialect: Dialect) -> Outputs:
    gradient = np.zeros(x["deltas"].shape)
    for i, (anchor, g) in enumerate(zip(x["anchors"].tolist(), x["cotangent"].tolist())):
        gradient[i] = slopes(
            lambda d: pulled(map(regions.real, g), regions.decode(anchor, d, most=62.5)), x["deltas"][i]
        )
    return {"deltas": gradient}


def _clip_boxes(x: Arguments, dialect: Dialect) -> Outputs:
    return {"clipped": floats([regions.clip(box, x["image_size"]) for box in x["boxes"].tolist()], x["boxes"].shape)}


def _propose(x: Arguments, dialect: Dialect) -> Outputs:
    anchors, deltas = x["anchors"].tolist(), x["deltas"].tolist()
    chosen = regions.propose(
        anchors, deltas, x["scores"].tolist(), x["image_size"], x["pre_nms_topk"], x["post_nms_topk"], x["iou_threshold"],
        x["min_size"], clip_first=dialect.propose_order == "clip_first",
    )  # fmt: skip
    rois = [regions.clip(regions.decode(anchors[i], deltas[i], most=62.5), x["image_size"]) for i in chosen]
    return {"rois": floats(rois, (len(rois), 4)), "roi_scores": x["scores"][chosen].astype(np.float64)}


ANSWERS = {
    "rpn_anchors": _rpn_anchors, "encode_deltas": _encode_deltas, "decode_deltas": _decode_deltas,
    "decode_deltas_vjp": _decode_deltas_vjp, "clip_boxes": _clip_boxes, "propose": _propose,
}  # fmt: skip
