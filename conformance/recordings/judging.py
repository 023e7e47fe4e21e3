"""Judge a recorded step: each image by the decisions that its own gradient shows, each number by a derived bound."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, List, NamedTuple, Tuple

import numpy as np

from conformance.judging.judge import Undecided
from conformance.judging.rounding import Rounded
from conformance.judging.verdicts import BREAKS, CONFORMS, UNDECIDED
from conformance.ops.assigner.legal_sets import TooManyToDecide
from conformance.ops.assigner.replay import owned
from conformance.recordings import classes, inputs, totals
from conformance.recordings.boxes import Slopes, slopes, sums
from conformance.recordings.files import Recording
from conformance.recordings.findings import Finding, Judgement, Tally, judgement
from conformance.recordings.force import Force, differences, in_force, scores_sum, weighted
from conformance.recordings.owners import Owned, assignments, narrowed, open_owners
from conformance.recordings.scene import Look, look
from conformance.recordings.step import JUDGED, Step, fitted, laid_out
from refimpl import YOLOV8, Dialect

STRANGE = 0.02
"""Share of anchors that may learn a class and no box before the class gradient itself is called wrong."""


DECIDED = (
    "owner_among", "owner_by", "owner_above", "claim_above", "at_least_one", "range_limit", "inside_edges", "normalised_over",
    "score_of", "outside_metric",
)  # fmt: skip
"""Decisions of the assigner of which the legal sets know YOLOV8's alone."""


class Image(NamedTuple):
    """An image under judgement: its look, its open owners, rows of the look that learn, each with each open owner, and
    what its bins are to learn."""

    seen: Look
    shown: classes.Scores
    open: Owned
    rows: List[int]
    owners: List[int]
    slopes: Slopes | None


def judge(recording: Recording, dialect: Dialect) -> Judgement:
    """All that there is to say of a step.

    Parameters
    ----------
    dialect : by which; its strides, bins and classes are those of the recording
    """
    facts = recording.facts
    dialect = fitted(dialect, recording.maps, facts["strides"], facts["reg_max"])
    wrong = inputs.faults(recording.maps, recording.targets, dialect)
    noted = [Finding("inputs", UNDECIDED, fault.text) for fault in wrong]
    if any(fault.fatal for fault in wrong):
        return judgement(noted, {}, [])
    broken = _not_finite(recording)
    if broken:
        return judgement([*broken, *noted], {}, [])
    if facts["dtype"] not in JUDGED:
        words = f"maps are {facts['dtype']}: a whole loss cannot be decided in half precision; every number is finite"
        return judgement([Finding("half precision", UNDECIDED, words)], {}, [])
    unable = _not_judged(dialect, facts["branch"])
    if unable:
        return judgement([Finding("dialect", UNDECIDED, unable), *noted], {}, [])
    if np.ptp(recording.cotangent) > 0:
        words = f"the components are pulled by different amounts: cotangent {np.ravel(recording.cotangent).tolist()}"
        return judgement([Finding("cotangent", UNDECIDED, words), *noted], {}, [])
    found = _judged(laid_out(recording, dialect))
    return _told_first(found, noted)


def _told_first(found: Judgement, noted: List[Finding]) -> Judgement:
    """What is wrong with the inputs is the likely cause of a break, and said before it; without one it does no harm."""
    if found.verdict == BREAKS:
        noted = [note._replace(verdict=BREAKS) for note in noted]
    else:
        noted = [note._replace(verdict=CONFORMS) for note in noted]
    return judgement([*noted, *found.findings], found.gains, found.owners)


def _not_judged(dialect: Dialect, branch: str) -> str:
    """Why a step of this dialect cannot be judged, "" if it can."""
    if dialect.cls_loss != "bce":
        return f"the class gradient of {dialect.cls_loss} does not show the target scores: no witness of the assignment"
    others = [field for field in DECIDED if getattr(dialect, field) != getattr(YOLOV8, field)]
    if others:
        return f"whole assignments of {dialect.name} cannot be judged yet: {', '.join(others)}"
    if branch == "one_to_one" or dialect.topk2 is not None:
        return "the one-to-one branch keeps its topk2 best after conflicts: its claims cannot be seen in the gradient"
    return ""


def _not_finite(recording: Recording) -> List[Finding]:
    """Numbers of the answer that are not finite, though those given are."""
    named = {"total": recording.total, "cotangent": recording.cotangent}
    named.update({f"gradients[{i}]": gradient for i, gradient in enumerate(recording.gradients)})
    for name, array in named.items():
        bad = ~np.isfinite(array)
        if bad.any():
            place = ", ".join(map(str, np.argwhere(bad)[0])) if np.ndim(array) else ""
            image = int(np.argwhere(bad)[0][0]) if np.ndim(array) == 4 else -1
            text = f"{name}[{place}] is {np.asarray(array)[bad].flat[0]}, though maps and labels are finite; {int(bad.sum())} are so"
            return [Finding("finite", BREAKS, text, image=image)]
    return []


