"""Findings: what was judged of a step, and what came of it."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Tuple

import numpy as np

from conformance.judging.judge import WIDEST
from conformance.judging.verdicts import BREAKS, CONFORMS, UNDECIDED


GAINS, WEIGHTS = IN_FORCE = ("gains and S in force", "class weights")
"""What is judged of the factors of the losses: they do not touch the rest."""

SCORES, BINS = "target scores", "gradient of the bins"
"""What is judged of the anchors that learn a box."""

CLASSES = "class gradient"
"""What is judged where classes learn what no target scores explain."""


class Finding(NamedTuple):
    """One thing that was judged.

    Attributes
    ----------
    what : in words.
    verdict : CONFORMS, BREAKS or UNDECIDED.
    text : of a break, what was expected and what came; else how many values were judged.
    clause : that it breaks, "" for none.
    image : −1 for the whole batch.
    worst : largest error / bound.
    values, undecided : numbers judged, and those whose bound is too wide to say.
    anchors : (anchor, legal owners) of the image that are wrong.
    """

    what: str
    verdict: str
    text: str = ""
    clause: str = ""
    image: int = -1
    worst: float = 0.0
    values: int = 0
    undecided: int = 0
    anchors: Tuple[Tuple[int, Tuple[int, ...]], ...] = ()

    @property
    def words(self) -> str:
        """The text, and before it of what, where it tells of numbers."""
        return f"{self.what}: {self.text}" if self.values else self.text


class Judgement(NamedTuple):
    """All findings of one step, the gravest first; gains in force by name; owners by image, None where there are none; Σ of
    the target scores, NaN where it is not known."""

    findings: List[Finding]
    gains: Dict[str, float]
    owners: List[Any]
    scores: float = np.nan

    @property
    def verdict(self) -> str:
        """The gravest verdict of all."""
        seen = {finding.verdict for finding in self.findings}
        return next((v for v in (BREAKS, UNDECIDED) if v in seen), CONFORMS)

    @property
    def first(self) -> Finding | None:
        """The gravest finding, None if all conforms."""
        return next((f for f in self.findings if f.verdict == self.verdict), None) if self.verdict != CONFORMS else None


def judgement(findings: List[Finding], gains: Dict[str, float], owners: List[Any]) -> Judgement:
    """Findings in the order of their gravity, else as they come."""
    order = (BREAKS, UNDECIDED, CONFORMS)
    return Judgement(sorted(findings, key=lambda f: order.index(f.verdict)), gains, owners)


class Tally:
    """Many values of one kind, judged piece by piece."""

    def __init__(self, what: str, clause: str) -> None:
        self._what, self._clause = what, clause
        self._worst, self._of, self._wide, self._wrong, self._text, self._image = 0.0, 0, 0, 0, "", -1

    def add(self, got: np.ndarray, expected: np.ndarray, bound: np.ndarray, image: int, place: Any) -> None:
        """Judge values.

        Parameters
        ----------
        place : of an index, where the value stands, in words
        """
        off = np.abs(got - expected)
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.where(off == 0, 0, off / bound)
        bad = ~(off <= bound)
        span = np.abs(expected).max(initial=0)
        if bad.any() and not self._wrong:
            at = np.unravel_index(np.argmax(np.where(bad, ratio, -1)), off.shape)
            wanted = f"expected {expected[at]:.7g} ± {bound[at]:.2g}, got {got[at]:.7g}"
            self._text, self._image = f"image {image}, {place(tuple(map(int, at)))}: {wanted}", image
        self._worst = max(self._worst, float(ratio.max(initial=0)))
        self._of, self._wrong, self._wide = self._of + off.size, self._wrong + int(bad.sum()), self._wide + int(
            (bound > WIDEST * span).sum()
        )

    def count(self, values: int, worst: float) -> None:
        """Count values that are right."""
        self._of, self._worst = self._of + values, max(self._worst, worst)

    def finding(self) -> Finding:
        """What came of it."""
        if not self._wrong:
            return Finding(self._what, CONFORMS, f"{self._of} values", "", -1, self._worst, self._of, self._wide)
        text = f"{self._wrong} of {self._of} values are off; {self._text}"
        return Finding(self._what, BREAKS, text, self._clause, self._image, self._worst, self._of, self._wide)


def one(what: str, clause: str, got: float, expected: float, likely: float, sure: float) -> Finding:
    """A finding on one number: off by more than `likely`, it is undecided up to `sure`, which holds for any order of a sum."""
    off = abs(got - expected)
    verdict = CONFORMS if off <= likely else UNDECIDED if off <= sure else BREAKS
    text = f"expected {expected:.8g} ± {likely:.2g}, got {got:.8g}"
    return Finding(what, verdict, text, clause if verdict == BREAKS else "", -1, off / likely if likely else 0.0, 1)
