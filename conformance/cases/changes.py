"""Changes: a case with one thing left out, added or altered, and the words for it."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, Callable, Dict, Iterator, Tuple

import numpy as np

from conformance.judging.rounding import PRECISIONS, Precision
from conformance.cases.case import Case
from refimpl import PRESETS, YOLOV8

AS_IT_IS = "with the preset as it is"
"""The words for the dialect without what was drawn for the case."""

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
"""What may be any number; of probabilities and weights, only a half is legal, too."""

_HALVED = (*_SHIFTED, "pd_scores", "overlaps", "logits", "pred_dist", "target", "target_scores")


def changes(op: str, precision: Precision, case: Case) -> Iterator[Tuple[str, Case, Precision]]:
    """A few words, the changed case, and the precision to ask it in. Fields of the preset follow the preset as a whole."""
    for name, other in PRECISIONS.items():
        if other is not precision:
            yield f"in {name}", _changed(case, lambda x: x.astype(other.dtype).astype(np.float64), _floats(case)), other
    for change, changed in (*_of_dialect(case), *_of_axes(op, case), *_of_images(op, case), *_of_numbers(case, precision)):
        yield change, changed, precision


def smaller(op: str, case: Case) -> Iterator[Case]:
    """The case without an image, a ground truth, an anchor or a row."""
    yield from (changed for change, changed in (*_of_images(op, case), *_of_axes(op, case)) if change.startswith("without"))


def _of_dialect(case: Case) -> Iterator[Tuple[str, Case]]:
    """The dialect as the preset has it, and in one field only."""
    preset = PRESETS.get(case.dialect.name, YOLOV8)
    changed = [name for name, value in asdict(case.dialect).items() if value != getattr(preset, name)]
    if changed:
        yield AS_IT_IS, case.under(preset)
    for name in changed if len(changed) > 1 else ():
        usual = getattr(preset, name)
        yield f"with {name} {usual}", case.under(replace(case.dialect, **{name: usual}))


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
            yield change, case.having(**taken)


def _of_images(op: str, case: Case) -> Iterator[Tuple[str, Case]]:
    """A batch of feature maps without one of its images."""
    images = len(case.feature_maps[0]) if op == "detection_loss" else 1
    for b in range(images if images > 1 else 0):
        kept = case.targets[case.targets[:, 0] != b]
        kept[:, 0] -= kept[:, 0] > b
        maps = [np.delete(level, b, axis=0) for level in case.feature_maps]
        yield f"without image {b}", case.having(feature_maps=maps, targets=kept)


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
    return case.having(**{name: change(case.arguments[name]) for name in names})


def _place(letters: str, letter: str) -> int:
    """The axis of a letter, counted from the end behind *."""
    return letters.index(letter) - (len(letters) if letters.startswith("*") else 0)
