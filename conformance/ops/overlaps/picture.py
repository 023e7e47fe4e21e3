"""Box pairs: intersection, union, enclosing box and centre distance of the two boxes an overlap is about."""

from __future__ import annotations

from typing import Any, List, Sequence, Tuple

import numpy as np

import refimpl
from conformance.paper.markup import Markup, joined, tag
from conformance.ops.subject import Subject
from conformance.paper.marks import Frame, corners, framed, legend, line, picture, short, words
from conformance.cases.case import Case


def pair(key: str, names: Tuple[str, str], boxes: Any, said: Sequence[str] = ()) -> Markup:
    """Two boxes (2, 4) xyxy, their measures below, and lines about them."""
    first, second = np.asarray(boxes, float)
    low, high = np.minimum(first[:2], second[:2]), np.maximum(first[2:], second[2:])
    enclosing = np.concatenate([low, high])
    shared = np.concatenate([np.maximum(first[:2], second[:2]), np.minimum(first[2:], second[2:])])
    frame, tall = framed(corners([first, second, enclosing]), tallest=240)
    drawn: List[Any] = [frame.box(shared, "shared")] if (shared[2:] > shared[:2]).all() else []
    drawn += [frame.box(enclosing, "enclosing"), frame.box(first, "box"), frame.box(second, "box second")]
    meanings = ("box", names[0]), ("box second", names[1]), ("enclosing", "enclosing box"), ("centres", "centre distance ρ")
    marks, below = legend(tall, *meanings)
    lines = [*_coordinates(names, (first, second)), *_measures(first, second, shared, low, high), *said]
    text, end = words(tall + below, lines)
    drawn += [_centres(frame, first, second), marks, text]
    return picture(f"{key}-pair", "The two boxes", "; ".join(lines), tall + below + end, *drawn)


def overlap(subject: Subject, key: str) -> Markup | None:
    """The pair of an overlap, or of its gradient, that is wrong."""
    if not len(subject.case.boxes1):
        return None
    row = min(subject.image, len(subject.case.boxes1) - 1)
    return pair(key, ("box 1", "box 2"), [subject.case.boxes1[row], subject.case.boxes2[row]])


def aligned(subject: Subject, key: str) -> Markup | None:
    """The ground truth and the prediction whose alignment is wrong."""
    case = subject.case
    if len(subject.index) != 3 and not np.asarray(case.mask).any():
        return None
    b, g, a = subject.index if len(subject.index) == 3 else np.argwhere(case.mask)[0]
    label = int(case.gt_labels[b, g, 0])
    said = [f"score of its class {label}: {short(case.pd_scores[b, a, label])} · mask: {bool(case.mask[b, g, a])}"]
    return pair(key, (f"gt {g}", f"prediction of anchor {a}"), [case.gt_bboxes[b, g], case.pd_bboxes[b, a]], said)


def learned(subject: Subject, key: str) -> Markup | None:
    """The target and the prediction of the heaviest foreground anchor of a box loss."""
    case, heaviest = subject.case, heaviest_anchor(subject.case)
    if heaviest is None:
        return None
    b, a = heaviest
    pred, target = case.pred_bboxes[b, a], case.target_bboxes[b, a]
    with np.errstate(all="ignore"):
        ciou = refimpl.ciou(pred[None], target[None], dialect=case.dialect)[0]
    count = int((np.asarray(case.fg_mask) == 1).sum())
    said = [
        f"CIoU {short(ciou)} · weight {short(case.target_scores[b, a].sum())} · S {short(case.target_scores_sum)}",
        f"the heaviest of {count} foreground anchors, in grid units" if count > 1 else "in grid units",
    ]
    return pair(key, (f"target of anchor {a}", "its prediction"), [target, pred], said)


def heaviest_anchor(case: Case) -> Tuple[int, int] | None:
    """Image and index of the foreground anchor with the largest weight; None without foreground."""
    foreground = np.asarray(case.fg_mask) == 1
    if not foreground.any():
        return None
    weight = np.where(foreground, case.target_scores.sum(-1), -np.inf)
    b, a = np.unravel_index(int(weight.argmax()), weight.shape)
    return int(b), int(a)


def _centres(frame: Frame, first: np.ndarray, second: np.ndarray) -> Markup:
    ends = [frame.at(*((edges[:2] + edges[2:]) / 2)) for edges in (first, second)]
    return joined(line(*ends, "centres"), *(tag("circle", cx=x, cy=y, r=2.5, class_="ink") for x, y in ends))


def _coordinates(names: Sequence[str], boxes: Sequence[np.ndarray]) -> List[str]:
    return [f"{name}: {', '.join(map(short, edges))}" for name, edges in zip(names, boxes)]


def _measures(first: np.ndarray, second: np.ndarray, shared: np.ndarray, low: np.ndarray, high: np.ndarray) -> List[str]:
    """The quantities of the formulas, without their epsilons."""
    (w1, h1), (w2, h2) = first[2:] - first[:2], second[2:] - second[:2]
    with np.errstate(all="ignore"):
        inner = np.maximum(shared[2:] - shared[:2], 0).prod()
        union = w1 * h1 + w2 * h2 - inner
        iou, v = inner / union, 4 / np.pi**2 * (np.arctan(w1 / h1) - np.arctan(w2 / h2)) ** 2
        # Identical boxes have no aspect to weigh: 0, where the formula without ε reads 0/0.
        alpha = v / (1 - iou + v) if v else 0.0
        apart = np.square((first[:2] + first[2:] - second[:2] - second[2:]) / 2).sum()
        enclosing, across = (high - low).prod(), np.square(high - low).sum()
    return [
        f"intersection {short(inner)} · union {short(union)} · IoU {short(iou)} · enclosing {short(enclosing)}",
        f"ρ² {short(apart)} · c² {short(across)} · v {short(v)} · α {short(alpha)}",
    ]


PICTURES = {op: (overlap,) for op in ("iou", "giou", "diou", "ciou")}
