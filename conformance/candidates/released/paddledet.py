"""paddledet: PaddleDetection's PP-YOLOE head, its assigner and its overlaps. Dialect PPYOLOE.

Its head hands over probabilities, its bins are reg_max + 1.
"""

from __future__ import annotations

from importlib import metadata
from typing import Any, List, Tuple

import paddle

from conformance.adapting.arrays import as_arrays
from conformance.adapting.calls import quietly
from conformance.adapting.owners import blanked, owners
from conformance.adapting.serving import built_in

with quietly():
    from ppdet.modeling import bbox_utils
    from ppdet.modeling.assigners.task_aligned_assigner import TaskAlignedAssigner
    from ppdet.modeling.assigners.utils import check_points_inside_bboxes
    from ppdet.modeling.heads.ppyoloe_head import PPYOLOEHead


def overlap(**kind: bool) -> Any:
    """One op of the IoU family."""

    def op(self: Any, boxes1: paddle.Tensor, boxes2: paddle.Tensor) -> paddle.Tensor:
        first, second = (paddle.split(boxes, 4, axis=-1) for boxes in (boxes1, boxes2))
        return bbox_utils.bbox_iou(first, second, **kind).squeeze(-1)

    return op


@as_arrays("paddle")
class Paddledet:
    """The ops of one dialect; arguments and results are those of the protocol."""

    dtypes = ("float32",)  # a weight of its DFL is float32 whatever it is given
    name = f"paddledet {metadata.version('paddledet')}"

    def __init__(self, dialect: Any) -> None:
        self.dialect = d = dialect
        self._assigner = TaskAlignedAssigner(d.topk, d.alpha, d.beta, d.norm_eps)
        self._head = PPYOLOEHead(
            [8] * len(d.strides), d.num_classes, fpn_strides=d.strides, reg_max=d.reg_max - 1, assigner=self._assigner,
            static_assigner=None, nms=None, loss_weight={"class": d.cls_gain, "iou": d.box_gain, "dfl": d.dfl_gain},
        )  # fmt: skip

    iou, giou, diou, ciou = overlap(), overlap(giou=True), overlap(diou=True), overlap(ciou=True)

    def make_anchors(self, feature_shapes: List[Tuple[int, int]]) -> Tuple[Any, Any]:
        return self._head._generate_anchors([paddle.empty([1, 1, *shape]) for shape in feature_shapes])

    def decode_boxes(self, pred_dist: Any, anchor_points: Any) -> Any:
        return self._head._bbox_decode(anchor_points, pred_dist)

    def bbox2dist(self, anchor_points: Any, bboxes: Any) -> Any:
        return self._head._bbox2distance(anchor_points, bboxes)

    def dist2bbox(self, distance: Any, anchor_points: Any) -> Any:
        return bbox_utils.batch_distance2bbox(anchor_points, distance)

    def candidates_in_gts(self, anchor_points: Any, gt_bboxes: Any, mask_gt: Any) -> Any:
        return check_points_inside_bboxes(anchor_points, gt_bboxes) * mask_gt.astype(gt_bboxes.dtype)

    def assign(
        self, pd_scores: Any, pd_bboxes: Any, anchor_points: Any, gt_labels: Any, gt_bboxes: Any, mask_gt: Any
    ) -> Tuple[Any, ...]:
        classes = self.dialect.num_classes
        mask = mask_gt.astype(gt_bboxes.dtype)
        gt_labels, gt_bboxes = blanked(gt_labels, gt_bboxes, mask)
        gt_labels = gt_labels.astype("int64")
        found = self._assigner(
            pd_scores, pd_bboxes, anchor_points, [len(anchor_points)], gt_labels, gt_bboxes,
            mask, bg_index=classes,
        )  # fmt: skip
        labels, boxes, scores = (part.numpy() for part in found[:3])
        owner = owners(labels, boxes, gt_labels.numpy(), gt_bboxes.numpy())
        return found[0], found[1], found[2], labels != classes, owner

    def bbox_loss(
        self, pred_dist: Any, pred_bboxes: Any, anchor_points: Any,
        target_bboxes: Any, target_scores: Any, target_scores_sum: Any, fg_mask: Any,
    ) -> Tuple[Any, Any]:  # fmt: skip
        labels = (1 - fg_mask.astype("int64")) * self.dialect.num_classes
        return self._head._bbox_loss(
            pred_dist, pred_bboxes, anchor_points, labels, target_bboxes, target_scores, target_scores_sum
        )[1:]

    def detection_loss(self, feature_maps: List[Any], targets: Any) -> Tuple[Any, Any]:
        d = self.dialect
        flat = paddle.concat([level.flatten(2) for level in feature_maps], 2).transpose([0, 2, 1])
        dist, logits = paddle.split(flat, [4 * d.reg_max, d.num_classes], -1)
        points, strides = self.make_anchors([level.shape[2:] for level in feature_maps])
        outputs = paddle.nn.functional.sigmoid(logits), dist, None, points * strides, None, strides
        height, width = (side * d.strides[0] for side in feature_maps[0].shape[2:])
        losses = self._head.get_loss(outputs, padded(targets.numpy(), len(flat), (width, height)))
        each = [losses["loss_iou"] * d.box_gain, losses["loss_cls"] * d.cls_gain, losses["loss_dfl"] * d.dfl_gain]
        return losses["loss"].sum(), paddle.concat([part.reshape([1]) for part in each])


def padded(targets: Any, images: int, size: Tuple[int, int]) -> Any:
    """What its data loader hands over: labels, corners in px and the mask of what is padded, after the first epochs."""
    rows = [targets[targets[:, 0] == image] for image in range(images)]
    slots = max(map(len, rows))
    labels = paddle.zeros([images, slots, 1], "int64").numpy()
    boxes, mask = paddle.zeros([images, slots, 4]).numpy(), paddle.zeros([images, slots, 1]).numpy()
    for image, row in enumerate(rows):
        centre, half = row[:, 2:4] * size, row[:, 4:] * size / 2
        labels[image, : len(row), 0], mask[image, : len(row)] = row[:, 1], 1
        boxes[image, : len(row), :2], boxes[image, : len(row), 2:] = centre - half, centre + half
    named = {"gt_class": labels, "gt_bbox": boxes, "pad_gt_mask": mask}
    return {**{name: paddle.to_tensor(value) for name, value in named.items()}, "epoch_id": 1000}


def factory(dialect: Any) -> Paddledet:
    """Offer the package for one dialect."""
    built_in(dialect, iou_eps=1e-10, inside_eps=1e-9)
    return Paddledet(dialect)


factory.dialect = "PPYOLOE"
