"""TGT: labelled boxes become padded slots per image."""

from __future__ import annotations

from typing import Any, Tuple

import numpy as np

from conformance.judging.clause import YOLOV8, clause
from conformance.judging.judge import Judge
from conformance.judging.rounding import Rounded
from conformance.ops.targets.pixels import coordinate_sums, pixel_boxes
from refimpl.targets import to_pixels


def padded(answer: Any, case: Any, judge: Judge) -> Tuple[np.ndarray, Tuple[np.ndarray, np.ndarray]]:
    """The candidate's mask (B, G) with its shape checked, and image and slot, (N,) each, of the rows of `targets`.

    More slots than needed are legal if they are masked out.
    """
    image, slot = judge.expected(lambda: _places(case.targets[:, 0].astype(int)), "places")
    slots = answer.mask_gt.shape[1] if answer.mask_gt.ndim == 3 else -1
    needed = slot.max(initial=-1) + 1
    for name, width in (("gt_labels", 1), ("gt_bboxes", 4), ("mask_gt", 1)):
        if getattr(answer, name).shape != (case.batch_size, slots, width) or slots < needed:
            judge.fail(f"{name}: expected shape {(case.batch_size, int(needed), width)}, got {getattr(answer, name).shape}")
    return judge.mask("mask_gt", answer.mask_gt)[..., 0], (image, slot)


def _places(image: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Image and slot of rows by their image: those of one image fill its slots in their order."""
    order = np.argsort(image, kind="stable")
    slot = np.empty(len(image), int)
    slot[order] = np.arange(len(image)) - np.searchsorted(image[order], image[order])
    return image, slot


def unmasked(mask: np.ndarray, at: Tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """The slots (B, G) that hold a row of `targets`, as far as the candidate's mask says so."""
    held = np.zeros(mask.shape, bool)
    held[at] = mask[at]
    return held


def corners_in_px(answer: Any, case: Any, judge: Judge) -> None:
    mask, at = padded(answer, case, judge)
    boxes = Rounded(np.zeros((*mask.shape, 4)), judge.precision)
    boxes[at] = judge.expected(lambda: to_pixels(Rounded(case.targets[:, 2:], judge.precision), case.image_size))
    among = unmasked(mask, at)[..., np.newaxis]
    judge.values("gt_bboxes", answer.gt_bboxes, boxes, span=max(case.image_size), among=among)


def own_labels_in_order(answer: Any, case: Any, judge: Judge) -> None:
    mask, at = padded(answer, case, judge)
    labels = np.zeros(mask.shape)
    labels[at] = case.targets[:, 1]
    judge.equal("gt_labels", answer.gt_labels[..., 0], labels, among=unmasked(mask, at))


def masked_by_coordinate_sum(answer: Any, case: Any, judge: Judge) -> None:
    mask, at = padded(answer, case, judge)
    if case.dialect.target_mask == "all":
        labelled = np.zeros(mask.shape, bool)
        labelled[at] = True
        judge.equal("mask_gt", mask, labelled)
        return
    sums = Rounded(np.zeros(mask.shape), judge.precision)
    sums[at] = judge.expected(lambda: coordinate_sums(pixel_boxes(case.targets[:, 2:], case.image_size, judge.precision)))
    judge.truths("mask_gt", mask, sums, above=0)


CLAUSES = (
    clause(
        "TGT-1",
        "Labelled boxes become corners in px: x scales with the width of the image, y with its height.",
        "box = (cx·W − w·W/2, cy·H − h·H/2, cx·W + w·W/2, cy·H + h·H/2)",
        YOLOV8 + "; seed 000",
        pad_targets=corners_in_px,
    ),
    clause(
        "TGT-2",
        "Each image holds its own boxes and labels, in the order in which they came.",
        "gt_labels[b, i] = class of the i-th target of image b",
        YOLOV8 + "; seed 000",
        pad_targets=own_labels_in_order,
    ),
    clause(
        "TGT-3",
        "The mask is 1 for labelled boxes and 0 for padding, and for a box whose coordinates sum to 0 or less.",
        "mask_gt = [x1 + y1 + x2 + y2 > 0]",
        YOLOV8 + "; seed 000",
        pad_targets=masked_by_coordinate_sum,
    ),
)
