"""TGT: labelled boxes become padded slots per image."""

import numpy as np

from conformance.ops import cases as strategies
from conformance.ops.head.legal_batches import coordinate_sums, pixel_boxes
from conformance.suite.examination import clause
from conformance.judging.rounding import Rounded
from refimpl.targets import to_pixels


def padded(answer, case, judge):
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


def _places(image):
    """Image and slot of rows by their image: those of one image fill its slots in their order."""
    order = np.argsort(image, kind="stable")
    slot = np.empty(len(image), int)
    slot[order] = np.arange(len(image)) - np.searchsorted(image[order], image[order])
    return image, slot


def unmasked(mask, at):
    """The slots (B, G) that hold a row of `targets`, as far as the candidate's mask says so."""
    held = np.zeros(mask.shape, bool)
    held[at] = mask[at]
    return held


@clause("TGT-1", op="pad_targets", cases=strategies.TARGETS)
def test_boxes_are_corners_in_px(answer, case, judge):
    mask, at = padded(answer, case, judge)
    boxes = Rounded(np.zeros((*mask.shape, 4)), judge.precision)
    boxes[at] = judge.expected(lambda: to_pixels(Rounded(case.targets[:, 2:], judge.precision), case.image_size))
    among = unmasked(mask, at)[..., np.newaxis]
    judge.values("gt_bboxes", answer.gt_bboxes, boxes, span=max(case.image_size), among=among)


@clause("TGT-2", op="pad_targets", cases=strategies.TARGETS)
def test_each_image_holds_its_own_labels_in_order(answer, case, judge):
    mask, at = padded(answer, case, judge)
    labels = np.zeros(mask.shape)
    labels[at] = case.targets[:, 1]
    judge.equal("gt_labels", answer.gt_labels[..., 0], labels, among=unmasked(mask, at))


@clause("TGT-3", op="pad_targets", cases=strategies.TARGETS)
def test_padding_and_boxes_of_no_positive_sum_are_masked(answer, case, judge):
    mask, at = padded(answer, case, judge)
    sums = Rounded(np.zeros(mask.shape), judge.precision)
    sums[at] = judge.expected(lambda: coordinate_sums(pixel_boxes(case.targets[:, 2:], case.image_size, judge.precision)))
    judge.truths("mask_gt", mask, sums, above=0)
