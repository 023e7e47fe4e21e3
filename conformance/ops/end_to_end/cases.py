"""Batches with the maps of two heads, at some epoch of a training."""

from __future__ import annotations

import dataclasses
from typing import Any, Callable, List, Sequence, Tuple

import numpy as np
from hypothesis import strategies as st

from conformance.cases.boxes import level_shapes
from conformance.cases.case import Case, Cases, also_asked_before
from conformance.cases.draws import in_precision, possible_in, realness, served_with
from conformance.cases.logits import decoding_to
from conformance.judging.rounding import Precision
from conformance.ops.end_to_end.heads import HEADS, head
from conformance.ops.head.cases import BATCHES, assigned, batches, feature_maps
from refimpl import Dialect, make_anchors
from refimpl.end_to_end import ONE_TO_ONE
from refimpl.maps import levels_of

CLAIMS = ONE_TO_ONE["topk"]

LONG = 5000
"""Epochs of a training at most."""

EPOCHS = {
    "first epoch": (lambda e, n: e == 0 and n > 1, st.integers(2, LONG).map(lambda n: (0, n))),
    "last epoch": (lambda e, n: e == n - 1 > 0, st.integers(2, LONG).map(lambda n: (n - 1, n))),
    "past the last epoch": (lambda e, n: e >= n > 1, st.integers(2, LONG).map(lambda n: (n + 7, n))),
    "one epoch": (lambda e, n: n == 1, st.integers(0, 2).map(lambda e: (e, 1))),
    "no epoch": (lambda e, n: n == 0, st.integers(0, 2).map(lambda e: (e, 0))),
}
"""Events of epoch e of n: whether they occur, and how (e, n) is drawn."""

BETWEEN = st.integers(3, LONG).flatmap(lambda n: st.tuples(st.integers(1, n - 2), st.just(n)))

LOST = {"7 anchors are lost": CLAIMS, "6 anchors are lost": CLAIMS - 1}
"""Events: that many, the best of a box, go to another box, so that it shows whether one more or one less is claimed."""

SIDE = 6
"""Of the image of a scene with lost anchors, in cells of its first map."""

OF_ONE_HEAD = ("lattice", "real", "several images", "no targets", "several boxes in an image", "saturated scores")
"""Events of the maps of one head that are drawn for both."""

_FITTING = {event: {"reg_max": lambda r: r == 1 or r > SIDE} for event in LOST}


def _foregrounds(case: Case, topk: int) -> int:
    """How many anchors learn a box in the one-to-one head, if a box claims so many."""
    one = head(case, 1)
    return int(assigned(one.under(dataclasses.replace(one.dialect, topk=topk))).fg_mask.sum())


def _telling(lost: int) -> Callable[[Case], bool]:
    """Whether it shows that a box claims one more than are lost, or that it claims no more than are."""
    other = CLAIMS + 1 if lost == CLAIMS else lost
    return lambda case: _foregrounds(case, CLAIMS) != _foregrounds(case, other)


def _of_one_head(event: str) -> Callable[[Case], bool]:
    return lambda case: BATCHES.events[event](head(case, 1))


def _at(occurs: Callable[[int, int], bool]) -> Callable[[Case], bool]:
    return lambda case: occurs(case.epoch, case.epochs)


EVENTS = {
    **{event: _of_one_head(event) for event in OF_ONE_HEAD},
    **{event: _at(occurs) for event, (occurs, _) in EPOCHS.items()},
    **{event: _telling(lost) for event, lost in LOST.items()},
}


@st.composite
def _pairs(draw: Any, event: str, precision: Precision, served: Sequence[Dialect]) -> Case:
    if event in LOST:
        dialect = draw(st.sampled_from(served_with(served, **_FITTING[event])), label="dialect")
        one, targets = _lost(LOST[event], dialect, precision)
        many = [level[..., ::-1].copy() for level in one]
    else:
        plain = event if event in OF_ONE_HEAD else "several boxes in an image"
        batch = draw(batches(plain, precision, served, CLAIMS))
        dialect, many, targets = batch.dialect, batch.feature_maps, batch.targets
        shapes, real = [level.shape[2:] for level in many], draw(realness(event), label="real")
        one = draw(feature_maps(plain, shapes, len(many[0]), targets, dialect, precision, real))
    epoch, epochs = draw(EPOCHS[event][1] if event in EPOCHS else BETWEEN, label="epoch")
    return Case.of(dialect, {**dict(zip(HEADS, (many, one))), "targets": targets, "epoch": epoch, "epochs": epochs})


def _lost(lost: int, dialect: Dialect, precision: Precision) -> Tuple[List[np.ndarray], np.ndarray]:
    """The maps of a head and the labelled boxes of an image, one in another: the inner has the surest anchors.

    Where they look, the inner box overlaps more, so it wins what the outer one claims; of all other anchors, which none is
    sure of, the outer box wins what it claims.
    """
    inset = np.array([0.125, 0.425])
    side = 1 - 2 * inset / SIDE
    targets = in_precision([[0, 0, 0.5, 0.5, s, s] for s in side], precision)
    shapes = level_shapes(SIDE, SIDE, dialect)
    points, stride = make_anchors(shapes, dialect=dialect)
    outer, inner = (np.concatenate([points - low, high - points], axis=1) for low, high in _edges(inset, stride, dialect))
    sure = np.zeros(len(points), bool)
    sure[SIDE + 1 : SIDE + 5] = sure[2 * SIDE + 1 : 2 * SIDE + 1 + lost - 4] = True
    bins = decoding_to(np.where(sure[:, np.newaxis], inner, outer), None, dialect).reshape(len(points), -1)
    scores = np.full((len(points), dialect.num_classes), -12.0)
    scores[:, 0] = np.where(sure, 1, -5) + np.arange(len(points)) / np.where(sure, 8, 128)
    return levels_of(in_precision(np.concatenate([bins, scores], axis=1), precision)[np.newaxis], shapes), targets


def _edges(inset: np.ndarray, stride: np.ndarray, dialect: Dialect) -> List[Tuple[np.ndarray, np.ndarray]]:
    """The low and the high edge of each box, in cells of each anchor."""
    first = dialect.strides[0]
    return [(x * first / stride, (SIDE - x) * first / stride) for x in inset]


PAIRS = also_asked_before(
    Cases(EVENTS, _pairs, possible_in(_FITTING), few=frozenset({*EPOCHS, *LOST})),
    lambda c: {**{name: [1 - level for level in c.arguments[name]] for name in HEADS}, "epochs": c.epochs + 1},
)

CASES = {"end_to_end_loss": PAIRS}
