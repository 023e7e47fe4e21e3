"""Worked example of the loss of two heads."""

from __future__ import annotations

import numpy as np

import refimpl
from conformance.ops.example import Cycle, Example, agreed, example
from conformance.ops.losses.worked import SMALL
from conformance.paper.markdown import number, table
from conformance.paper.svg import Frame, Picture
from refimpl.end_to_end import branch_weights, of_one_to_one

SIDE, EPOCHS, EPOCH = 3, 101, 50
TARGETS = np.array([[0, 1, 0.5, 0.5, 0.75, 0.5]])
DRAWN = Cycle(7, 23, 11, 8), Cycle(5, 19, 9, 8)
MANY, ONE = ([drawn.values(1, 4 * SMALL.reg_max + SMALL.num_classes, SIDE, SIDE)] for drawn in DRAWN)


def end_to_end_loss() -> Example:
    """One image, half-way through a training."""
    total, components = refimpl.end_to_end_loss(MANY, ONE, TARGETS, EPOCH, EPOCHS, dialect=SMALL)
    losses = [
        refimpl.detection_loss(maps, TARGETS, dialect=dialect)
        for maps, dialect in ((MANY, SMALL), (ONE, of_one_to_one(SMALL)))
    ]
    shares = 0.7 * (1 - EPOCH / (EPOCHS - 1)) + 0.1, 0.9 - 0.7 * (1 - EPOCH / (EPOCHS - 1))
    agreed("end_to_end_loss", [sum(w * x.total for w, x in zip(shares, losses)), *losses[1].components], [total, *components])
    words = (
        f"One map of {SIDE} × {SIDE} cells for each head, {SMALL.num_classes} classes, R = {SMALL.reg_max}. The map of the "
        f"one-to-many head holds {DRAWN[0]}, that of the other {DRAWN[1]}; one labelled box. Epoch {EPOCH} of {EPOCHS}: the weights "
        f"are 0.7 · (1 − {EPOCH} / {EPOCHS - 1}) + 0.1 = {number(shares[0])} and {number(shares[1])}."
    )
    rows = [
        (name, claims, number(loss.total), number(share), number(share * loss.total))
        for name, claims, loss, share in zip(("one-to-many", "one-to-one"), (f"{SMALL.topk}", "7, keeps 1"), losses, shares)
    ]
    ends = f"The total is {number(total)}; the components shown are those of the one-to-one head."
    return example(_picture(), words, table(("head", "claims of a box", "loss", "weight", "weighted"), rows), ends)


def _picture() -> Picture:
    """The two weights over the epochs."""
    frame = Frame(50, 150, 260 / (EPOCHS - 1), -120)
    shapes = [frame.line((0, 0), (EPOCHS - 1, 0)), frame.line((0, 0), (0, 1))]
    for index, (kind, name) in enumerate((("a", "one-to-many"), ("b", "one-to-one"))):
        curve = [(e, float(branch_weights(e, EPOCHS)[index])) for e in (0, EPOCHS - 1)]
        shapes += [frame.curve(curve, kind), frame.label(curve[1], name, (8, 5), kind="small")]
        shapes += [frame.label(curve[0], number(curve[0][1]), (-30, 5), kind="small")]
    shapes += [frame.label((0, 0), "first epoch", (0, 18), kind="small"), frame.label((EPOCHS - 1, 0), "last", (0, 18), kind="small end")]
    described = "The weight of the one-to-many head falls from 0.8 to 0.1 in a straight line; that of the other rises from 0.2 to 0.9."
    return Picture("end_to_end_loss", "The one-to-one head takes over", described, (400, 185), tuple(shapes))


WORKED = {"end_to_end_loss": end_to_end_loss}
