"""Scenes: one image with its cells, anchor points, ground truths and predictions, and whose each anchor is."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence, Tuple

import numpy as np

from conformance.ops.assigner import legal_sets as legal
from conformance.ops import made_of
from conformance.ops.assigner.legal_scenes import scenes
from conformance.paper.markup import Markup, joined, tag
from conformance.ops.overlaps.picture import aligned
from conformance.ops.subject import Subject
from conformance.paper.marks import Frame, corners, framed, legend, mark, picture, short, words
from conformance.judging.rounding import EVERY_PRECISION, Rounded
from conformance.cases.case import Case
from refimpl.alignment import edge_distance

TOLD = 8
"""Anchors told of in words at most."""

CROWD = 8
"""An anchor that more boxes than these may claim or leave is not looked at closer: some are always open."""

PREDICTIONS = 3
"""Predicted boxes drawn at most."""

MEANINGS = (
    ("ring", "assigned by the reference"),
    ("cross", "assigned by the candidate"),
    ("square", "legal either way: rounding or a tie decides"),
)


def assignment(subject: Subject, key: str) -> Markup:
    """Who owns each anchor of an image: to the reference, to the candidate, and where either is legal."""
    case, b = subject.case, subject.image
    expected, got = (_owners(answer, b) for answer in (subject.expected, subject.got))
    free = _legal(case, b, subject.dtype)
    marks = {"ring": np.flatnonzero(expected >= 0), "cross": np.flatnonzero(got >= 0), "square": np.flatnonzero(free)}
    return _image(key, case, b, marks, _owned(case, b, expected, got, free, bool(subject.got)), MEANINGS)


def whole(subject: Subject, key: str) -> Markup | None:
    """The assignment that a detection loss rests on, as the reference makes it."""
    case = subject.case
    stages = dict(made_of.whole("detection_loss").stages(case, made_of.of_reference(case.dialect)))
    assigning = Case.of(case.dialect, stages["assign"])
    if not assigning.gt_bboxes.shape[0]:
        return None
    answer = made_of.of_reference(case.dialect)("assign", *assigning.arguments.values())
    b = int(np.asarray(assigning.mask_gt).reshape(len(assigning.mask_gt), -1).sum(1).argmax())
    owners = _owners(answer._asdict(), b)
    lines = _owned(assigning, b, owners, owners, np.zeros(len(owners), bool), False)
    return _image(key, assigning, b, {"ring": np.flatnonzero(owners >= 0)}, lines, MEANINGS[:1])


def candidates(subject: Subject, key: str) -> Markup | None:
    """The anchors inside one box."""
    case = subject.case
    rows = np.argwhere(np.asarray(case.mask_gt)[..., 0])
    if not len(rows):
        return None
    b, g = subject.index[:2] if len(subject.index) > 1 else rows[0]
    precision = EVERY_PRECISION[subject.dtype]
    distance = edge_distance(
        Rounded(case.anchor_points, precision), Rounded(case.gt_bboxes[b, g], precision), dialect=case.dialect
    )
    free = (distance.lo <= case.dialect.inside_eps) & (case.dialect.inside_eps < distance.hi)
    inside = {name: np.asarray(answer["inside"])[b, g] for name, answer in _both(subject) if "inside" in answer}
    marks = {name: np.flatnonzero(x) for name, x in inside.items()} | {"square": np.flatnonzero(free)}
    meanings = [(name, words.replace("assigned by", "inside, says")) for name, words in MEANINGS]
    lines = [
        f"anchor {a} at {_place(case, a)}: {short(distance.value[a])} px from the nearest edge"
        for a in np.flatnonzero(inside["ring"] != inside.get("cross", inside["ring"]))[:TOLD]
    ]
    return _image(key, case, b, marks, lines, meanings, only=g)


def _both(subject: Subject) -> Tuple[Tuple[str, Dict[str, Any]], ...]:
    return ("ring", subject.expected), ("cross", subject.got)


def _owners(answer: Dict[str, Any], b: int) -> np.ndarray:
    """The owner (A,) of each anchor, −1 for background; none if the answer does not say."""
    if "fg_mask" not in answer or "target_gt_idx" not in answer:
        return np.zeros(0)
    return np.where(np.asarray(answer["fg_mask"])[b] == 1, np.asarray(answer["target_gt_idx"])[b], -1)


def _legal(case: Case, b: int, dtype: str) -> np.ndarray:
    """Whether more than one owner of an anchor (A,) is legal, looked at alone."""
    _, images = scenes(*case.rounded(EVERY_PRECISION[dtype]).values(), dialect=case.dialect)
    allowed = legal.claims(images[b])
    free = (allowed.may & ~allowed.must).sum(axis=0) > CROWD
    owners = range(-1, len(images[b].valid))
    for a in np.flatnonzero(~free):
        free[a] = sum(legal.misplaced(images[b], allowed, a, owner) is None for owner in owners) > 1
    return free


def _owned(case: Case, b: int, expected: np.ndarray, got: np.ndarray, free: np.ndarray, told: bool) -> List[str]:
    """Sentences about the anchors that differ, or, without an answer, about those that are assigned."""
    chosen = np.flatnonzero(expected != got) if told and len(got) else np.flatnonzero(expected >= 0)
    lines = []
    for a in chosen[:TOLD]:
        said = f", got {_name(got[a])}" if told and len(got) else ""
        lines.append(f"anchor {a} at {_place(case, a)}: {_name(expected[a])}{said}{'; either is legal' if free[a] else ''}")
    lines += [] if len(chosen) or told else ["no anchor is assigned"]
    return lines + [f"and {len(chosen) - TOLD} anchors more"] * (len(chosen) > TOLD)


def _name(owner: Any) -> str:
    return "background" if owner < 0 else f"gt {int(owner)}"


def _place(case: Case, a: int) -> str:
    return f"({', '.join(map(short, case.anchor_points[a]))})"


def _image(
    key: str, case: Case, b: int, marks: Dict[str, np.ndarray], lines: Sequence[str], meanings: Any, only: int | None = None
) -> Markup:
    """One image in px. `marks` : the anchors of each mark. `only` : the ground truth to draw, None for all."""
    points = np.asarray(case.anchor_points, float)
    rows = [g for g in np.flatnonzero(np.asarray(case.mask_gt)[b, :, 0]) if only is None or g == only]
    marked = np.unique(np.concatenate([*marks.values()])).astype(int)
    boxes = case.arguments.get("pd_bboxes")
    predicted = [] if boxes is None else list(marked[:PREDICTIONS])
    cells = _cells(points, case.dialect.strides)
    shown = [points, corners(case.gt_bboxes[b, rows]), *(corners(boxes[b, [a]]) for a in predicted), corners(cells)]
    frame, tall = framed(np.concatenate(shown))
    drawn = [_grid(frame, cells), frame.dots(points)]
    drawn += [frame.box(boxes[b, a], "predicted") for a in predicted]
    drawn += [frame.box(case.gt_bboxes[b, g], "box", _titled(case, b, g), i % 2 == 1) for i, g in enumerate(rows)]
    drawn += [mark(name, frame.at(*points[a])) for name, anchors in marks.items() for a in anchors]
    entries = [("box", "ground truth"), *([("predicted", "prediction of an anchor that is marked")] if predicted else [])]
    entries += [("dot", "anchor point"), *(entry for entry in meanings if len(marks.get(entry[0], ())))]
    legends, below = legend(tall, *entries)
    lines = [*(f"image {b}" for _ in range(len(case.gt_bboxes) > 1)), *lines]
    text, end = words(tall + below, lines)
    told = "; ".join([f"{len(points)} anchors, {len(rows)} ground truths", *lines])
    return picture(f"{key}-scene", "The scene", told, tall + below + end, *drawn, legends, text)


def _titled(case: Case, b: int, g: int) -> str:
    labels = case.arguments.get("gt_labels")
    return f"gt {g}" + ("" if labels is None else f", class {int(labels[b, g, 0])}")


def _cells(points: np.ndarray, strides: Sequence[int]) -> np.ndarray:
    """The cells (N, 4) of the anchors that lie at the middle of one of the finest level they fit."""
    found = []
    for stride in strides:
        fits = np.isclose((points / stride) % 1, 0.5).all(axis=1)
        if fits.any() and not found:
            found.append(np.concatenate([points[fits] - stride / 2, points[fits] + stride / 2], axis=1))
    return found[0] if found else np.zeros((0, 4))


def _grid(frame: Frame, cells: np.ndarray) -> Markup:
    """The outlines of cells, in one path."""
    outlines = []
    for x1, y1, x2, y2 in cells:
        (left, top), (right, bottom) = frame.at(x1, y1), frame.at(x2, y2)
        outlines.append(f"M{left:.1f} {top:.1f}H{right:.1f}V{bottom:.1f}H{left:.1f}z")
    return tag("path", d="".join(outlines), class_="grid") if outlines else joined()


PICTURES = {"candidates_in_gts": (candidates,), "alignment_metric": (aligned,), "assign": (assignment,)}
