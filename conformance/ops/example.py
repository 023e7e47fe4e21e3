"""What a worked example is."""

from __future__ import annotations

from typing import NamedTuple, Sequence

import numpy as np

from conformance.paper import markdown
from conformance.paper.svg import Picture


class Example(NamedTuple):
    """text in Markdown, and its picture."""

    text: str
    picture: Picture


class Cycle(NamedTuple):
    """Numbers that look drawn and can be made by hand: (factor · i mod period − shift) / divisor for i = 0, 1, …"""

    factor: int
    period: int
    shift: int
    divisor: int

    def values(self, *shape: int) -> np.ndarray:
        """As many as the shape holds."""
        i = np.arange(np.prod(shape))
        return ((i * self.factor % self.period - self.shift) / self.divisor).reshape(shape)

    def __str__(self) -> str:
        return f"({self.factor}·i mod {self.period} − {self.shift}) / {self.divisor} for i = 0, 1, 2 and so on"


class Disagrees(Exception):
    """The steps of a worked example do not lead to what the reference answers."""


def example(picture: Picture, *parts: str) -> Example:
    """An example: what goes in and the steps, above its picture."""
    return Example(markdown.blocks(*parts, markdown.shown(picture)).rstrip(), picture)


def agreed(what: str, steps: Sequence[float], answer: Sequence[float]) -> None:
    """Hold the steps against the reference.

    Raises
    ------
    Disagrees
        If they differ in a digit that is printed.
    """
    if markdown.numbers(steps) != markdown.numbers(answer):
        raise Disagrees(f"{what}: the steps give {markdown.numbers(steps)}, the reference {markdown.numbers(answer)}")
