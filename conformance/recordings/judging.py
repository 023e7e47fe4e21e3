"""Judge a recorded step: each image by the decisions that its own gradient shows, each number by a derived bound."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, List

import numpy as np

from conformance.judging.rounding import Rounded
from conformance.judging.verdicts import BREAKS, CONFORMS, UNDECIDED
from conformance.recordings import classes, inputs, totals
from conformance.recordings.class_faults import no_boxes, no_factor, of_their_own, strange_classes
from conformance.recordings.files import Recording
from conformance.recordings.findings import BINS, GAINS, SCORES, WEIGHTS, Finding, Judgement, Tally, judgement
from conformance.recordings.force import Force, differences, in_force, of_all_ranks, scores_sum, weighted
from conformance.recordings.images import Image, chosen_owners, learns, looked_at, scores_of, settled, weights_seen
from conformance.recordings.step import JUDGED, Step, dialect_of, laid_out
from refimpl import Dialect

STRANGE = 0.02
"""Share of anchors that may learn a class and no box before the class gradient itself is called wrong."""


def judge(recording: Recording, dialect: Dialect, shared: float | None = None) -> Judgement:
    """All that there is to say of a step.

    Parameters
    ----------
    dialect : by which; its strides, bins and classes are those of the recording
    shared : Σ of the target scores over all ranks of a data-parallel step, by which one may divide instead of its own
    """
    facts = recording.facts
    dialect = dialect_of(recording, dialect)
    wrong = inputs.faults(recording.maps, recording.targets, dialect)
    noted = [Finding("inputs", UNDECIDED, fault.text) for fault in wrong]
    if facts.get("raised"):
        return judgement(_raised(facts["raised"], noted, any(fault.fatal for fault in wrong) or not dialect.any_target_order), {}, [])
    if any(fault.fatal for fault in wrong):
        return judgement(noted, {}, [])
    broken = _not_finite(recording)
    if broken:
        return judgement([*broken, *noted], {}, [])
    if facts["dtype"] not in JUDGED:
        words = f"maps are {facts['dtype']}: a whole loss cannot be decided in half precision; every number is finite"
        return judgement([Finding("half precision", UNDECIDED, words)], {}, [])
    if dialect.cls_loss != "bce":
        words = f"the class gradient of {dialect.cls_loss} does not show the target scores: no witness of the assignment"
        return judgement([Finding("dialect", UNDECIDED, words), *noted], {}, [])
    if not np.any(recording.cotangent):
        return judgement([Finding("cotangent", UNDECIDED, "the total is not pulled: its cotangent is 0"), *noted], {}, [])
    if np.ptp(recording.cotangent) > 0:
        words = f"the components are pulled by different amounts: cotangent {np.ravel(recording.cotangent).tolist()}"
        return judgement([Finding("cotangent", UNDECIDED, words), *noted], {}, [])
    found = _judged(laid_out(recording, dialect), shared)
    return _told_first(found, noted)


def _raised(error: str, noted: List[Finding], excused: bool) -> List[Finding]:
    """The loss raised: on what is wrong with the inputs, if something is; else nothing excuses it."""
    if noted and excused:
        return [noted[0]._replace(text=f"{noted[0].text}; the loss raised {error}"), *noted[1:]]
    return [Finding("loss", BREAKS, f"the loss raised {error}", "DET-4", worst=np.inf), *noted]


def _told_first(found: Judgement, noted: List[Finding]) -> Judgement:
    """What is wrong with the inputs is the likely cause of a break, and said before it; without one it does no harm."""
    if found.verdict == BREAKS:
        noted = [note._replace(verdict=BREAKS) for note in noted]
    else:
        noted = [note._replace(verdict=CONFORMS) for note in noted]
    return found._replace(findings=judgement([*noted, *found.findings], {}, []).findings)


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


def _judged(step: Step, shared: float | None) -> Judgement:
    factor = classes.factor(step)
    if not (factor.anchors and (factor.value * step.cotangent > 0).all()):
        return judgement([no_factor(step, factor)], {}, [])
    findings: List[Finding] = []
    images: List[Image | None] = []
    weights: List[Rounded] = []
    background = Tally("class gradient of the background", "DET-2g")
    for b in range(step.images):
        shown = classes.scores(step, b, factor)
        strange = shown.shown.any(axis=1) & ~(step.gradients[b, : step.bins] != 0).any(axis=0)
        if strange.mean() > STRANGE:
            apart = no_boxes(step) or of_their_own(classes.by_image(step)) or of_their_own(classes.by_level(step), "level")
            if apart:
                return judgement([apart], {}, [])
            images.append(None)
            findings.append(strange_classes(step, b, factor, strange, shown))
            continue
        background.count(shown.z.size - int(shown.shown.sum()), shown.worst)
        image, found = looked_at(step, b, shown)
        images.append(image)
        findings += found
        weights.append(weights_seen(step, b, shown, np.flatnonzero(learns(step, b, shown))))
    good = [image for image in images if image is not None]
    total = scores_sum(weights, step.dialect) if weights else Rounded(1.0, step.precision)
    whole = len(weights) == step.images
    learned = [x for x in map(lambda i: settled(step, i), good) if x]
    force, of_whom = in_force(step, factor, total, learned), ""
    words, gains = differences(step, force) if whole else ([], {})
    for other, whose in of_all_ranks(step, total, shared) if words else ():
        of_all = in_force(step, factor, other, learned)
        if not differences(step, of_all)[0]:
            force, of_whom, words = of_all, whose, []
            break
    as_asked = _with_gains(step, force, images, step.dialect)
    scores = float(sum(one.value.sum() for one in weights)) if whole else np.nan
    uneven = [] if factor.even or not whole else [Finding(WEIGHTS, BREAKS, weighted(step, force), "DET-2")]
    rest = [*uneven, *findings, background.finding()]
    if words:
        as_found = _with_gains(step._replace(dialect=replace(step.dialect, **gains)), force, images, step.dialect)
        told = _told_in_force(words, as_asked, as_found, rest)
        if told is not None:
            return told._replace(scores=scores)
    told = [Finding(GAINS, CONFORMS, _gains(force) + (of_whom or _alone(shared)))] if whole and not words else []
    return as_asked._replace(findings=judgement([*told, *rest, *as_asked.findings], {}, []).findings, scores=scores)


def _told_in_force(words: List[str], as_asked: Judgement, as_found: Judgement, rest: List[Finding]) -> Judgement | None:
    """What is in force as breaks, if it explains more than it adds, or nothing else is wrong."""
    better = as_found if _breaks(as_found) < _breaks(as_asked) else as_asked
    if better is as_asked and any(finding.verdict == BREAKS for finding in (*rest, *as_asked.findings)):
        return None
    told = [Finding(GAINS, BREAKS, word, "DET-4") for word in words]
    return better._replace(findings=judgement([*told, *rest, *better.findings], {}, []).findings)


def _alone(shared: float | None) -> str:
    """What is said of a rank that divides by an S of its own, as releases of Ultralytics do."""
    return "" if shared is None else f", of this rank alone: its images do not weigh as those of the others; of all ranks it is {shared:.6g}"


def _breaks(found: Judgement) -> int:
    """How many findings break."""
    return sum(finding.verdict == BREAKS for finding in found.findings)


def _gains(force: Force) -> str:
    told = [f"{name} {gain:.5g}" for name, gain in zip(("box", "cls", "dfl"), force.gains) if np.isfinite(gain)]
    return f"{', '.join(told)}, S {float(force.scores_sum.value):.6g}"


def _with_gains(step: Step, force: Force, images: List[Any], asked: Dialect) -> Judgement:
    """Judge scores, bins, components and total by the gains of the step; components by those `asked` for, where they fit."""
    findings: List[Finding] = []
    scale = step.cotangent * step.batch / force.scores_sum
    scores, bins = Tally(SCORES, "TAL-7"), Tally(BINS, "DET-1g")
    owners: List[Any] = [None] * step.images
    total: List[Rounded] | None = []
    for image in images:
        chosen, found = (None, []) if image is None or image.open.illegal else chosen_owners(step, scale, image)
        findings += found
        if chosen is None:
            total = None
            continue
        best, of_chosen = chosen
        seen = image.seen
        owners[seen.image] = np.full(step.maps.shape[2], -1)
        owners[seen.image][seen.part] = best.owner
        scores.add(*scores_of(step, image, best), seen.image, lambda at, s=seen: f"learner {at[0]}")
        if of_chosen is not None:
            rows = np.flatnonzero(seen.learns)
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
