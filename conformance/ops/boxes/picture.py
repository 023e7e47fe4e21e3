"""Placement: points and boxes where the reference puts them, and where the candidate does."""

from __future__ import annotations

from typing import Any, List, Sequence, Tuple

import numpy as np

import refimpl
from conformance.paper.markup import Markup, tag
from conformance.ops.subject import Subject
from conformance.paper.marks import corners, cross, framed, legend, mark, picture, ring, short, words
from conformance.cases.protocol import OPS
from conformance.ops.losses.picture_bins import decoded as bins

BOXES = 6
"""Boxes of one image drawn at most."""


def anchors(subject: Subject, key: str) -> Markup | None:
    """The anchor points of the level that is wrong, in cells."""
    shapes = [tuple(map(int, shape)) for shape in subject.case.feature_shapes]
    ends = np.cumsum([h * w for h, w in shapes])
    level = min(int(np.searchsorted(ends, subject.image, side="right")), len(shapes) - 1)
    height, width = shapes[level]
    inside = slice(ends[level] - height * width, ends[level])
    expected, got = subject.expected["anchor_points"][inside], subject.got.get("anchor_points", np.zeros((0, 2)))[inside]
    frame, tall = framed(np.concatenate([[[0, 0], [width, height]], expected, got]), tallest=260)
    lines = [[(x, 0), (x, height)] for x in range(width + 1)] + [[(0, y), (width, y)] for y in range(height + 1)]
    path = "".join("M{:.1f} {:.1f}L{:.1f} {:.1f}".format(*frame.at(*a), *frame.at(*b)) for a, b in lines)
    drawn: List[Any] = [tag("path", d=path, class_="grid")]
    drawn += [ring(*frame.at(*point)) for point in expected] + [cross(*frame.at(*point)) for point in got]
    told = [f"level {level}: {height} rows of {width} cells, stride {subject.case.dialect.strides[level]} px"]
    first = [a for a in range(len(got)) if not np.array_equal(expected[a], got[a])][:4]
    told += [f"anchor {inside.start + a}: expected {_numbers(expected[a])}, got {_numbers(got[a])}" for a in first]
    return _finished(key, "The anchor points of a level", tall, drawn, [], told, bool(len(got)), ("ring", "cross"))


def decoded(subject: Subject, key: str) -> Markup | None:
    """The box of the anchor that is wrong, or whose gradient is, in cells."""
    boxes = subject.expected["boxes"] if subject.expected else _reference(subject)
    if not boxes.size:
        return None
    at = subject.index[:-1] if subject.index else (0,) * (boxes.ndim - 1)
    point = np.broadcast_to(subject.case.anchor_points, boxes.shape[:-1] + (2,))[at]
    names = (f"anchor {at[-1]} at {_numbers(point)}, in grid units", [f"box of anchor {at[-1]}"])
    return _boxes(key, names, [boxes[at]], _one(subject, "boxes", at), points=[point])


def measured(subject: Subject, key: str) -> Markup | None:
    """The distances from an anchor to the sides of a box, as the box they span."""
    if not subject.expected or not subject.expected["distance"].size:
        return None
    at = subject.index[:-1] if subject.index else (0,) * (subject.expected["distance"].ndim - 1)
    shape = subject.expected["distance"].shape[:-1]
    point = np.broadcast_to(subject.case.anchor_points, shape + (2,))[at]
    box = np.broadcast_to(subject.case.bboxes, shape + (4,))[at]
    sides = [[point[0] - d[0], point[1] - d[1], point[0] + d[2], point[1] + d[3]] for d in _both(subject, "distance", at)]
    names = (f"anchor {at[-1]} at {_numbers(point)}, box {_numbers(box)}, in grid units", ["distances"])
    return _boxes(key, names, sides[:1], sides[1:], points=[point], given=[box])


def padded(subject: Subject, key: str) -> Markup | None:
    """The labelled boxes of an image, px."""
    if not subject.expected["gt_bboxes"].size:
        return None
    expected, got = subject.expected["gt_bboxes"], subject.got.get("gt_bboxes")
    differs = [(subject.expected[name] != x).any(axis=(1, 2)) for name, x in subject.got.items()]
    b = int(np.any(differs, axis=0).argmax()) if differs else 0
    rows = np.flatnonzero(subject.expected["mask_gt"][b, :, 0])[:BOXES]
    height, width = subject.case.image_size
    names = (f"image {b} of {height} × {width} px (height × width)", [f"gt {g}" for g in rows])
    said = [
        f"{name}: expected {expected[at].ravel().tolist()}, got {subject.got[name][at].ravel().tolist()}"
        for name, at in (("gt_labels", b), ("mask_gt", b))
        for expected in [subject.expected[name]]
        if name in subject.got and not np.array_equal(expected[at], subject.got[name][at])
    ]
    placed = [] if got is None else got[b, rows]
    return _boxes(key, names, expected[b, rows], placed, given=[[0, 0, width, height]], said=said)


def _reference(subject: Subject) -> np.ndarray:
    """What the op itself returns where a gradient was asked for."""
    given = {name: subject.case.arguments[name] for name in OPS[subject.op].arguments}
    return getattr(refimpl, subject.op)(**given, dialect=subject.case.dialect)


def _both(subject: Subject, name: str, at: Tuple[int, ...]) -> List[np.ndarray]:
    return [subject.expected[name][at], *_one(subject, name, at)]


def _one(subject: Subject, name: str, at: Tuple[int, ...]) -> List[np.ndarray]:
    return [subject.got[name][at]] if name in subject.got else []


def _boxes(
    key: str,
    names: Tuple[str, List[str]],
    expected: Sequence[Any],
    got: Sequence[Any],
    points: Any = (),
    given: Any = (),
    said: Sequence[str] = (),
) -> Markup:
    """Boxes where they belong and where they are, over the points and boxes that were given; `said` stands below."""
    shown = np.concatenate([corners(x) for x in (expected, got, points, given) if len(x)])
    frame, tall = framed(shown, tallest=260)
    drawn: List[Any] = [frame.box(edges, "enclosing") for edges in given]
    drawn += [frame.box(edges, "ref", name) for edges, name in zip(expected, names[1])]
    drawn += [frame.box(edges, "got second") for edges in got] + [mark("dot", frame.at(*point)) for point in points]
    told = [names[0], *(f"{name}: expected {_numbers(edges)}" for edges, name in zip(expected, names[1]))]
    told += [f"{name}: got {_numbers(edges)}" for edges, name in zip(got, names[1])]
    told += said
    entries = [("enclosing", "what was given")] * bool(len(given)) + [("dot", "anchor point")] * bool(len(points))
    return _finished(key, "The boxes", tall, drawn, entries, told, bool(len(got)), ("ref", "got second"))


def _finished(
    key: str, title: str, tall: float, drawn: List[Any], entries: Any, told: List[str], answered: bool, marks: Tuple[str, str]
) -> Markup:
    """The drawing with its legend and its words below."""
    meanings = [*entries, (marks[0], "where the reference puts it"), *([(marks[1], "where the candidate does")] * answered)]
    legends, below = legend(tall, *meanings)
    text, end = words(tall + below, told)
    return picture(f"{key}-place", title, "; ".join(told), tall + below + end, *drawn, legends, text)


def _numbers(values: Any) -> str:
    return f"({', '.join(map(short, values))})"


PICTURES = {"dist2bbox": (decoded,), "bbox2dist": (measured,), "decode_boxes": (decoded, bins)}
