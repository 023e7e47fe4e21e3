"""Images under judgement: what each shows, which owners it leaves open, and which assignment explains it best."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Tuple

import numpy as np

from conformance.judging.finding import Undecided
from conformance.judging.rounding import Rounded
from conformance.judging.verdicts import BREAKS, UNDECIDED
from conformance.ops.assigner.legal_assignments import Decided
from conformance.ops.assigner.legal_sets import TooManyToDecide
from conformance.ops.assigner.legal_scenes import owned
from conformance.recordings import classes
from conformance.recordings.assignments import assignments, with_claims
from conformance.recordings.boxes import Slopes, slopes, sums
from conformance.recordings.findings import Finding
from conformance.recordings.owners import Owned, giving_up, narrowed, open_owners
from conformance.recordings.scene import Look, look
from conformance.recordings.step import Step


class Image(NamedTuple):
    """An image under judgement: its look, its open owners, rows of the look that learn, each with each open owner, and
    what its bins are to learn."""

    seen: Look
    shown: classes.Scores
    open: Owned
    rows: List[int]
    owners: List[int]
    slopes: Slopes | None


def looked_at(step: Step, b: int, shown: classes.Scores) -> Tuple[Image | None, List[Finding]]:
    """The image with its open owners; None with a finding if there is no saying, or an anchor has none."""
    try:
        seen = look(step, b, shown)
    except TooManyToDecide:
        return None, [Finding("assignment", UNDECIDED, f"image {b}: whether a box claims any anchor cannot be said", image=b)]
    except Undecided:
        return None, [Finding("assignment", UNDECIDED, f"image {b}: an anchor lies on the edge of a box, to rounding", image=b)]
    seen = giving_up(seen, shown)
    found = open_owners(seen, shown)
    pairs = [(i, g) for i, options in enumerate(found.options) for g in options if g >= 0 and seen.learns[i]]
    rows, owners = [i for i, _ in pairs], [g for _, g in pairs]
    of_rows = slopes(step, seen, rows, owners, weights_seen(step, b, shown, seen.part[rows])) if rows else None
    image = Image(seen, shown, found, rows, owners, of_rows)
    if not found.illegal:
        return image, []
    first = found.illegal[0]
    more = f"; {len(found.illegal)} anchors of the image are so" if len(found.illegal) > 1 else ""
    anchors = tuple((one.anchor, one.legal) for one in found.illegal)
    return image, [Finding("assignment", BREAKS, f"image {b}: {first.text}{more}", first.clause, b, np.inf, anchors=anchors)]


def learns(step: Step, b: int, shown: classes.Scores) -> np.ndarray:
    """Whether an anchor (A,) of image b learns a box or a class."""
    return (step.gradients[b, : step.bins] != 0).any(axis=0) | shown.shown.any(axis=1)


def weights_seen(step: Step, b: int, shown: classes.Scores, at: np.ndarray) -> Rounded:
    """The target scores of some anchors, as seen; between 0 and what rounding hides where none is."""
    z, some, error = shown.z[at].sum(axis=1), shown.shown[at].any(axis=1), shown.error(at)
    hidden = error.max(axis=1, initial=0) / 2
    error = np.where(shown.shown[at], error, 0).sum(axis=1)
    return Rounded(np.where(some, z, hidden), step.precision, np.where(some, error, hidden))


def settled(step: Step, image: Image) -> Tuple[Slopes, np.ndarray] | None:
    """Slopes of anchors with one open owner, and what their bins learn."""
    count = np.bincount(image.rows, minlength=1) if image.rows else np.zeros(1, int)
    alone = np.flatnonzero([count[i] == 1 for i in image.rows])
    if image.slopes is None or not len(alone):
        return None
    got = step.gradients[image.seen.image, : step.bins][:, image.seen.part[np.array(image.rows)[alone]]].T
    return image.slopes.of(alone), got.astype(np.float64)


def chosen_owners(step: Step, scale: Rounded, image: Image) -> Tuple[Any, List[Finding]]:
    """The assignment that explains scores and bins best, what its bins are to learn, and its sums (box, dfl)."""
    seen, b = image.seen, image.seen.image
    places: Dict[Tuple[int, int], int] = {pair: n for n, pair in enumerate(zip(image.rows, image.owners))}

    def explains(rows: List[int], owners: List[int]) -> np.ndarray:
        at = [places[pair] for pair in zip(rows, owners)]
        whole = scale * image.slopes.of(at).whole(step.dialect)
        got = step.gradients[b, : step.bins][:, seen.part[rows]].T
        return (np.abs(got - whole.value) <= whole.error).all(axis=1)

    try:
        legal = with_claims(seen, assignments(seen, narrowed(seen, image.open.options, explains)))
    except TooManyToDecide:
        return None, [Finding("assignment", UNDECIDED, f"image {b}: too many assignments are legal to try them all", image=b)]
    if not legal:
        words = f"image {b}: no claims of exactly {step.dialect.topk} anchors for each box explain who learns what"
        return None, [Finding("assignment", BREAKS, words, "TAL-4", b, np.inf)]
    wrong = []
    for one in legal:
        got, expected, error = scores_of(step, image, one)
        wrong.append(int((~(np.abs(got - expected) <= error)).sum()))
        if not wrong[-1]:
            break
    best = legal[int(np.argmin(wrong))]
    rows = np.flatnonzero(seen.learns)
    if not len(rows):
        return (best, None), []
    known, told = weights_seen(step, seen.image, image.shown, seen.part[rows]), _target_scores(step, image, best)[rows].sum(axis=1)
    sharper = told.error < known.error
    value, error = (np.where(sharper, getattr(told, x), getattr(known, x)) for x in ("value", "error"))
    weights = Rounded(value, step.precision, error)
    at = [places[i, int(best.owner[i])] for i in rows]
    return (best, (image.slopes.of(at).weighing(weights), sums(step, seen, rows, best.owner[rows], weights))), []


def _target_scores(step: Step, image: Image, chosen: Decided) -> Rounded:
    """The target scores (n, C) of an assignment."""
    seen = image.seen
    return owned(seen.alignment, chosen.owner, seen.gt, slice(0, 1), step.dialect, chosen.claimed).target_scores[0]


def scores_of(step: Step, image: Image, chosen: Decided) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores as seen, those of an assignment, and how far apart they may be, wherever either is not 0."""
    shown, part, expected = image.shown, image.seen.part, _target_scores(step, image, chosen)
    at = (expected.value != 0) | shown.shown[part]
    return shown.z[part][at], expected.value[at], (expected.error + shown.error(part))[at]
