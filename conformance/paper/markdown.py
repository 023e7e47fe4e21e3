"""Markdown: tables, links, folded parts, and numbers that print alike on every machine."""

from __future__ import annotations

from typing import Iterable, List, Sequence

import numpy as np

from conformance.paper.svg import Picture

CLOSE = 1e-9
"""Relative: how far two machines may differ in a number that is printed. exp, log and arctan differ by an ulp."""


def number(value: float, digits: int = 4) -> str:
    """A number to at least so many significant digits, more where a neighbour within `CLOSE` would print otherwise."""
    value = float(value) + 0.0
    if value == round(value) and abs(value) < 1e6:
        return _minus(f"{value:.0f}")
    for more in range(digits, 13):
        low, text, high = (f"{value * (1 + sign * CLOSE):.{more}g}" for sign in (-1, 0, 1))
        if low == text == high:
            return _minus(text)
    raise ValueError(f"number: expected one that prints alike on every machine, got {value!r}")


def numbers(values: Iterable[float], digits: int = 4) -> str:
    """Numbers between brackets."""
    return f"({', '.join(number(value, digits) for value in np.ravel(values))})"


def listed(mask: np.ndarray) -> str:
    """The indices a mask holds, runs of three or more written with an ellipsis: 3 … 5, 9."""
    runs: List[List[int]] = []
    for a in np.flatnonzero(mask):
        if runs and a == runs[-1][-1] + 1:
            runs[-1].append(int(a))
        else:
            runs.append([int(a)])
    return ", ".join(f"{run[0]} … {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def joined(words: Sequence[str], last: str = "and") -> str:
    """`a, b and c`."""
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _minus(text: str) -> str:
    return text.replace("-", "−") if "e" not in text else text.replace("-", "−", text.startswith("-"))


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar in a cell is written so that it does not end the cell."""
    lines = (headings, ("---",) * len(headings), *rows)
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |" for cells in lines)


def shown(picture: Picture) -> str:
    """A picture with its title for those who cannot see it, and below it, for all, what it shows."""
    return f"![{picture.title}](pictures/{picture.name}.svg)\n\n*{picture.description}*"


def folded(summary: str, body: str) -> str:
    """A part that opens on a click."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def block(lines: Iterable[str]) -> str:
    """Lines as they stand."""
    return "```\n" + "\n".join(lines) + "\n```"


def blocks(*parts: str) -> str:
    """Parts with an empty line between them, those that are empty left out; ends with a line break."""
    return "\n\n".join(part for part in parts if part) + "\n"
