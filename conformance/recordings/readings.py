"""Readings: maps and labels taken for something else than they are, under which a step that breaks conforms.

Each changes a recording into what the loss would have had to be given, had it read it rightly: axes and channels in another
order, boxes in another form, indices moved by one.
"""

from __future__ import annotations

import itertools
from typing import Callable, Iterator, List, NamedTuple, Sequence, Tuple

import numpy as np

from conformance.judging.verdicts import BREAKS, CONFORMS
from conformance.recordings import inputs
from conformance.recordings.files import Recording, shapes
from conformance.recordings.findings import IN_FORCE
from conformance.recordings.judging import judge
from conformance.recordings.likeness import likenesses
from conformance.recordings.search import TIED, only_in_force
from conformance.recordings.step import laid_out
from refimpl import Dialect

SIDES = "left", "top", "right", "bottom"

JUDGED = 2
"""Readings on which a verdict is asked for, the nearest first."""


class Reading(NamedTuple):
    """What is read for what, in words, and the recording that is meant then."""

    words: str
    meant: Callable[[Recording], Recording]


class Misread(NamedTuple):
    """A reading under which a step conforms, and what is in force besides."""

    words: str
    in_force: Tuple[str, ...]

    def __str__(self) -> str:
        return f"the step conforms if {self.words}{'; then ' * bool(self.in_force)}{'; '.join(self.in_force)}"


def misread(recording: Recording, dialect: Dialect, images: Sequence[int]) -> Misread | None:
    """The reading under which nothing but factors is left to accuse, None if there is none.

    Parameters
    ----------
    dialect : of the step, as `dialect_of` makes it
    images : to look at first
    """
    if not all(np.isfinite(gradient).all() for gradient in recording.gradients):
        return None
    meant = [(other.words, other.meant(recording)) for other in readings(recording, dialect)]
    far = [_far(one, dialect, images) for _, one in meant]
    nearest = [i for i in np.argsort(far, kind="stable")[:JUDGED] if far[i] <= TIED]
    for words, read in (meant[i] for i in nearest):
        found = judge(read, dialect)
        if sum(one <= TIED for one in far) > 1 and not any(owners is not None and (owners >= 0).any() for owners in found.owners):
            continue  # Where no box is left, they may have been read for anything that leaves none.
        if found.verdict == CONFORMS or (found.verdict == BREAKS and only_in_force(found)):
            return Misread(words, tuple(f.text for f in found.findings if f.verdict == BREAKS and f.what in IN_FORCE))
    return None


def _far(recording: Recording, dialect: Dialect, images: Sequence[int]) -> float:
    """How far the step is from the reference, 0 … 1; 1 where it cannot be computed."""
    if any(fault.fatal for fault in inputs.faults(recording.maps, recording.targets, dialect)):
        return 1.0
    return float(np.mean([seen.far(dialect) for seen in likenesses(laid_out(recording, dialect), images)]))


def readings(recording: Recording, dialect: Dialect) -> Iterator[Reading]:
    """All that are tried."""
    sizes = shapes(recording.maps)
    yield from _of_boxes(sizes[0][1] / sizes[0][0])
    yield from _of_indices(len(recording.maps[0]), dialect.num_classes)
    yield from _of_rows()
    yield from _of_channels(dialect)
    yield from _of_anchors(sizes)


def _of_boxes(aspect: float) -> Iterator[Reading]:
    """Boxes in another form. aspect: width over height of the image."""

    def boxes(words: str, change: Callable[..., List[np.ndarray]]) -> Reading:
        def meant(recording: Recording) -> Recording:
            rows = recording.targets.astype(np.float64)
            return recording._replace(targets=np.stack([rows[:, 0], rows[:, 1], *change(*rows[:, 2:].T)], axis=1))

        return Reading(words, meant)

    yield boxes("labels are read as x1, y1, x2, y2", _of_corners)
    yield boxes("labels are read as x1, y1, w, h", lambda x, y, w, h: [x + w / 2, y + h / 2, w, h])
    yield boxes("w and h of the labels are exchanged", lambda x, y, w, h: [x, y, h, w])
    yield boxes("x and y of the labels are exchanged, and w and h", lambda x, y, w, h: [y, x, h, w])
    if aspect != 1:
        yield boxes(
            "height and width of the image are exchanged", lambda x, y, w, h: [x / aspect, y * aspect, w / aspect, h * aspect]
        )


