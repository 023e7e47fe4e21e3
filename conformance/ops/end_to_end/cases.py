"""Batches with the maps of two heads, at some epoch of a training."""

from __future__ import annotations

import dataclasses
from typing import Any, Callable, List, Sequence, Tuple

import numpy as np
from hypothesis import strategies as st

from conformance.cases.boxes import level_shapes
from conformance.cases.case import Case, Cases, also_asked_before
from conformance.cases.draws import composite, in_precision, possible_in, realness, served_with
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

EQUAL = "equal anchors"

UNCLAIMED = "a box keeps an anchor it did not claim"

_FITTING = {event: {"reg_max": lambda r: r == 1 or r > CLAIMS} for event in (*LOST, EQUAL, UNCLAIMED)}
_FITTING[UNCLAIMED]["owner_among"] = lambda among: among != "claimants"


def _foregrounds(case: Case, **fields: Any) -> int:
    """How many anchors learn a box in the one-to-one head, with these fields."""
    one = head(case, 1)
    return int(assigned(one.under(dataclasses.replace(one.dialect, **fields))).fg_mask.sum())


def _telling(lost: int) -> Callable[[Case], bool]:
    """Whether it shows that a box claims one more than are lost, or that it claims no more than are."""
    other = CLAIMS + 1 if lost == CLAIMS else lost
    return lambda case: _foregrounds(case) != _foregrounds(case, topk=other)


def _of_one_head(event: str) -> Callable[[Case], bool]:
    return lambda case: BATCHES.events[event](head(case, 1))


def _at(occurs: Callable[[int, int], bool]) -> Callable[[Case], bool]:
    return lambda case: occurs(case.epoch, case.epochs)


EVENTS = {
    **{event: _of_one_head(event) for event in OF_ONE_HEAD},
    **{event: _at(occurs) for event, (occurs, _) in EPOCHS.items()},
    **{event: _telling(lost) for event, lost in LOST.items()},
    UNCLAIMED: lambda c: _foregrounds(c) > _foregrounds(c, owner_among="claimants"),
    EQUAL: lambda c: c.one_to_one[0][0, 0].size == CLAIMS and np.ptp(c.one_to_one[0][0, 4 * c.dialect.reg_max]) == 0,
}


@composite
def _pairs(draw: Any, event: str, precision: Precision, served: Sequence[Dialect]) -> Case:
    if event in _FITTING:
        dialect = draw(st.sampled_from(served_with(served, **_FITTING[event])), label="dialect")
        if event in LOST:
            one, targets = _lost(LOST[event], dialect, precision)
        else:
            one, targets = (_equal if event == EQUAL else _unclaimed)(dialect, precision)
        many = _equal(dialect, precision, 1 / 8)[0] if event == EQUAL else [level[..., ::-1].copy() for level in one]
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
    shapes, inset = level_shapes(SIDE, SIDE, dialect), (0.125, 0.425)
    outer, inner = (_distances((x, x, SIDE - x, SIDE - x), shapes, dialect) for x in inset)
    sure = np.zeros(len(outer), bool)
    sure[SIDE + 1 : SIDE + 5] = sure[2 * SIDE + 1 : 2 * SIDE + 1 + lost - 4] = True
    scores = np.where(sure, 1, -5) + np.arange(len(sure)) / np.where(sure, 8, 128)
    targets = [[0, 0, 0.5, 0.5, side, side] for side in (1 - 2 * x / SIDE for x in inset)]
    return _maps(np.where(sure[:, np.newaxis], inner, outer), scores, shapes, dialect, precision), in_precision(targets, precision)


def _unclaimed(dialect: Dialect, precision: Precision) -> Tuple[List[np.ndarray], np.ndarray]:
    """The maps of a head and the labelled boxes of an image: two small ones that share an anchor, and one around both.

    The anchors of the small boxes see nearly these, and are the surest, so that the outer box claims them alone, and loses
    them. The shared one, which both small boxes claim, sees the outer box and is its own.
    """
    shapes = level_shapes(SIDE, SIDE, dialect)
    outer, *small = boxes = np.array([[0.4, 0.4, 4.6, 5.6], [0.6, 0.6, 2.9, 3.9], [2.1, 3.1, 4.4, 5.4]])
    x, y = np.meshgrid(np.arange(SIDE) + 0.5, np.arange(SIDE) + 0.5)
    first, second = (((x > x1) & (x < x2) & (y > y1) & (y < y2)).ravel() for x1, y1, x2, y2 in small)
    distance = _distances(outer, shapes, dialect)
    scores = -16 + np.arange(len(distance)) / 128
    scores[np.flatnonzero(first & second)] = -14
    for box, alone in zip(small, (first & ~second, second & ~first)):
        cells = np.flatnonzero(alone)
        distance[cells] = _distances(0.7 * box + 0.3 * outer, shapes, dialect)[cells]
        scores[cells] = 1 + cells / 8
    targets = [[0, 0, *(box[:2] + box[2:]) / 2 / SIDE, *(box[2:] - box[:2]) / SIDE] for box in boxes]
    return _maps(distance, scores, shapes, dialect, precision), in_precision(targets, precision)


def _equal(dialect: Dialect, precision: Precision, apart: float = 0) -> Tuple[List[np.ndarray], np.ndarray]:
    """The maps of a head and the one labelled box of an image of as many anchors as it may claim, all equally good.

    Parameters
    ----------
    apart : by how much each class logit is more than the one before
    """
    shapes = level_shapes(1, CLAIMS, dialect)
    distance = _distances((0, 0, CLAIMS, 1), shapes, dialect)
    place = np.arange(len(distance))
    scores = np.where(place < CLAIMS, 1 + apart * place, -9 - apart * place)
    return _maps(distance, scores, shapes, dialect, precision), np.array([[0, 0, 0.5, 0.5, 1, 1]])


def _distances(box: Sequence[float], shapes: Sequence[Tuple[int, int]], dialect: Dialect) -> np.ndarray:
    """ltrb (A, 4), cells, of each anchor to a box (4,), xyxy in cells of the first map."""
    points, stride = make_anchors(shapes, dialect=dialect)
    cells = dialect.strides[0] / stride
    return np.concatenate([points - cells * box[:2], cells * box[2:] - points], axis=1)


def _maps(
    distance: np.ndarray, scores: np.ndarray, shapes: Sequence[Tuple[int, int]], dialect: Dialect, precision: Precision
) -> List[np.ndarray]:
    """The maps of one image whose anchors see boxes at these distances, and whose logits of the first class are these."""
    bins = decoding_to(distance, None, dialect).reshape(len(distance), -1)
    logits = np.full((len(distance), dialect.num_classes), -12.0)
    logits[:, 0] = scores
    return levels_of(in_precision(np.concatenate([bins, logits], axis=1), precision)[np.newaxis], shapes)


PAIRS = also_asked_before(
    Cases(EVENTS, _pairs, possible_in(_FITTING), few=frozenset({*EPOCHS, *_FITTING})),
    lambda c: {**{name: [1 - level for level in c.arguments[name]] for name in HEADS}, "epochs": c.epochs + 1},
)

CASES = {"end_to_end_loss": PAIRS}
