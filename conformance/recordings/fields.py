"""Fields: the dialect by which a step that breaks conforms, and the gains in force with it.

Each preset is tried, then each reading of the inputs, then every other value of each field, one after another, or two where no one helps. What brings the
reference nearer to a few images of the step is kept; the verdict on the whole step then decides.
"""

from __future__ import annotations

from typing import List

import numpy as np

from conformance.judging.verdicts import BREAKS
from conformance.recordings import parts, target_scores
from conformance.recordings.files import Recording
from conformance.recordings.findings import BINS, CLASSES, SCORES, Judgement
from conformance.recordings.likeness import classes_off, exponents, likenesses
from conformance.recordings.readings import Misread, misread
from conformance.recordings.search import TIED, Found, Search, only_in_force
from conformance.recordings.step import dialect_of, laid_out
from refimpl import PRESETS, Dialect


def differing(recording: Recording, asked: Dialect, found: Judgement) -> Found | Misread | None:
    """The dialect, or the reading of the inputs, under which nothing but gains is left to accuse; None if there is none.

    Parameters
    ----------
    asked : the dialect the step was judged by, and came to break
    found : what came of that
    """
    if found.verdict != BREAKS or only_in_force(found):
        return None
    dialect = dialect_of(recording, asked)
    read = lambda: misread(recording, dialect, _images(found, len(recording.maps[0])))  # noqa: E731
    if any(finding.what == CLASSES and finding.verdict == BREAKS for finding in found.findings):
        return _of_another_class_loss(recording, found) or read()
    if not found.owners:
        return read()
    search = _search(recording, dialect, found)
    preset = search.of_presets()
    if preset and not preset.in_force:
        return preset
    read_as = None if preset else read()
    fields = None if read_as else search.of_fields()
    if preset and not (fields and len(fields.in_force) < len(preset.in_force)):
        return preset
    return read_as or fields or _of_parts(recording, dialect, found)


def _of_another_class_loss(recording: Recording, found: Judgement) -> Found | None:
    """The presets whose class loss has a gradient like that of the step, though it is no witness of the assignment."""
    step = laid_out(recording, dialect_of(recording, PRESETS["YOLOV8"]))
    b = next((b for b in _images(found, step.images) if len(step.labels(b))), 0)
    others = {name: dialect_of(recording, preset) for name, preset in PRESETS.items() if preset.cls_loss != step.dialect.cls_loss}
    alike = [name for name, other in others.items() if classes_off(step, b, other) <= TIED]
    if not alike:
        return None
    words = f"its class loss is {others[alike[0]].cls_loss}, as that of {', '.join(alike)}, by which a step cannot be judged"
    return Found("", {"cls_loss": others[alike[0]].cls_loss}, (), words)


def _of_parts(recording: Recording, dialect: Dialect, found: Judgement) -> Found | None:
    """Which part of the loss is wrong, and how, where nothing else is found."""
    step = laid_out(recording, dialect)
    broken = {finding.what for finding in found.findings if finding.verdict == BREAKS}
    if SCORES in broken:
        words = target_scores.told(likenesses(step, _images(found, step.images)), dialect)
    elif BINS in broken and np.isfinite(found.gains.get("S", np.nan)):
        factor = step.cotangent * step.batch / found.gains["S"]
        words = parts.told(likenesses(step, _images(found, step.images)), dialect, factor)
    else:
        return None
    return Found("", {}, (), words) if words else None


def _search(recording: Recording, dialect: Dialect, found: Judgement) -> Search:
    step = laid_out(recording, dialect)
    return Search(recording, dialect, likenesses(step, _images(found, step.images)), exponents(step))


def _images(found: Judgement, images: int) -> List[int]:
    """Images to look at: those that break first, then others."""
    broken = [finding.image for finding in found.findings if finding.verdict == BREAKS and finding.image >= 0]
    return list(dict.fromkeys([*broken, *range(images)]))
