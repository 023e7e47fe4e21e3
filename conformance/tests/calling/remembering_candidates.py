"""Candidates that remember, and one that seems to: what it answers hangs on where its arguments lie."""

from types import SimpleNamespace

import refimpl

_FIRST = {}


def by_module(dialect):
    """One memory for all instances, for as long as the process lives: the first answer for as many pairs."""

    def iou(boxes1, boxes2):
        return _FIRST.setdefault((boxes1.shape, boxes1.dtype), refimpl.iou(boxes1, boxes2, dialect=dialect))

    return SimpleNamespace(iou=iou)


def by_layout(dialect):
    """Reads boxes in the order in which they lie, which is another where they are transposed."""

    def iou(boxes1, boxes2):
        return refimpl.iou(*(boxes.ravel(order="K").reshape(boxes.shape) for boxes in (boxes1, boxes2)), dialect=dialect)

    return SimpleNamespace(iou=iou)
