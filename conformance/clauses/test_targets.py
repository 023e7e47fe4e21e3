"""TGT: labelled boxes become padded slots per image."""

import numpy as np

from conformance import strategies
from conformance.batches import coordinate_sums, pixel_boxes
from conformance.property import clause
from conformance.rounding import Rounded
from refimpl.targets import to_pixels


def padded(answer, case, judge):
    """The candidate's mask with its shape checked, and each image's rows of `targets` in order.

    More slots than needed are legal if they are masked out.
    """
    count = np.bincount(case.targets[:, 0].astype(int), minlength=case.batch_size)
    slots = answer.mask_gt.shape[1] if answer.mask_gt.ndim == 3 else -1
    for name, width in (("gt_labels", 1), ("gt_bboxes", 4), ("mask_gt", 1)):
        if getattr(answer, name).shape != (case.batch_size, slots, width) or slots < count.max(initial=0):
            shape = (case.batch_size, int(count.max(initial=0)), width)
            judge.fail(f"{name}: expected shape {shape}, got {getattr(answer, name).shape}")
    rows = [case.targets[case.targets[:, 0] == b] for b in range(case.batch_size)]
    return judge.mask("mask_gt", answer.mask_gt)[..., 0], rows


@clause("TGT-1", op="pad_targets", cases=strategies.TARGETS)
def test_boxes_are_corners_in_px(answer, case, judge):
    mask, rows = padded(answer, case, judge)

    for b, image in enumerate(rows):
        real = mask[b, : len(image)]
        boxes = to_pixels(Rounded(image[:, 2:], judge.precision), case.image_size)
        judge.values("gt_bboxes", answer.gt_bboxes[b, : len(image)][real], boxes[real], span=max(case.image_size))


@clause("TGT-2", op="pad_targets", cases=strategies.TARGETS)
def test_each_image_holds_its_own_labels_in_order(answer, case, judge):
    mask, rows = padded(answer, case, judge)

    for b, image in enumerate(rows):
        real = mask[b, : len(image)]
        judge.equal("gt_labels", answer.gt_labels[b, : len(image), 0][real], image[real, 1])


@clause("TGT-3", op="pad_targets", cases=strategies.TARGETS)
def test_padding_and_boxes_of_no_positive_sum_are_masked(answer, case, judge):
    mask, rows = padded(answer, case, judge)

    for b, image in enumerate(rows):
        boxes = pixel_boxes(image[:, 2:], case.image_size, judge.precision)
        judge.truths("mask_gt", mask[b, : len(image)], coordinate_sums(boxes), above=0)
        judge.equal("mask_gt of padding", mask[b, len(image) :], np.zeros(mask.shape[1] - len(image)))
