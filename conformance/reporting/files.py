"""The files of a report, each written whole or not at all."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, Callable, Dict

from conformance.reporting.badge import badge
from conformance.reporting.junit import junit
from conformance.reporting.page import page
from conformance.reporting.summary import summary

_LIST = re.compile(r"\[\n\s+([^\[\]{}]*?)\n\s+\]")


def text(value: Any) -> str:
    """JSON for people and for diffs: a list of numbers or words stands on one line."""
    # No string of JSON holds a line break, so that only the layout is matched.
    return _LIST.sub(lambda m: "[" + re.sub(r"\n\s+", " ", m[1]) + "]", json.dumps(value, indent=2)) + "\n"


FILES: Dict[str, Callable[[Dict[str, Any]], str]] = {
    "report.json": text,
    "junit.xml": junit,
    "badge.json": lambda run: text(badge(run)),
    "summary.md": summary,
    "report.html": page,
}
"""What is written of a run, by name; the record, of which all others are made, comes first."""


class NoFolder(OSError):
    """There can be no folder of that name."""


def folder(path: Path) -> None:
    """Make the folder if there is none.

    Raises
    ------
    NoFolder
        If it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NoFolder(f"report: expected a folder, there or to be made, got {str(path)!r}: {error.strerror}") from error


def write(folder: Path, run: Dict[str, Any]) -> None:
    """Write all files of a report on a run, the record as `record.whole` makes it."""
    for name, make in FILES.items():
        write_whole(folder / name, make(run))


def write_whole(path: Path, content: str) -> None:
    """Write a file whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(content, encoding="utf-8")
    os.replace(partial, path)
