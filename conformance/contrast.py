"""Contrast: the smallest counterexample with one thing changed, to tell what the break needs from what is there by chance."""

from __future__ import annotations

import contextlib
import time
from dataclasses import asdict, replace
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Sequence, Tuple

import numpy as np

from conformance.examples import Property, ask
from conformance.foreign import CandidateError, NotServed
from conformance.judge import Broken, Judge, Undecided
from conformance.legal import TooManyToDecide
from conformance.rounding import PRECISIONS, Precision
from conformance.spec import CLAUSES
from conformance.strategies import Case
from conformance.verdicts import Outcome
from refimpl import PRESETS, YOLOV8

SECONDS = 1.5
"""Time spent at most."""

SHOWN = 8
"""Changes listed at most of each kind."""

_AS_IT_IS = "with the preset as it is"
_WORDS = {"N": "row", "B": "image", "G": "ground truth", "A": "anchor"}
_PAIR = {"boxes1": "N.", "boxes2": "N.", "cotangent": "N"}
_TRUTHS = {"gt_bboxes": "BG.", "mask_gt": "BG."}

AXES: Dict[str, Dict[str, str]] = {
    "dist2bbox": {"distance": "*A.", "anchor_points": "A.", "cotangent": "*A."},
    "bbox2dist": {"anchor_points": "A.", "bboxes": "*A."},
    "decode_boxes": {"pred_dist": "BA.", "anchor_points": "A.", "cotangent": "BA."},
    **{op: _PAIR for op in ("iou", "giou", "diou", "ciou")},
    "pad_targets": {"targets": "N."},
    "candidates_in_gts": {"anchor_points": "A.", **_TRUTHS},
    "alignment_metric": {"pd_scores": "BA.", "pd_bboxes": "BA.", "gt_labels": "BG.", "gt_bboxes": "BG.", "mask": "BGA"},
    "select_topk": {"metric": "BGA", "mask_gt": "BG."},
    "resolve_conflicts": {"mask_pos": "BGA", "overlaps": "BGA"},
    "assign": {"pd_scores": "BA.", "pd_bboxes": "BA.", "anchor_points": "A.", "gt_labels": "BG.", **_TRUTHS},
    "bce_loss": {"logits": "N", "targets": "N", "cotangent": "N"},
    "dfl_loss": {"pred_dist": "N.", "target": "N.", "cotangent": "N"},
    "bbox_loss": {
        **{name: "BA." for name in ("pred_dist", "pred_bboxes", "target_bboxes", "target_scores")},
        **{"anchor_points": "A.", "fg_mask": "BA"},
    },
    "detection_loss": {"targets": "N."},
}
"""Axes of the arguments that may be made longer and shorter, by their letters in the protocol; * stands for any before."""

_SHIFTED = ("boxes1", "boxes2", "distance", "bboxes", "pd_bboxes", "gt_bboxes", "metric", "pred_bboxes", "target_bboxes")
_HALVED = (*_SHIFTED, "pd_scores", "overlaps", "logits", "pred_dist", "target", "target_scores")


class Contrast(NamedTuple):
    """Changes after which the clause holds, and changes after which it breaks as before."""

    conforms: Tuple[str, ...] = ()
    breaks: Tuple[str, ...] = ()

    def __str__(self) -> str:
        """A line for the user; "" if nothing was tried."""
        told = {"conforms": _joined(self.conforms), "still breaks": _joined(self.breaks)}
        parts = [f"{verb} {', '.join(changes[:SHOWN])}" for verb, changes in told.items() if changes]
        return "contrast: " * bool(parts) + "; ".join(parts)


def _joined(changes: Sequence[str]) -> List[str]:
    """Changes in few words: what is left out one by one is named together."""
    found: Dict[str, List[str]] = {}
    for change in changes:
        what, _, which = change.rpartition(" ") if change.startswith("without ") else (change, "", "")
        found.setdefault(what, []).append(which)
    return [" ".join([what, " or ".join(filter(None, which))]).strip() for what, which in found.items()]


def contrast(judged: Property, candidate: Any, precision: Precision, case: Case) -> Contrast:
    """Judge the candidate on the case, changed in one thing after another. What is no legal call is left out."""
    enough = time.monotonic() + SECONDS
    found: Dict[bool, List[str]] = {True: [], False: []}
    for change, other, floats in _changes(judged.op, precision, case):
        if other.dialect != case.dialect and found[False][-1:] == [_AS_IT_IS]:
            continue
        with contextlib.suppress(ValueError, TypeError, CandidateError, NotServed, Undecided, TooManyToDecide):
            found[_holds(judged, candidate, floats, other)].append(change)
        if time.monotonic() > enough:
            break
    return Contrast(tuple(found[True]), tuple(found[False]))


