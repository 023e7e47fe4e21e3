"""Markup that escapes by construction: text becomes markup only through `tag`, so no candidate can write tags of its own."""

from __future__ import annotations

import html
import re
from typing import Any

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What neither XML nor HTML can hold."""


class Markup(str):
    """Text that is markup already."""


def plain(text: Any) -> str:
    """The text without characters that no document can hold; each becomes a replacement character."""
    return _FORBIDDEN.sub("\ufffd", str(text))


def escaped(content: Any) -> Markup:
    """Content as markup: what is markup stays as it is, anything else is text."""
    return content if isinstance(content, Markup) else Markup(html.escape(plain(content)))


def joined(*children: Any) -> Markup:
    """Children one after the other, None left out."""
    return Markup("".join(escaped(child) for child in children if child is not None))


def tag(name: str, /, *children: Any, **attributes: Any) -> Markup:
    """An element.

    Parameters
    ----------
    children : markup, or text to be escaped; None is left out
    attributes : `class_` is class, `aria_label` is aria-label; None and False are left out, True has no value
    """
    written = "".join(_attribute(key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items())
    inside = joined(*children)
    if not inside and name in _EMPTY:
        return Markup(f"<{name}{written}/>")
    return Markup(f"<{name}{written}>{inside}</{name}>")


_EMPTY = ("meta", "line", "rect", "circle", "path", "br")
"""Elements that need no end if they hold nothing."""


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, float):
        value = f"{value:.2f}".rstrip("0").rstrip(".")
    return f" {name}" if value is True else f' {name}="{html.escape(plain(value))}"'
