"""keras-cv: the label encoder of its YOLOV8Detector and its CIoU, on the torch backend of Keras. Dialect KERAS_CV.

What is judged is the files that hold them, which run as they are; they need no TensorFlow for dense boxes.
"""

from __future__ import annotations

import os
from importlib import metadata
from typing import Any, Tuple

import torch
from torch import Tensor

from conformance.adapting.calls import quietly
from conformance.adapting.owners import owners
from conformance.adapting.serving import built_in
from conformance.adapting.stand_ins import alone

os.environ.setdefault("KERAS_BACKEND", "torch")

with quietly():
    import keras

    *_, overlaps, encoder = alone(
        "keras_cv", "src.bounding_box.formats", "src.bounding_box.utils", "src.bounding_box.converters", "src.bounding_box.iou",
        "src.models.object_detection.yolo_v8.yolo_v8_label_encoder",
        absent=("tensorflow",),
        given={"keras_cv.src.backend": {"keras": keras, "ops": keras.ops}, "tensorflow": {"RaggedTensor": ()}},
    )  # fmt: skip


class KerasCv:
    """The ops of one dialect; arguments and results are those of the protocol."""

    framework = "torch"
    dtypes = ("float32",)  # Keras makes what it is given float32
    name = f"keras-cv {metadata.version('keras-cv')}"

    def __init__(self, dialect: Any) -> None:
        self.dialect = d = dialect
        self._encoder = encoder.YOLOV8LabelEncoder(d.num_classes, d.topk, d.alpha, d.beta, d.norm_eps)

    def ciou(self, boxes1: Tensor, boxes2: Tensor) -> Tensor:
        return overlaps.compute_ciou(boxes1, boxes2, "xyxy")

    def candidates_in_gts(self, anchor_points: Tensor, gt_bboxes: Tensor, mask_gt: Tensor) -> Tensor:
        return encoder.is_anchor_center_within_box(anchor_points, gt_bboxes) * mask_gt

    def assign(
        self, pd_scores: Tensor, pd_bboxes: Tensor, anchor_points: Tensor,
        gt_labels: Tensor, gt_bboxes: Tensor, mask_gt: Tensor,
    ) -> Tuple[Tensor, ...]:  # fmt: skip
        labels = gt_labels[..., 0].to(pd_scores.dtype)
        found = self._encoder(pd_scores, pd_bboxes, anchor_points, labels, gt_bboxes, mask_gt.bool())
        boxes, scores = found[:2]
        fg_mask = (boxes != -1).any(-1) if gt_labels.shape[1] else torch.zeros_like(scores[..., 0], dtype=torch.bool)
        # It names neither label nor owner: both are read off the box, and, of boxes alike, off the class that scores.
        named = scores.argmax(-1)
        owner = owners(named, boxes, gt_labels, gt_bboxes, mask_gt)
        return named, boxes, scores, fg_mask, owner


class ReturnedMask(KerasCv):
    """With the foreground as the encoder returns it."""

    def assign(self, *args: Tensor) -> Tuple[Tensor, ...]:
        pd_scores, pd_bboxes, anchor_points, gt_labels, gt_bboxes, mask_gt = args
        labels = gt_labels[..., 0].to(pd_scores.dtype)
        mask = self._encoder(pd_scores, pd_bboxes, anchor_points, labels, gt_bboxes, mask_gt.bool())[2]
        found = super().assign(*args)
        return (*found[:3], mask, found[4])


def factory(dialect: Any) -> KerasCv:
    """Offer the package for one dialect."""
    built_in(dialect, iou_eps=1e-7, inside_eps=0)
    return KerasCv(dialect)


factory.dialect = "KERAS_CV"
