"""Worked example of the whole loss."""

from __future__ import annotations

import numpy as np

import refimpl
from conformance.paper.markdown import number, numbers, table
from conformance.ops.example import Cycle, Example, agreed, example
from conformance.ops.losses.worked import SMALL
from conformance.paper.svg import Frame, Picture
from refimpl.detection import image_loss_sums, recipe
from refimpl.door import behind_the_door

BATCH, SIDE = 2, 3
TARGETS = np.array([[0, 1, 0.5, 0.5, 0.75, 0.5]])
DRAWN = Cycle(7, 23, 11, 8)
MAPS = [DRAWN.values(BATCH, 4 * SMALL.reg_max + SMALL.num_classes, SIDE, SIDE)]
NAMES = ("box", "cls", "dfl")


def detection_loss() -> Example:
    """Two images, one of them empty."""
    total, components = refimpl.detection_loss(MAPS, TARGETS, dialect=SMALL)
    images, sums = [], []

    def losses(_, image):
        images.append(image)
        sums.append(image_loss_sums(*image, dialect=SMALL))
        return sums[-1]

    with behind_the_door():
        recipe(MAPS, TARGETS, losses, dialect=SMALL)
    scores = [float(image.assigned.target_scores.sum()) for image in images]
    s = max(sum(scores), 1)
    gains = np.array([SMALL.box_gain, SMALL.cls_gain, SMALL.dfl_gain])
    agreed("detection_loss", [*(sum(sums) / s * gains), BATCH * (sum(sums) / s * gains).sum()], [*components, total])
    rows = [
        (name, *(number(x[i]) for x in sums), number(sum(sums)[i] / s), number(gains[i]), number(components[i]))
        for i, name in enumerate(NAMES)
    ]
    positives = [int(image.assigned.fg_mask.sum()) for image in images]
    words = (
        f"B = {len(images)}, one map of {SIDE} × {SIDE} cells at stride {SMALL.strides[0]}, {SMALL.num_classes} "
        f"classes, R = {SMALL.reg_max}, k = {SMALL.topk}. The map, (B, 4R + C, H, W), holds {DRAWN}; `targets` is one "
        f"row, {numbers(TARGETS)}, a box in image 0. Its {positives[0]} positives have target scores that sum to "
        f"{number(sum(scores))}, so S = max({number(sum(scores))}, 1) = {number(s)}. Image 1 is empty: it has "
        f"{positives[1]} positives, and costs its classification loss alone."
    )
    headings = ("", "image 0", "image 1", "sum / S", "gain", "component")
    ends = f"The components sum to {number(components.sum())}; times B, the total is {number(total)}."
    gradient = refimpl.detection_loss_vjp(MAPS, TARGETS, 1.0, dialect=SMALL)[0]
    learning = (
        f"Gradient of the total by class logit 1 of image 1, in the first row of cells: {numbers(gradient[1, 17, 0])}."
    )
    return example(_picture(components, float(total)), words, table(headings, rows), ends, learning)


def _picture(components: np.ndarray, total: float) -> Picture:
    """A bar for each component, and one for the total."""
    shapes, reach = [], 380 / total
    values = (*zip((*NAMES, "Σ", "B · Σ"), (*components, components.sum(), total), ("a", "b", "c", "off", "off")),)
    for row, (name, value, kind) in enumerate(values):
        frame = Frame(70, 20 + 34 * row, reach, 24)
        shapes += [frame.box((0, 0, value, 1), kind), frame.label((0, 0.5), name, (-8, 5), kind="end")]
        shapes += [frame.label((value, 0.5), number(value), (8, 5))]
    described = "Bars of the three components, of their sum, and of the sum times two images: the total."
    return Picture("detection_loss", "What the total is made of", described, (540, 195), tuple(shapes))


WORKED = {"detection_loss": detection_loss}
