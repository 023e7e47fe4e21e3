"""What of a dialect an implementation does not take as a parameter."""

from __future__ import annotations

from typing import Any


def built_in(dialect: Any, **values: Any) -> None:
    """Refuse a dialect that has another value where the implementation has one built in.

    Asked for what it does not serve, an adapter raises; the suite then draws within what it serves, and says so.
    Fewer anchors than claims, at which the top-k of most frameworks raises, are refused too, unless their field is given.

    >>> from types import SimpleNamespace
    >>> built_in(SimpleNamespace(iou_eps=1e-6), iou_eps=1e-7)
    Traceback (most recent call last):
        ...
    NotImplementedError: iou_eps must be 1e-07, got 1e-06

    Raises
    ------
    NotImplementedError
        If a field has another value; a field that the dialect lacks has none.
    """
    for field, value in {"fewer_anchors_than_topk": False, **values}.items():
        if getattr(dialect, field, value) != value:
            raise NotImplementedError(f"{field} must be {value}, got {getattr(dialect, field)}")