def _of_corners(x1: np.ndarray, y1: np.ndarray, x2: np.ndarray, y2: np.ndarray) -> List[np.ndarray]:
    """Centre and sides; where corners are exchanged there is no box, which holds no anchor."""
    return [(x1 + x2) / 2, (y1 + y2) / 2, np.maximum(x2 - x1, 0), np.maximum(y2 - y1, 0)]


def _of_indices(images: int, classes: int) -> Iterator[Reading]:
    """Images or classes of the labels that are off by one."""
    columns = (("image", 0, images), ("class", 1, classes))
    for (name, column, count), by in itertools.product(columns, (1, -1)):
        if count > 1:

            def meant(recording: Recording, column: int = column, by: int = by, count: int = count) -> Recording:
                rows = recording.targets.astype(np.float64)
                rows[:, column] = (rows[:, column] + by) % count
                return recording._replace(targets=rows[np.argsort(rows[:, 0], kind="stable")])

            yield Reading(f"a label of {name} i is taken for one of {name} i {'+' if by > 0 else '−'} 1", meant)


def _of_rows() -> Iterator[Reading]:
    """Labels that are left out: the first or the last of each image, or of those that have several, or of the batch."""

    def reading(which: str, of: str, end: int, most: int) -> Reading:
        def meant(recording: Recording) -> Recording:
            targets = recording.targets
            at = [np.flatnonzero(targets[:, 0] == image) for image in np.unique(targets[:, 0])] if "image" in of else [np.arange(len(targets))]
            return recording._replace(targets=np.delete(targets, [rows[end] for rows in at if len(rows) > most], axis=0))

        return Reading(f"the {which} label of {of} is left out", meant)

    for which, end in (("last", -1), ("first", 0)):
        yield reading(which, "each image", end, 0)
        yield reading(which, "each image that has several", end, 1)
    yield reading("last", "the batch", -1, 0)


def _of_channels(dialect: Dialect) -> Iterator[Reading]:
    """Channels in another order."""
    bins, classes = np.arange(4 * dialect.reg_max).reshape(4, -1), np.arange(dialect.num_classes) + 4 * dialect.reg_max

    def channels(words: str, order: np.ndarray) -> Reading:
        taken = lambda levels: [level[:, order] for level in levels]  # noqa: E731
        return Reading(words, lambda r: r._replace(maps=taken(r.maps), gradients=taken(r.gradients)))

    for sides in itertools.permutations(range(4)):
        if sides != (0, 1, 2, 3):
            words = f"the bins are read as {', '.join(SIDES[sides.index(i)] for i in range(4))}"
            yield channels(words, np.concatenate([bins[list(sides)].ravel(), classes]))
    if dialect.reg_max > 1:
        yield channels("bins are counted from the last", np.concatenate([bins[:, ::-1].ravel(), classes]))
        yield channels("the bins of a side lie four channels apart", np.concatenate([bins.ravel().reshape(-1, 4).T.ravel(), classes]))
    yield channels("class logits are read before the bins", np.roll(np.arange(classes[-1] + 1), -len(classes)))
    if len(classes) > 1:
        yield channels("classes are counted from the last", np.concatenate([bins.ravel(), classes[::-1]]))


def _of_anchors(sizes: Sequence[Tuple[int, int]]) -> Iterator[Reading]:
    """Cells in another order than that of the anchors."""
    ends = np.cumsum([0, *(h * w for h, w in sizes)])
    levels = [np.arange(start, end) for start, end in zip(ends[:-1], ends[1:])]

    def anchors(words: str, order: np.ndarray) -> Reading:
        return Reading(words, lambda r: r._replace(maps=_laid_out(r.maps, order), gradients=_laid_out(r.gradients, order)))

    turned = [level.reshape(h, w).T.ravel() for level, (h, w) in zip(levels, sizes)]
    yield anchors("maps are flattened x before y", np.concatenate(turned))
    yield anchors("maps are concatenated in reverse order of their strides", np.concatenate(levels[::-1]))


def _laid_out(maps: List[np.ndarray], order: np.ndarray) -> List[np.ndarray]:
    """Maps whose cells, counted over all levels, come in another order."""
    flat = np.concatenate([level.reshape(*level.shape[:2], -1) for level in maps], axis=-1)[..., order]
    ends = np.cumsum([level[0, 0].size for level in maps])[:-1]
    return [part.reshape(level.shape) for part, level in zip(np.split(flat, ends, axis=-1), maps)]
