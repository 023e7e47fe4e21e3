"""yolo-mlx: YOLO26 and YOLOv8 losses in MLX, in float32. Dialect YOLO_MLX; its maps have their channels last."""

from __future__ import annotations

from importlib import metadata
from types import SimpleNamespace
from typing import Any, Dict, List, Tuple

import mlx.core as mx

from conformance.adapting.arrays import as_arrays
from conformance.adapting.calls import quietly
from conformance.adapting.owners import blanked
from conformance.adapting.serving import built_in

with quietly():
    from yolo26mlx.utils import loss, ops, tal


def overlap(**kind: bool) -> Any:
    """One op of the IoU family."""
    return lambda self, first, second: loss.bbox_iou(first, second, xywh=False, **kind).squeeze(-1)


@as_arrays("mlx")
class YoloMlx:
    """The ops of one dialect; arguments and results are those of the protocol."""

    dtypes = ("float32",)
    name = f"yolo-mlx {metadata.version('yolo-mlx')}"

    def __init__(self, dialect: Any) -> None:
        self.dialect = d = dialect
        sizes = dict(topk=d.topk, num_classes=d.num_classes, alpha=d.alpha, beta=d.beta, eps=d.norm_eps)
        self._assigner = tal.TaskAlignedAssigner(**sizes, topk2=getattr(d, "topk2", None), stride=list(d.strides))

    def _model(self) -> Any:
        d = self.dialect
        head = SimpleNamespace(stride=mx.array(d.strides), nc=d.num_classes, reg_max=d.reg_max)
        return SimpleNamespace(model=[head], args={"box": d.box_gain, "cls": d.cls_gain, "dfl": d.dfl_gain})

    def _branch(self, maps: List[Any]) -> Dict[str, Any]:
        flat = mx.concatenate([level.reshape(*level.shape[:2], -1) for level in maps], axis=2).transpose(0, 2, 1)
        bins = 4 * self.dialect.reg_max
        feats = [mx.transpose(level, (0, 2, 3, 1)) for level in maps]
        return {"boxes": flat[..., :bins], "scores": flat[..., bins:], "feats": feats}

    def make_anchors(self, feature_shapes: List[Tuple[int, int]]) -> Tuple[Any, Any]:
        return ops.make_anchors([mx.zeros((1, *shape, 1)) for shape in feature_shapes], list(self.dialect.strides))

    def dist2bbox(self, distance: Any, anchor_points: Any) -> Any:
        return ops.dist2bbox(distance, anchor_points, xywh=False)

    def bbox2dist(self, anchor_points: Any, bboxes: Any) -> Any:
        return ops.bbox2dist(anchor_points, bboxes, self.dialect.reg_max - 1 or None)

    def decode_boxes(self, pred_dist: Any, anchor_points: Any) -> Any:
        return loss.v8DetectionLoss(self._model()).bbox_decode(anchor_points, pred_dist)

    iou, giou, diou, ciou = overlap(), overlap(GIoU=True), overlap(DIoU=True), overlap(CIoU=True)

    def candidates_in_gts(self, anchor_points: Any, gt_bboxes: Any, mask_gt: Any) -> Any:
        return self._assigner._select_candidates_in_gts(anchor_points, gt_bboxes, mask_gt) * mask_gt

    def assign(self, *args: Any) -> Tuple[Any, ...]:
        *args, gt_labels, gt_bboxes, mask_gt = args
        return self._assigner(*args, *blanked(gt_labels, gt_bboxes, mask_gt), mask_gt)

    def dfl_loss(self, pred_dist: Any, target: Any) -> Any:
        bins = self.dialect.reg_max
        return loss.DFLoss(bins)(pred_dist.reshape(-1, bins), target.reshape(-1)).reshape(-1, 4).mean(-1)

    def bbox_loss(self, *args: Any) -> Tuple[Any, Any]:
        return loss.BboxLoss(self.dialect.reg_max)(*args, imgsz=None, stride=None)

    def detection_loss(self, feature_maps: List[Any], targets: Any) -> Tuple[Any, Any]:
        return loss.v8DetectionLoss(self._model())(self._branch(feature_maps), batch(targets), self._assigner)

    def end_to_end_loss(
        self, one_to_many: List[Any], one_to_one: List[Any], targets: Any, epoch: int, epochs: int
    ) -> Tuple[Any, Any]:
        criterion = loss.E2ELoss(self._model())
        criterion.set_epochs(epochs)
        for _ in range(epoch):
            criterion.update()
        branches = {"one2many": self._branch(one_to_many), "one2one": self._branch(one_to_one)}
        return criterion(branches, batch(targets))


def batch(targets: Any) -> Dict[str, Any]:
    """The targets as its data loader hands them over."""
    return {"batch_idx": targets[:, 0], "cls": targets[:, 1], "bboxes": targets[:, 2:]}


def factory(dialect: Any) -> YoloMlx:
    """Offer the package for one dialect; with one stride its in-box test, which reads the second, raises IndexError."""
    if len(dialect.strides) < 2:
        raise NotImplementedError(f"strides must be two or more, got {dialect.strides}")
    built_in(dialect, iou_eps=1e-7, inside_eps=1e-9, norm_eps=1e-9)
    return YoloMlx(dialect)


factory.dialect = "YOLO_MLX"
