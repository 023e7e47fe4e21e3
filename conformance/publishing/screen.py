"""Screens: the text of a run as a picture of the terminal it was printed on."""

from __future__ import annotations

import re
import textwrap
from typing import List

from conformance.paper.markup import Markup, joined, tag
from conformance.paper.marks import rectangle
from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR

COLUMNS = 96
"""Of the terminal; longer lines go on below."""

_LETTER, _LINE, _EDGE, _BAR = 8.0, 19, 18, 30

_STYLE = """
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre }
text { fill: #e6e4df }
.desk { fill: #17181b } .bar { fill: #25272b } .button { fill: #4a4d54 }
.command { fill: #8ecbff; font-weight: 600 } .right { fill: #7fd1a8 } .wrong { fill: #ff9486; font-weight: 700 }
.bug { fill: #ffc27a; font-weight: 600 }
"""

_CLASSES = {CONFORMS: "right", BREAKS: "wrong", ERROR: "wrong"}
_WORDS = re.compile("(" + "|".join(rf"\b{word}\b" for word in _CLASSES) + ")")


def screen(printed: str, title: str) -> str:
    """The document.

    Parameters
    ----------
    printed : what stands on the terminal, its command after `$ ` in the first line
    title : for those who cannot see it; the text itself is the description
    """
    lines = [part for whole in printed.strip("\n").splitlines() for part in _broken(whole)]
    width, height = 2 * _EDGE + COLUMNS * _LETTER, _BAR + 2 * _EDGE + _LINE * len(lines) - 6
    named = {"role": "img", "aria_labelledby": "title", "aria_describedby": "description"}
    size = {"viewBox": f"0 0 {width:.0f} {height}", "width": f"{width:.0f}", "height": height}
    parts: List[Markup] = [tag("title", title, id="title"), tag("desc", printed, id="description")]
    parts.append(tag("style", Markup(_STYLE)))
    parts += [tag("rect", width=width, height=x, rx=10, class_=kind) for x, kind in ((height, "desk"), (_BAR, "bar"))]
    parts.append(rectangle(0, _BAR - 10, width, 10, "bar"))
    parts += [tag("circle", cx=_EDGE + 4 + 20 * i, cy=_BAR / 2, r=5, class_="button") for i in range(3)]
    baseline = _BAR + _EDGE + 8
    parts += [_line(words, baseline + _LINE * i) for i, words in enumerate(lines)]
    return tag("svg", *parts, xmlns="http://www.w3.org/2000/svg", **size, **named) + "\n"


def _broken(line: str) -> List[str]:
    """A line as the lines it takes; what goes on below is indented further."""
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    return textwrap.wrap(line, COLUMNS, subsequent_indent=indent, drop_whitespace=True, replace_whitespace=False) or [""]


def _line(words: str, y: float) -> Markup:
    """One line; verdicts, the command and the name of the bug stand out."""
    kind = "command" if words.startswith("$ ") else "bug" if words.lstrip().startswith(("looks like:", "or:")) else None
    parts = [tag("tspan", part, class_=_CLASSES[part]) if part in _CLASSES else part for part in _WORDS.split(words)]
    return tag("text", joined(*parts), x=_EDGE, y=float(y), class_=kind, **{"xml:space": "preserve"})
