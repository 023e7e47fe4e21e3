"""Parts of pictures that several families share: boxes where they belong and where they are, and results in words."""

from __future__ import annotations

from typing import Any, Callable, List, Sequence

import numpy as np

from conformance.ops.subject import Subject
from conformance.paper.markup import Markup
from conformance.paper.marks import corners, framed, legend, picture, short, words

BOXES = 6
"""Boxes drawn at most."""

NUMBERS = 12
"""Numbers told at most of one result."""


def boxes_placed(
    result: str, title: str, given: Callable[[Any], Sequence[Any]] = lambda case: ()
) -> Callable[[Subject, str], Markup | None]:
    """Rows of boxes of a result: where the reference puts them, and where the candidate does.

    Parameters
    ----------
    result : name of a result (N, 4) or more columns, xyxy first
    given : of the case, boxes (N, 4) that are drawn behind
    """

    def drawing(subject: Subject, key: str) -> Markup | None:
        expected = np.asarray(subject.expected.get(result, np.zeros((0, 4))), float).reshape(
            -1, _width(subject, result)
        )
        got = np.asarray(subject.got.get(result, np.zeros((0, 4))), float)
        got = got.reshape(-1, got.shape[-1] if got.ndim else 4)
        first = max(min(subject.image, max(len(expected), 1) - 1) - BOXES + 1, 0)
        rows = slice(first, first + BOXES)
        behind = [box for box in given(subject.case) if np.isfinite(box).all()][:BOXES]
        names = [f"{result} {i}" for i in range(len(expected))][rows]
        told = [f"{name}: expected {numbers(box[:4])}" for name, box in zip(names, expected[rows])]
        told += [f"{name}: got {numbers(box[:4])}" for name, box in zip(names, got[rows])]
        return boxes_drawn(key, title, (behind, expected[rows, :4], got[rows, :4]), told)

    return drawing


def _width(subject: Subject, result: str) -> int:
    return np.shape(subject.expected.get(result, np.zeros((0, 4))))[-1]


def boxes_drawn(key: str, title: str, boxes: Sequence[Sequence[Any]], told: List[str]) -> Markup:
    """Boxes that were given, expected and got, with a legend and words below."""
    given, expected, got = boxes
    shown = [corners(x) for x in boxes if len(x)]
    frame, tall = framed(np.concatenate(shown) if shown else np.zeros((0, 2)), tallest=260)
    drawn: List[Any] = [frame.box(box, "enclosing") for box in given] + [frame.box(box, "ref") for box in expected]
    drawn += [frame.box(box, "got second") for box in got]
    entries = [("enclosing", "what was given")] * bool(len(given)) + [("ref", "where the reference puts it")]
    entries += [("got second", "where the candidate does")] * bool(len(got))
    return _finished(f"{key}-place", title, tall, drawn, entries, told or ["no boxes"])


def results_told(title: str, *plain: str) -> Callable[[Subject, str], Markup | None]:
    """What every result is and what it should be, in words; and those arguments that are no arrays.

    Parameters
    ----------
    plain : names of arguments to tell
    """

    def drawing(subject: Subject, key: str) -> Markup | None:
        told = [f"{name} {subject.case.arguments[name]}" for name in plain]
        for name, expected in subject.expected.items():
            told += [f"{name}: expected {_some(expected)}"]
            told += [f"{name}: got {_some(subject.got[name])}"] if name in subject.got else []
        return _finished(f"{key}-told", title, 0, [], [], told or ["the gradient was asked for"])

    return drawing


def _some(array: Any) -> str:
    """The first numbers of an array."""
    flat = np.ravel(array)
    return numbers(flat[:NUMBERS])[:-1] + (", …)" if len(flat) > NUMBERS else ")")


def numbers(values: Any) -> str:
    """Numbers between brackets, in few digits."""
    return f"({', '.join(map(short, np.ravel(values)))})"


def _finished(key: str, title: str, tall: float, drawn: List[Any], entries: Any, told: List[str]) -> Markup:
    legends, below = legend(tall, *entries) if entries else ("", 0)
    text, end = words(tall + below, told)
    return picture(key, title, "; ".join(told), tall + below + end, *drawn, legends, text)
