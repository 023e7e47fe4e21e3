"""Messages: one line of JSON each, and what a reply must be before anything in it is believed."""

from __future__ import annotations

import json
import operator
from typing import Any, Dict

from conformance.calling.remote import schema
from refimpl import Dialect

VERSION = 1
"""Of the protocol."""

REPLIES = ("result", "unsupported", "error")
"""The types of what a program may answer."""

_LONGEST = 4000
"""Characters kept of a text that a program sends."""


class Misconduct(Exception):
    """The program did what the protocol does not allow, or nothing; what it says next cannot be trusted."""


def said(dialect: Dialect) -> Dict[str, Any]:
    """A dialect as a program is told of it."""
    return {**vars(dialect), **{name: getattr(dialect, name) for name in schema.FOLLOWING}}


def encoded(message: Dict[str, Any]) -> bytes:
    """One line; whole numbers of any kind are written as such."""
    return json.dumps(message, default=operator.index, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def check(line: bytes, kind: str) -> None:
    """Raise ValueError unless the schema allows a line of our own as a message of that kind."""
    found = schema.problem(kind, json.loads(line))
    if found:
        raise ValueError(f"{kind}: {found}")


def reply(line: bytes, request: Dict[str, Any]) -> Dict[str, Any]:
    """Read the reply to a request.

    Parameters
    ----------
    line : one line as it came
    request : what it answers, with its `type` and `id`

    Returns
    -------
    dict that the schema allows as an answer to `request`, its texts shortened to what can be printed

    Raises
    ------
    Misconduct
        If the line is no JSON, no reply, or the reply to another request.
    """
    try:
        message = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Misconduct(f"expected a line of JSON, got {shown(line)}: {error}") from error
    if not isinstance(message, dict) or message.get("type") not in REPLIES:
        raise Misconduct(f"expected an object whose type is one of {', '.join(REPLIES)}, got {shown(line)}")
    kind = "capabilities" if (message["type"], request["type"]) == ("result", "start") else message["type"]
    found = schema.problem(kind, message)
    if found:
        raise Misconduct(f"{kind}: {printable(found)} in {shown(line)}")
    if message["id"] != request["id"]:
        raise Misconduct(f"expected the reply to request {request['id']}, got {shown(line)}")
    return {name: printable(value) if isinstance(value, str) else value for name, value in message.items()}


def printable(text: str) -> str:
    """The text with what no terminal or file can take as ?, and not too long."""
    kept = text[:_LONGEST] + "…" * (len(text) > _LONGEST)
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in kept)


def shown(line: bytes, most: int = 120) -> str:
    """The beginning of a line, in quotes."""
    text = printable(line[:most].decode("utf-8", "replace").strip())
    return f"{text!r}" + "…" * (len(line) > most)
