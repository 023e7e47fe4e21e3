"""Candidates that remember: they answer as they did when they were first asked for as many pairs."""

from types import SimpleNamespace

import refimpl

_FIRST = {}


def by_module(dialect):
    """One memory for all instances, for as long as the process lives."""

    def iou(boxes1, boxes2):
        return _FIRST.setdefault((boxes1.shape, boxes1.dtype), refimpl.iou(boxes1, boxes2, dialect=dialect))

    return SimpleNamespace(iou=iou)
