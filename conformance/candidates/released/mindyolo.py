"""MindYOLO: its YOLOv8 loss, run eagerly. Dialect MINDYOLO. Its targets come padded to one number an image, class -1."""

from __future__ import annotations

import contextlib
from importlib import metadata
from typing import Any, Iterator, List, Tuple

import mindspore
import numpy as np
from mindspore import Tensor

from conformance.adapting.arrays import as_arrays
from conformance.adapting.calls import quietly
from conformance.adapting.owners import blanked
from conformance.adapting.serving import built_in
from conformance.adapting.stand_ins import alone

with quietly():
    iou_loss, yolov8_loss = alone(
        "mindyolo", "models.losses.iou_loss", "models.losses.yolov8_loss", absent=("cv2", "scipy", "yaml", "toml")
    )


@contextlib.contextmanager
def largest_alone() -> Iterator[None]:
    """A context in which `Tensor.max` answers the values alone, as in the releases of MindSpore the package was written for.

    In 2.10 it answers values and indices, at which the assigner raises.
    """
    method = Tensor.max

    def values(self: Tensor, *args: Any, **kwargs: Any) -> Any:
        found = method(self, *args, **kwargs)
        return found[0] if isinstance(found, tuple) else found

    Tensor.max = values
    try:
        yield
    finally:
        Tensor.max = method


def overlap(**kind: bool) -> Any:
    """One op of the IoU family."""
    return lambda self, first, second: iou_loss.bbox_iou(first, second, xywh=False, **kind).squeeze(-1)


@as_arrays("mindspore")
class Mindyolo:
    """The ops of one dialect; arguments and results are those of the protocol."""

    dtypes = ("float32",)  # of the tensors it makes
    name = f"mindyolo {metadata.version('mindyolo')}"

    def __init__(self, dialect: Any) -> None:
        self.dialect = d = dialect
        self._loss = yolov8_loss.YOLOv8Loss(
            d.box_gain, d.cls_gain, d.dfl_gain, list(d.strides), d.num_classes, d.reg_max, d.topk
        )
        self._assigner = yolov8_loss.TaskAlignedAssigner(d.topk, d.num_classes, d.alpha, d.beta, d.norm_eps)
        self._loss.assigner = self._assigner

    def make_anchors(self, feature_shapes: List[Tuple[int, int]]) -> Tuple[Any, Any]:
        maps = [Tensor(np.zeros((1, 1, *shape), np.float32)) for shape in feature_shapes]
        return self._loss.make_anchors(maps, self.dialect.strides)

    def dist2bbox(self, distance: Any, anchor_points: Any) -> Any:
        return self._loss.dist2bbox(distance, anchor_points, xywh=False)

    def bbox2dist(self, anchor_points: Any, bboxes: Any) -> Any:
        return self._loss.bbox_loss.bbox2dist(anchor_points, bboxes, self.dialect.reg_max - 1)

    def decode_boxes(self, pred_dist: Any, anchor_points: Any) -> Any:
        return self._loss.bbox_decode(anchor_points, pred_dist)

    iou, giou, diou, ciou = overlap(), overlap(GIoU=True), overlap(DIoU=True), overlap(CIoU=True)

    def candidates_in_gts(self, anchor_points: Any, gt_bboxes: Any, mask_gt: Any) -> Any:
        return self._assigner.select_candidates_in_gts(anchor_points, gt_bboxes, mask_gt.squeeze(-1))

    def assign(self, *args: Any) -> Tuple[Any, ...]:
        *args, gt_labels, gt_bboxes, mask_gt = args
        mask = mask_gt.astype(mindspore.float32)
        gt_labels, gt_bboxes = blanked(gt_labels, gt_bboxes, mask.astype(gt_bboxes.dtype))
        with largest_alone():
            return self._assigner(*args, gt_labels, gt_bboxes, mask.squeeze(-1))

    def bbox_loss(self, *args: Any) -> Tuple[Any, Any]:
        return self._loss.bbox_loss(*args)

    def detection_loss(self, feature_maps: List[Any], targets: Any) -> Tuple[Any, Any]:
        rows, images = targets.asnumpy(), feature_maps[0].shape[0]
        each = [rows[rows[:, 0] == image] for image in range(images)]
        padded = np.full((images, max(map(len, each)), 6), -1, rows.dtype)
        for image, row in enumerate(each):
            padded[image, : len(row)] = row
        with largest_alone():
            total, items = self._loss(feature_maps, Tensor(padded), None)
        return total, items[1:]


def factory(dialect: Any) -> Mindyolo:
    """Offer the package for one dialect."""
    built_in(dialect, iou_eps=1e-7, inside_eps=1e-9)
    return Mindyolo(dialect)


factory.dialect = "MINDYOLO"


class AsReleased(Mindyolo._candidate):
    """The assigner as it runs beside the MindSpore that is installed."""

    def assign(self, *args: Any) -> Tuple[Any, ...]:
        *args, mask_gt = args
        return self._assigner(*args, mask_gt.squeeze(-1).astype(mindspore.float32))


as_released = as_arrays("mindspore")(AsReleased)
