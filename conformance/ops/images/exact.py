"""Golden answers by the second oracle: images and their boxes."""

from __future__ import annotations

from typing import Any, List

import numpy as np

from conformance.cases.exact import Arguments, Outputs, floats
from refimpl import Dialect
from refimpl.oracle import images


def _whole(values: Any) -> np.ndarray:
    return np.array(values, np.int64)


def _boxes(rows: List[Any]) -> np.ndarray:
    return floats(rows, (len(rows), 4))


def _letterbox_geometry(x: Arguments, dialect: Dialect) -> Outputs:
    size, padding, ratio = images.letterbox(x["shape"], x["new_shape"], enlarges=dialect.letterbox_enlarges)
    return {"size": _whole(size), "padding": _whole(padding), "ratio": np.array(float(ratio))}


def _letterbox_boxes(x: Arguments, dialect: Dialect) -> Outputs:
    by_pixels = dialect.label_ratio == "rounded"
    return {
        "moved": _boxes([images.boxed(b, x["shape"], x["new_shape"], by_pixels=by_pixels) for b in x["boxes"].tolist()])
    }


def _restore_boxes(x: Arguments, dialect: Dialect) -> Outputs:
    return {"restored": _boxes([images.unboxed(b, x["network_shape"], x["image_shape"]) for b in x["boxes"].tolist()])}


def _denormalise_boxes(x: Arguments, dialect: Dialect) -> Outputs:
    padding = x["padding"].tolist()
    return {"corners": _boxes([images.denormalised(b, x["shape"], padding) for b in x["boxes"].tolist()])}


def _flip_boxes(x: Arguments, dialect: Dialect) -> Outputs:
    return {"flipped": _boxes([[x["width"] - b[2], b[1], x["width"] - b[0], b[3]] for b in x["boxes"].tolist()])}


def _mosaic_layout(x: Arguments, dialect: Dialect) -> Outputs:
    """Read off the pixels that are shown; the cases leave none of the four images out."""
    paste, source, offset = [], [], []
    for shown in images.mosaic(x["shapes"].tolist(), x["centre"].tolist(), x["size"]):
        for found, pixels in ((paste, list(shown)), (source, list(shown.values()))):
            columns, rows = zip(*pixels)
            found.append([min(columns), min(rows), max(columns) + 1, max(rows) + 1])
        offset.append([paste[-1][0] - source[-1][0], paste[-1][1] - source[-1][1]])
    return {"paste": _whole(paste), "source": _whole(source), "offset": _whole(offset)}


def _warp_boxes(x: Arguments, dialect: Dialect) -> Outputs:
    return {"warped": _boxes([images.warped(b, x["matrix"].tolist()) for b in x["boxes"].tolist()])}


def _keep_boxes(x: Arguments, dialect: Dialect) -> Outputs:
    limits = {"side": dialect.keep_side, "area": dialect.keep_area, "aspect": dialect.keep_aspect}
    pairs = zip(x["before"].tolist(), x["after"].tolist())
    return {"kept": np.array([images.stays(before, after, **limits) for before, after in pairs], bool)}


def _hsv_tables(x: Arguments, dialect: Dialect) -> Outputs:
    kinds = ("hue", "saturation", "value")
    return {"tables": _whole([images.table(kind, gain) for kind, gain in zip(kinds, x["gains"].tolist())])}


def _mixup(x: Arguments, dialect: Dialect) -> Outputs:
    a, b = x["image1"], x["image2"]
    levels = [images.blended(p, q, x["lam"]) for p, q in zip(a.ravel().tolist(), b.ravel().tolist())]
    return {"mixed": _whole(levels).reshape(a.shape)}


ANSWERS = {
    "resized_shape": lambda x, dialect: {"resized": _whole(images.resized(x["shape"], x["size"]))},
    "letterbox_geometry": _letterbox_geometry,
    "letterbox_boxes": _letterbox_boxes,
    "restore_boxes": _restore_boxes,
    "denormalise_boxes": _denormalise_boxes,
    "flip_boxes": _flip_boxes,
    "mosaic_layout": _mosaic_layout,
    "warp_boxes": _warp_boxes,
    "keep_boxes": _keep_boxes,
    "hsv_tables": _hsv_tables,
    "mixup": _mixup,
}
