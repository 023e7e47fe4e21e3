"""What the tiny detector is to find, and what it finds before and after its training, side by side."""

from __future__ import annotations

from typing import List, Sequence, Tuple

import numpy as np

from conformance.example.tiny import DIALECT, SIZE, STRIDE, Batch
from conformance.paper.svg import Frame, Picture, document
from refimpl import decode_boxes, iou, make_anchors
from refimpl.bce import sigmoid
from refimpl.maps import split_predictions
from refimpl.targets import to_pixels

KINDS = ("b", "c", "a")
"""The look of each class."""

ENOUGH, SAME = 0.3, 0.5
"""Score from which a box is shown; overlap from which two boxes of a class are one."""


def found(maps: Sequence[np.ndarray]) -> List[List[Tuple[np.ndarray, int, float]]]:
    """Boxes px, class and score of each image, the best first; of boxes that overlap the best alone."""
    dist, logits = split_predictions(maps, dialect=DIALECT)
    points, stride = make_anchors([level.shape[2:] for level in maps], dialect=DIALECT)
    boxes, scores = decode_boxes(dist, points, dialect=DIALECT) * stride, sigmoid(logits)
    whole = []
    for b in range(len(boxes)):
        kept: List[Tuple[np.ndarray, int, float]] = []
        for a in np.argsort(-scores[b].max(axis=1)):
            label, score = int(scores[b, a].argmax()), float(scores[b, a].max())
            others = np.array([box for box, other, _ in kept if other == label]).reshape(-1, 4)
            same = iou(np.repeat(boxes[b, a][np.newaxis], len(others), 0), others, dialect=DIALECT)
            if score >= ENOUGH and not (same > SAME).any():
                kept.append((boxes[b, a], label, score))
        whole.append(kept)
    return whole


def drawn(shown: Batch, before: Sequence[np.ndarray], after: Sequence[np.ndarray]) -> str:
    """The picture as SVG."""
    scale, gap = 1.8, 14
    cell = SIZE * scale + gap
    shapes: List[str] = []
    for column, (title, each) in enumerate((("labels", None), ("before", found(before)), ("after", found(after)))):
        for b in range(len(shown.pictures)):
            frame = Frame(gap + column * cell, 34 + b * cell, scale, scale)
            if b == 0:
                shapes.append(frame.label((0, 0), title, (0, -10)))
            shapes.append(frame.box((0, 0, SIZE, SIZE), "grid"))
            rows = shown.targets[shown.targets[:, 0] == b]
            for row, box in zip(rows, to_pixels(rows[:, 2:], (SIZE, SIZE))):
                shapes.append(frame.box(box, KINDS[int(row[1])] if each is None else "soft"))
            for box, label, score in each[b] if each is not None else []:
                shapes.append(frame.box(np.clip(box, 0, SIZE), KINDS[label]))
    size = (3 * cell + gap, 34 + len(shown.pictures) * cell)
    words = f"Rectangles of three classes in {len(shown.pictures)} pictures of {SIZE} px, cells of {STRIDE} px: as labelled (dashed beside), "
    return document(Picture("detector", "The tiny detector", words + "and as found before and after the training.", size, tuple(shapes)))