def _judged(step: Step) -> Judgement:
    factor = classes.factor(step)
    findings: List[Finding] = []
    images: List[Image | None] = []
    weights: List[Rounded] = []
    background = Tally("class gradient of the background", "DET-2g")
    for b in range(step.images):
        shown = classes.scores(step, b, factor)
        strange = shown.shown.any(axis=1) & ~(step.gradients[b, : step.bins] != 0).any(axis=0)
        if strange.mean() > STRANGE:
            images.append(None)
            findings.append(_strange(step, b, factor, strange, shown))
            continue
        background.count(shown.z.size - int(shown.shown.sum()), shown.worst)
        image, found = _looked_at(step, b, shown)
        images.append(image)
        findings += found
        weights.append(_weights(step, b, shown, np.flatnonzero(_learns(step, b, shown))))
    good = [image for image in images if image is not None]
    total = scores_sum(weights, step.dialect) if weights else Rounded(1.0, step.precision)
    whole = len(weights) == step.images
    force = in_force(step, factor, total, [x for x in map(lambda i: _single(step, i), good) if x])
    words, gains = differences(step, force) if whole else ([], {})
    as_asked = _with_gains(step, force, images, step.dialect)
    uneven = [] if factor.even or not whole else [Finding("class weights", BREAKS, weighted(step, force), "DET-2")]
    rest = [*uneven, *findings, background.finding()]
    if words:
        changed = step._replace(dialect=replace(step.dialect, **gains))
        as_found = _with_gains(changed, force, images, step.dialect)
        if _breaks(as_found) < _breaks(as_asked):
            told = [Finding("gains and S in force", BREAKS, word, "DET-4") for word in words]
            return as_found._replace(findings=judgement([*told, *rest, *as_found.findings], {}, []).findings)
    told = [Finding("gains and S in force", CONFORMS, _gains(force))] if whole and not words else []
    return as_asked._replace(findings=judgement([*told, *rest, *as_asked.findings], {}, []).findings)


def _breaks(found: Judgement) -> int:
    """How many findings break: other gains are in force only if they explain more than they add."""
    return sum(finding.verdict == BREAKS for finding in found.findings)


def _gains(force: Force) -> str:
    told = [f"{name} {gain:.5g}" for name, gain in zip(("box", "cls", "dfl"), force.gains) if np.isfinite(gain)]
    return f"{', '.join(told)}, S {float(force.scores_sum.value):.6g}"


def _strange(step: Step, b: int, factor: classes.Factor, strange: np.ndarray, shown: classes.Scores) -> Finding:
    anchor = int(np.flatnonzero(strange)[0])
    c = int(np.flatnonzero(shown.shown[anchor])[0])
    text = f"image {b}: {int(strange.sum())} anchors learn no box, and their classes not K·σ(x); anchor {anchor}, class {c}"
    got, k = float(step.gradients[b, step.bins + c, anchor]), float(factor.value[c])
    expected = k * float(classes.sigmoid(step.maps[b, step.bins + c, anchor].astype(np.float64)))
    return Finding("class gradient", BREAKS, f"{text}: expected {expected:.6g}, got {got:.6g}", "DET-2g", b, np.inf)


def _looked_at(step: Step, b: int, shown: classes.Scores) -> Tuple[Image | None, List[Finding]]:
    """The image with its open owners; None with a finding if there is no saying, or an anchor has none."""
    try:
        seen = look(step, b, shown)
    except Undecided:
        return None, [Finding("assignment", UNDECIDED, f"image {b}: an anchor lies on the edge of a box, to rounding", image=b)]
    found = open_owners(seen, shown)
    pairs = [(i, g) for i, options in enumerate(found.options) for g in options if g >= 0 and seen.learns[i]]
    rows, owners = [i for i, _ in pairs], [g for _, g in pairs]
    of_rows = slopes(step, seen, rows, owners, _weights(step, b, shown, seen.part[rows])) if rows else None
    image = Image(seen, shown, found, rows, owners, of_rows)
    if not found.illegal:
        return image, []
    first = found.illegal[0]
    more = f"; {len(found.illegal)} anchors of the image are so" if len(found.illegal) > 1 else ""
    anchors = tuple((one.anchor, one.legal) for one in found.illegal)
    return image, [Finding("assignment", BREAKS, f"image {b}: {first.text}{more}", first.clause, b, np.inf, anchors=anchors)]


def _learns(step: Step, b: int, shown: classes.Scores) -> np.ndarray:
    """Whether an anchor (A,) of image b learns a box or a class."""
    return (step.gradients[b, : step.bins] != 0).any(axis=0) | shown.shown.any(axis=1)


def _weights(step: Step, b: int, shown: classes.Scores, at: np.ndarray) -> Rounded:
    """The target scores of some anchors, as seen; between 0 and what rounding hides where none is."""
    z, some, error = shown.z[at].sum(axis=1), shown.shown[at].any(axis=1), shown.error(at)
    hidden = error.max(axis=1, initial=0) / 2
    error = np.where(shown.shown[at], error, 0).sum(axis=1)
    return Rounded(np.where(some, z, hidden), step.precision, np.where(some, error, hidden))


