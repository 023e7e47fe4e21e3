"""Worked examples of prediction and suppression."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, List, Sequence

import numpy as np

import refimpl
from conformance.ops.example import Example, agreed, example
from conformance.paper.markdown import number, numbers, table
from conformance.paper.svg import Frame, Picture
from refimpl import YOLOV8
from refimpl.nms import box_overlaps

BOXES = ((4.0, 4.0, 24.0, 24.0), (10.0, 4.0, 30.0, 24.0), (16.0, 4.0, 36.0, 24.0), (46.0, 4.0, 66.0, 24.0))
SCORES, CLASSES = (0.9, 0.8, 0.7, 0.6), (0, 1, 0, 1)
THRESHOLD = 0.4
COLUMN = (
    (14.0, 15.0, 50.0),
    (14.0, 15.0, 14.0),
    (20.0, 20.0, 20.0),
    (20.0, 20.0, 20.0),
    (0.9, 0.6, 0.2),
    (0.1, 0.3, 0.25),
)


def _drawn(boxes: Sequence[Any], kinds: Sequence[str], names: Sequence[str]) -> List[str]:
    frame = Frame(20, 20, 7, 7)
    shapes = [frame.box(box, kind) for box, kind in zip(boxes, kinds)]
    return shapes + [frame.label(box[:2], name, (3, -6), kind="small") for box, name in zip(boxes, names)]


def predict() -> Example:
    """One cell whose bins are sure."""
    dialect = replace(YOLOV8, num_classes=1, reg_max=4, strides=(8,))
    maps = np.zeros((1, 17, 1, 1))
    maps[0, [1, 5, 11, 15], 0, 0] = 40.0
    found = refimpl.predict([maps], dialect=dialect)[0, :, 0]
    point, (left, top, right, bottom) = 0.5, (1, 1, 3, 3)
    corners = [8 * (point - left), 8 * (point - top), 8 * (point + right), 8 * (point + bottom)]
    centre = [
        (corners[0] + corners[2]) / 2,
        (corners[1] + corners[3]) / 2,
        corners[2] - corners[0],
        corners[3] - corners[1],
    ]
    agreed("predict", np.round([*centre, 0.5], 9), np.round(found, 9))
    frame = Frame(60, 50, 4, 4)
    shapes = (frame.box((0, 0, 8, 8), "line"), frame.box(corners, "b"), frame.dot((4, 4), "a", 4), frame.dot(centre[:2], "c", 4),
              frame.label((0, 8), "the cell", (-2, 16), kind="small"))  # fmt: skip
    described = "The box reaches from one cell left and above the anchor to three right and below; its centre is not the anchor."
    picture = Picture("predict", "A column is centre and size", described, (220, 200), shapes)
    words = "One cell at stride 8, R = 4; the sure bins say 1, 1, 3 and 3 cells to the left, top, right and bottom, the class logit is 0:"
    rows = [("corners, px", numbers(corners)), ("centre and size, px", numbers(centre)), ("probability", "σ(0) = 0.5")]
    return example(picture, words, table(("", ""), rows))


def nms() -> Example:
    """A chain of boxes."""
    boxes, scores = np.array(BOXES), np.array(SCORES)
    keep = refimpl.nms(boxes, scores, THRESHOLD, dialect=YOLOV8).tolist()
    overlaps = box_overlaps(boxes[:, np.newaxis], boxes, dialect=YOLOV8)
    agreed("nms", [14 * 20 / (2 * 400 - 14 * 20), 8 * 20 / (2 * 400 - 8 * 20)], [overlaps[0, 1], overlaps[0, 2]])
    kinds = ["c" if i in keep else "off" for i in range(4)]
    shapes = _drawn(BOXES, kinds, [f"{i}: {score}" for i, score in enumerate(SCORES)])
    described = "Kept boxes are green. The second falls, since the first overlaps it; so it cannot drop the third."
    picture = Picture("nms", "The best box of each place", described, (510, 210), tuple(shapes))
    rows = [(f"{i}", number(SCORES[i]), numbers(overlaps[i]), "kept" if i in keep else "falls") for i in range(4)]
    return example(
        picture, f"Four boxes, threshold {THRESHOLD}:", table(("box", "score", "overlap with each", ""), rows)
    )


def batched_nms() -> Example:
    """The same with classes."""
    keep = refimpl.batched_nms(np.array(BOXES), np.array(SCORES), CLASSES, 0.2, dialect=YOLOV8).tolist()
    agreed("batched_nms", [0, 1, 3], keep)
    kinds = ["c" if i in keep else "off" for i in range(4)]
    shapes = _drawn(BOXES, kinds, [f"{i}: class {label}" for i, label in enumerate(CLASSES)])
    described = "Boxes 0 and 1 overlap and both stay, since they are of two classes; box 2 falls to box 0."
    picture = Picture("batched_nms", "Classes do not meet", described, (510, 210), tuple(shapes))
    rows = [(f"{i}", number(SCORES[i]), str(CLASSES[i]), "kept" if i in keep else "falls") for i in range(4)]
    return example(
        picture, "The boxes of `nms` with classes, threshold 0.2:", table(("box", "score", "class", ""), rows)
    )


def detections() -> Example:
    """Three columns, of which one is shown."""
    dialect = replace(YOLOV8, num_classes=2)
    rows = refimpl.detections(np.array(COLUMN), 0.25, 0.5, 300, dialect=dialect)
    agreed("detections", [4, 4, 24, 24, 0.9, 0], rows[0])
    boxes = [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for x, y, w, h in np.array(COLUMN)[:4].T]
    shapes = _drawn(boxes, ("c", "off", "off"), ("shown", "", "0.25 is not more than 0.25"))
    described = (
        "Of three anchors one is shown: the second overlaps it, the third does not score more than the threshold."
    )
    picture = Picture("detections", "What is shown", described, (510, 220), tuple(shapes))
    listed = [(str(a), numbers(column[:4]), numbers(column[4:])) for a, column in enumerate(np.array(COLUMN).T)]
    answer = f"`rows` = [{numbers(rows[0])}]"
    return example(
        picture,
        "Score threshold 0.25, overlap threshold 0.5:",
        table(("anchor", "xywh, px", "probabilities"), listed),
        answer,
    )


WORKED = {"predict": predict, "nms": nms, "batched_nms": batched_nms, "detections": detections}
