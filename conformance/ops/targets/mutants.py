"""Faults in the padding of targets."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant


def masked(labels, boxes):
    """The padded targets with the mask that follows from their boxes."""
    return labels, boxes, boxes.sum(axis=-1, keepdims=True) > 0


@mutant("pad_targets", "x is scaled by the height of the image, y by its width", "TGT-1", "TGT-3", seen="public rewrites")
def targets_h_w_swapped(self, right, targets, batch_size, image_size):
    return right(targets, batch_size, image_size[::-1])


@mutant("pad_targets", "x and y are both scaled by the height of the image", "TGT-1", "TGT-3", seen="YOLOv6 0.4.1")
def targets_scaled_square(self, right, targets, batch_size, image_size):
    return right(targets, batch_size, (image_size[0], image_size[0]))


@mutant("pad_targets", "the image is taken to be 640 px, whatever its size", "TGT-1", "TGT-3", seen="public rewrites")
def targets_scaled_to_640(self, right, targets, batch_size, image_size):
    return right(targets, batch_size, (640, 640))


@mutant("pad_targets", "targets are not scaled to px", "TGT-1", "TGT-3")
def targets_not_scaled(self, right, targets, batch_size, image_size):
    return right(targets, batch_size, (1, 1))


@mutant("pad_targets", "targets are scaled by W - 1 and H - 1", "TGT-1")
def targets_scaled_to_last_px(self, right, targets, batch_size, image_size):
    return right(targets, batch_size, (image_size[0] - 1, image_size[1] - 1))


@mutant("pad_targets", "x2 = cx + w and y2 = cy + h, not half of them", "TGT-1", "TGT-3", seen="early LibreYOLO8")
def targets_whole_sides(self, right, targets, batch_size, image_size):
    labels, boxes, _ = right(targets, batch_size, image_size)
    start, end = np.split(boxes, 2, axis=-1)
    return masked(labels, np.concatenate([start, end + (end - start) / 2], axis=-1))


@mutant("pad_targets", "cx and cy are taken for the upper left corner", "TGT-1", "TGT-3", seen="luxonis-train", convention=True)
def targets_from_corner(self, right, targets, batch_size, image_size):
    centred = targets.copy()
    centred[:, 2:4] += targets[:, 4:] / 2
    return right(centred, batch_size, image_size)


@mutant("pad_targets", "boxes are clipped to the image", "TGT-1", "TGT-3")
def targets_clipped(self, right, targets, batch_size, image_size):
    labels, boxes, _ = right(targets, batch_size, image_size)
    return masked(labels, np.clip(boxes, 0, np.tile(image_size[::-1], 2)).astype(boxes.dtype))


@mutant("pad_targets", "boxes are rounded to whole px", "TGT-1")
def targets_in_whole_px(self, right, targets, batch_size, image_size):
    labels, boxes, mask = right(targets, batch_size, image_size)
    return labels, np.round(boxes), mask


@mutant("pad_targets", "targets are handled in float32 though float64 is given", "TGT-1")
def targets_in_float32(self, right, targets, batch_size, image_size):
    return right(targets.astype(np.float32), batch_size, image_size)


@mutant("pad_targets", "boxes are rounded to float32 though float64 is given", "TGT-1", seen="Ultralytics 8.3.47 – 8.3.236")
def padded_boxes_in_float32(self, right, targets, batch_size, image_size):
    labels, boxes, mask = right(targets, batch_size, image_size)
    return labels, boxes.astype(np.float32), mask


@mutant("pad_targets", "the boxes of an image come in reverse", "TGT-1", "TGT-2", "TGT-3")
def targets_reversed(self, right, targets, batch_size, image_size):
    return right(targets[::-1], batch_size, image_size)


@mutant("pad_targets", "a box carries the label of the box before it", "TGT-2")
def padded_labels_late_by_one(self, right, targets, batch_size, image_size):
    labels, boxes, mask = right(targets, batch_size, image_size)
    return np.roll(labels, 1, axis=1), boxes, mask


@mutant("pad_targets", "labels are stored in 8 bits, which wrap at 128", "TGT-2")
def padded_labels_in_8_bits(self, right, targets, batch_size, image_size):
    labels, boxes, mask = right(targets, batch_size, image_size)
    return labels.astype(np.int8), boxes, mask


@mutant("pad_targets", "labels count from 1", "TGT-2")
def padded_labels_from_1(self, right, targets, batch_size, image_size):
    labels, boxes, mask = right(targets, batch_size, image_size)
    return labels + 1, boxes, mask


@mutant(
    "pad_targets", "an image has 100 slots; further boxes add up in the last", "TGT-1", "TGT-2", "TGT-3",
    seen="yolo-mlx",
)  # fmt: skip
def slots_overflow_at_100(self, right, targets, batch_size, image_size):
    labels, boxes, _ = right(targets, batch_size, image_size)
    last = (np.arange(boxes.shape[1]) >= 99)[:, np.newaxis]
    labels, boxes = (
        np.concatenate([x[:, :99], (x * last).sum(axis=1, keepdims=True).astype(x.dtype)], axis=1) for x in (labels, boxes)
    )
    return masked(labels, boxes)


@mutant("pad_targets", "boxes beyond the 100th of an image are masked out", "TGT-3")
def slots_end_at_100(self, right, targets, batch_size, image_size):
    labels, boxes, mask = right(targets, batch_size, image_size)
    return labels, boxes, mask & (np.arange(mask.shape[1]) < 100)[:, np.newaxis]


@mutant("pad_targets", "an image has 300 slots at most; further boxes are dropped", "TGT-1", "TGT-2", "TGT-3")
def slots_end_at_300(self, right, targets, batch_size, image_size):
    return tuple(x[:, :300] for x in right(targets, batch_size, image_size))


@mutant("pad_targets", "images without a box are skipped: later images move up", "TGT-3")
def empty_images_skipped(self, right, targets, batch_size, image_size):
    _, rank = np.unique(targets[:, 0], return_inverse=True)
    return right(np.concatenate([rank[:, np.newaxis], targets[:, 1:]], axis=1).astype(targets.dtype), batch_size, image_size)


@mutant("pad_targets", "the boxes of the last image are masked out", "TGT-3")
def last_image_masked(self, right, targets, batch_size, image_size):
    labels, boxes, mask = right(targets, batch_size, image_size)
    return labels, boxes, mask & (np.arange(batch_size) < batch_size - 1)[:, np.newaxis, np.newaxis]


@mutant("pad_targets", "the mask is >= 0, which padding fulfils", "TGT-3")
def mask_of_padding(self, right, targets, batch_size, image_size):
    labels, boxes, _ = right(targets, batch_size, image_size)
    return labels, boxes, boxes.sum(axis=-1, keepdims=True) >= 0


@mutant(
    "pad_targets", "the mask is 1 for every labelled box, also where its coordinates sum to 0 or less", "TGT-3",
    seen="PaddleDetection, super-gradients, mindyolo", convention=True,
)  # fmt: skip
def mask_of_all_boxes(self, right, targets, batch_size, image_size):
    labels, boxes, _ = right(targets, batch_size, image_size)
    return labels, boxes, (boxes != 0).any(axis=-1, keepdims=True)


@mutant("pad_targets", "a box with a coordinate of -1 px or less is masked out", "TGT-3", seen="keras-cv", convention=True)
def mask_of_boxes_on_the_image(self, right, targets, batch_size, image_size):
    labels, boxes, mask = right(targets, batch_size, image_size)
    return labels, boxes, mask & (boxes > -1).all(axis=-1, keepdims=True)


@mutant("pad_targets", "boxes of class 0 are masked out", "TGT-3")
def mask_without_class_0(self, right, targets, batch_size, image_size):
    labels, boxes, mask = right(targets, batch_size, image_size)
    return labels, boxes, mask & (labels > 0)


@mutant("pad_targets", "boxes of no area are masked out", "TGT-3")
def mask_by_area(self, right, targets, batch_size, image_size):
    labels, boxes, mask = right(targets, batch_size, image_size)
    return labels, boxes, mask & (boxes[..., 2:] > boxes[..., :2]).all(axis=-1, keepdims=True)


@mutant("pad_targets", "a repeated box is masked out", "TGT-3")
def mask_without_repetition(self, right, targets, batch_size, image_size):
    labels, boxes, mask = right(targets, batch_size, image_size)
    same = (boxes[:, 1:] == boxes[:, :-1]).all(axis=-1, keepdims=True) & (labels[:, 1:] == labels[:, :-1])
    return labels, boxes, np.concatenate([mask[:, :1], mask[:, 1:] & ~same], axis=1)


@mutant("pad_targets", "targets are cached by their number: others, just as many, get the old boxes", "TGT-1", "TGT-2", "TGT-3")
def targets_cached(self, right, targets, batch_size, image_size):
    key = (len(targets), batch_size)
    return vars(self).setdefault("padded", {}).setdefault(key, right(targets, batch_size, image_size))


@mutant("pad_targets", "the mask is taken from the corners as fractions, before they are scaled to px", "TGT-3")
def mask_of_fractions(self, right, targets, batch_size, image_size):
    labels, boxes, mask = right(targets, batch_size, image_size)
    return labels, boxes, (boxes / np.tile(image_size[::-1], 2)).sum(axis=-1, keepdims=True) > 0


@mutant("pad_targets", "the index of the image is stored in 8 bits, which wrap at 256", "TGT-1", "TGT-2", "TGT-3")
def image_index_in_8_bits(self, right, targets, batch_size, image_size):
    image = targets[:, :1] % 256
    order = np.argsort(image[:, 0], kind="stable")
    return right(np.concatenate([image, targets[:, 1:]], axis=1)[order], batch_size, image_size)