def _single(step: Step, image: Image) -> Tuple[Slopes, np.ndarray] | None:
    """Slopes of anchors with one open owner, and what their bins learn."""
    count = np.bincount(image.rows, minlength=1) if image.rows else np.zeros(1, int)
    alone = np.flatnonzero([count[i] == 1 for i in image.rows])
    if image.slopes is None or not len(alone):
        return None
    got = step.gradients[image.seen.image, : step.bins][:, image.seen.part[np.array(image.rows)[alone]]].T
    return image.slopes.of(alone), got.astype(np.float64)


def _with_gains(step: Step, force: Force, images: List[Any], asked: Dialect) -> Judgement:
    """Judge scores, bins, components and total by the gains of the step; components by those `asked` for, where they fit."""
    findings: List[Finding] = []
    scale = step.cotangent * step.batch / force.scores_sum
    scores, bins = Tally("target scores", "TAL-7"), Tally("gradient of the bins", "DET-1g")
    owners: List[Any] = [None] * step.images
    total: List[Rounded] | None = []
    for image in images:
        chosen, found = (None, []) if image is None or image.open.illegal else _chosen(step, scale, image)
        findings += found
        if chosen is None:
            total = None
            continue
        owner, of_chosen = chosen
        seen = image.seen
        owners[seen.image] = np.full(step.maps.shape[2], -1)
        owners[seen.image][seen.part] = owner
        scores.add(*_scores(step, image, owner), seen.image, lambda at, s=seen: f"learner {at[0]}")
        if of_chosen is not None:
            rows = np.flatnonzero(owner >= 0)
            whole = scale * of_chosen[0].whole(step.dialect)
            got = step.gradients[seen.image, : step.bins][:, seen.part[rows]].T.astype(np.float64)
            place = lambda at, s=seen, r=rows: f"anchor {s.part[r[at[0]]]}, {inputs.channel_name(at[1], step.dialect)}"  # noqa: E731
            bins.add(got, whole.value, whole.error, seen.image, place)
        if total is not None and of_chosen is not None:
            total.append(of_chosen[1])
    findings += [scores.finding(), bins.finding()]
    undecided = all(owner is None for owner in owners)
    findings += [] if undecided else totals.judged(step, force, images, total, asked)
    gains = {name: float(gain) for name, gain in zip(("box", "cls", "dfl"), force.gains)}
    return judgement(findings, {**gains, "S": float(force.scores_sum.value)}, owners)


def _chosen(step: Step, scale: Rounded, image: Image) -> Tuple[Any, List[Finding]]:
    """The assignment that explains scores and bins best, what its bins are to learn, and its sums (box, dfl)."""
    seen, b = image.seen, image.seen.image
    places: Dict[Tuple[int, int], int] = {pair: n for n, pair in enumerate(zip(image.rows, image.owners))}

    def explains(rows: List[int], owners: List[int]) -> np.ndarray:
        at = [places[pair] for pair in zip(rows, owners)]
        whole = scale * image.slopes.of(at).whole(step.dialect)
        got = step.gradients[b, : step.bins][:, seen.part[rows]].T
        return (np.abs(got - whole.value) <= whole.error).all(axis=1)

    try:
        legal = assignments(seen, narrowed(seen, image.open.options, explains))
    except TooManyToDecide:
        return None, [Finding("assignment", UNDECIDED, f"image {b}: too many assignments are legal to try them all", image=b)]
    if not legal:
        words = f"image {b}: no claims of exactly {step.dialect.topk} anchors for each box explain who learns what"
        return None, [Finding("assignment", BREAKS, words, "TAL-4", b, np.inf)]
    wrong = []
    for owner in legal:
        got, expected, error = _scores(step, image, owner)
        wrong.append(int((~(np.abs(got - expected) <= error)).sum()))
        if not wrong[-1]:
            break
    owner = legal[int(np.argmin(wrong))]
    rows = np.flatnonzero(owner >= 0)
    if not len(rows):
        return (owner, None), []
    known, told = _weights(step, seen.image, image.shown, seen.part[rows]), _target_scores(step, image, owner)[rows].sum(axis=1)
    sharper = told.error < known.error
    value, error = (np.where(sharper, getattr(told, x), getattr(known, x)) for x in ("value", "error"))
    weights = Rounded(value, step.precision, error)
    at = [places[i, int(owner[i])] for i in rows]
    return (owner, (image.slopes.of(at).weighing(weights), sums(step, seen, rows, owner[rows], weights))), []


def _target_scores(step: Step, image: Image, owner: np.ndarray) -> Rounded:
    """The target scores (n, C) of an assignment."""
    return owned(image.seen.alignment, owner, image.seen.gt, slice(0, 1), step.dialect).target_scores[0]


def _scores(step: Step, image: Image, owner: np.ndarray) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores as seen, those of an assignment, and how far apart they may be, wherever either is not 0."""
    shown, part, expected = image.shown, image.seen.part, _target_scores(step, image, owner)
    at = (expected.value != 0) | shown.shown[part]
    return shown.z[part][at], expected.value[at], (expected.error + shown.error(part))[at]