def _holds(judged: Property, candidate: Any, precision: Precision, case: Case) -> bool:
    answer = ask(candidate, judged.op, case, precision, CLAUSES[judged.clause].gradient)
    try:
        judged.body(answer, case, Judge(precision, Outcome(judged.clause, judged.op, precision.dtype.name, ""), {}, {}))
    except Broken:
        return False
    return True


def _changes(op: str, precision: Precision, case: Case) -> Iterator[Tuple[str, Case, Precision]]:
    """A few words, the changed case, and the precision to ask it in. Fields of the preset follow the preset as a whole."""
    for name, other in PRECISIONS.items():
        if other is not precision:
            yield f"in {name}", _changed(case, lambda x: x.astype(other.dtype).astype(np.float64), _floats(case)), other
    for change, changed in (*_of_dialect(case), *_of_axes(op, case), *_of_images(op, case), *_of_numbers(case, precision)):
        yield change, changed, precision


def _of_dialect(case: Case) -> Iterator[Tuple[str, Case]]:
    """The dialect as the preset has it, and in one field only."""
    preset = PRESETS.get(case.dialect.name, YOLOV8)
    changed = [name for name, value in asdict(case.dialect).items() if value != getattr(preset, name)]
    if changed:
        yield _AS_IT_IS, case._replace(dialect=preset)
    for name in changed if len(changed) > 1 else ():
        usual = getattr(preset, name)
        yield f"with {name} {usual}", case._replace(dialect=replace(case.dialect, **{name: usual}))


def _of_axes(op: str, case: Case) -> Iterator[Tuple[str, Case]]:
    """Without one element of an axis, with one more, and in reverse order."""
    axes = {name: letters for name, letters in AXES.get(op, {}).items() if name in case.arguments}
    for letter, word in _WORDS.items():
        names = {name: _place(letters, letter) for name, letters in axes.items() if letter in letters}
        length = next((case.arguments[name].shape[axis] for name, axis in names.items()), 0)
        if not length:
            continue
        picks = {f"without {word} {i}": np.delete(np.arange(length), i) for i in sorted({*range(min(length, 4)), length - 1})}
        picks = picks if length > 1 else {}
        picks[f"with {word} {length - 1} twice"] = np.minimum(np.arange(length + 1), length - 1)
        if length > 1 and "targets" not in names:
            picks[f"with the {word}s in reverse order"] = np.arange(length)[::-1]
        for change, pick in picks.items():
            taken = {name: np.take(case.arguments[name], pick, axis=axis) for name, axis in names.items()}
            yield change, case._replace(arguments={**case.arguments, **taken})


def _of_images(op: str, case: Case) -> Iterator[Tuple[str, Case]]:
    """A batch of feature maps without one of its images."""
    images = len(case.feature_maps[0]) if op == "detection_loss" else 1
    for b in range(images if images > 1 else 0):
        kept = case.targets[case.targets[:, 0] != b]
        kept[:, 0] -= kept[:, 0] > b
        maps = [np.delete(level, b, axis=0) for level in case.feature_maps]
        yield f"without image {b}", case._replace(arguments={**case.arguments, "feature_maps": maps, "targets": kept})


def _of_numbers(case: Case, precision: Precision) -> Iterator[Tuple[str, Case]]:
    """One argument a little larger, or half as large."""

    def moved(x: np.ndarray) -> np.ndarray:
        return (x + 0.25).astype(precision.dtype).astype(np.float64)

    for name in [name for name in _SHIFTED if name in case.arguments]:
        yield f"with {name} + 0.25", _changed(case, moved, [name])
    for name in [name for name in _HALVED if name in case.arguments]:
        yield f"with {name} / 2", _changed(case, lambda x: x / 2, [name])


def _floats(case: Case) -> Tuple[str, ...]:
    return tuple(name for name, x in case.arguments.items() if isinstance(x, np.ndarray) and x.dtype.kind == "f")


def _changed(case: Case, change: Callable[[np.ndarray], np.ndarray], names: Any) -> Case:
    return case._replace(arguments={**case.arguments, **{name: change(case.arguments[name]) for name in names}})


def _place(letters: str, letter: str) -> int:
    """The axis of a letter, counted from the end behind *."""
    return letters.index(letter) - (len(letters) if letters.startswith("*") else 0)
