"""The ops of the installed Ultralytics release, so that it can be judged as it is.

Every value is computed by the package: by the parts of its detection loss and of its assigner, which were functions
in early releases and are methods in later ones. This adapter only knows where they are and what their callers inside
the package hand them (masks as floats; `mask_gt` multiplied in after a step). It repairs nothing.

Served are releases 8.0.52 – 8.3.252, dialect YOLOV8, and 8.4.128 and later, dialect ULTRALYTICS_8_4.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
import inspect
import re
import sys
from types import SimpleNamespace
from typing import Any, Callable, List, Tuple

import numpy as np
import torch
from torch import Tensor

# The package greets on stdout, and changes NumPy's print options for the whole process.
with np.printoptions(), contextlib.redirect_stdout(sys.stderr):
    import ultralytics

VERSION = tuple(int(part) for part in re.findall(r"\d+", ultralytics.__version__)[:3])

# Fields of the dialect in which the package leaves no choice.
FIXED = {"iou_eps": 1e-7, "inside_eps": 1e-9, "topk_among": "inside", "fewer_anchors_than_topk": False}
# Attribute of the assigner -> field of the dialect, and its value in both presets.
ASSIGNER = dict(topk=("topk", 10), topk2=("topk", 10), alpha=("alpha", 0.5), beta=("beta", 6.0), eps=("norm_eps", 1e-9))


def preset(version: Tuple[int, ...]) -> str | None:
    """Name of the dialect a release implements; None for a release that is not served."""
    if (8, 0, 52) <= version <= (8, 3, 252):
        return "YOLOV8"
    return "ULTRALYTICS_8_4" if version >= (8, 4, 128) else None


def factory(dialect: Any) -> Ultralytics:
    """Offer the installed release for one dialect.

    Raises
    ------
    NotImplementedError
        If the release is not served, or a field of the dialect has a value other than the package's fixed one.
    """
    if preset(VERSION) is None:
        raise NotImplementedError(
            f"ultralytics {ultralytics.__version__} is installed; served are 8.0.52 – 8.3.252 (dialect YOLOV8) and "
            "8.4.128 or later (dialect ULTRALYTICS_8_4): before 8.0.52 the overlaps are not masked by the in-box test, "
            "and 8.4.0 – 8.4.127 widen small boxes by another rule"
        )
    for field, value in FIXED.items():
        if getattr(dialect, field, value) != value:
            raise NotImplementedError(f"{field} must be {value}, got {getattr(dialect, field)}")
    return Ultralytics(dialect)


if preset(VERSION) is not None:
    factory.dialect = preset(VERSION)


@functools.lru_cache(maxsize=None)
def module(name: str) -> Any:
    """One of the modules that hold the head: tal, metrics or loss."""
    folder = "ultralytics.utils" if importlib.util.find_spec("ultralytics.utils") else "ultralytics.yolo.utils"
    return importlib.import_module(f"{folder}.{name}")


def in_own_dtype(candidate: type) -> type:
    """Run each op with torch's default float type, that of tensors the package makes, set to that of its arguments."""

    def wrapped(op: Callable) -> Callable:
        def run(self: Ultralytics, *args: Any) -> Any:
            values = [value for arg in args for value in (arg if isinstance(arg, list) else [arg])]
            floats = [value.dtype for value in values if torch.is_tensor(value) and value.is_floating_point()]
            before = torch.get_default_dtype()
            torch.set_default_dtype((floats or [before])[0])
            try:
                return op(self, *args)
            finally:
                torch.set_default_dtype(before)

        return functools.wraps(op)(run)

    for name, op in list(vars(candidate).items()):
        if callable(op) and not name.startswith("_"):
            setattr(candidate, name, wrapped(op))
    return candidate


def step(owner: Any, name: str, *args: Any, **newer: Any) -> Any:
    """Call a method, before 8.1 a function of `tal`, with those of the newer arguments that the release takes."""
    function = getattr(owner, name, None) or getattr(module("tal"), name)
    taken = inspect.signature(function).parameters
    return function(*args, **{argument: value for argument, value in newer.items() if argument in taken})


def overlap(**kind: bool) -> Callable:
    """One op of the IoU family."""
    return lambda self, boxes1, boxes2: module("metrics").bbox_iou(boxes1, boxes2, xywh=False, **kind).squeeze(-1)


@in_own_dtype
class Ultralytics:
    """The ops of one dialect; arguments and results are those of the protocol."""

    framework = "torch"
    name = f"ultralytics {ultralytics.__version__}"

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect
        if not hasattr(self._criterion().bbox_loss, "dfl_loss"):
            self.dfl_loss = None  # early releases clamp its target in the caller only: `bbox_loss` has both

    def _criterion(self, device: torch.device | str = "cpu") -> Any:
        """The package's detection loss for a head of this dialect; values of the preset are left to the package."""
        d = self.dialect
        stride = torch.tensor([float(stride) for stride in d.strides], device=device)
        head = SimpleNamespace(stride=stride, nc=d.num_classes, reg_max=d.reg_max, no=4 * d.reg_max + d.num_classes)
        gains = SimpleNamespace(box=d.box_gain, cls=d.cls_gain, dfl=d.dfl_gain)
        model = SimpleNamespace(model=[head], args=gains, parameters=lambda: iter([stride]))
        kind = getattr(module("loss"), "v8DetectionLoss", None)
        criterion = (kind or importlib.import_module("ultralytics.yolo.v8.detect.train").Loss)(model)
        for attribute, (field, usual) in ASSIGNER.items():
            if getattr(d, field) != usual:
                setattr(criterion.assigner, attribute, getattr(d, field))
        return criterion

    def make_anchors(self, feature_shapes: List[Tuple[int, int]]) -> Tuple[Tensor, Tensor]:
        maps = [torch.empty(1, 1, height, width) for height, width in feature_shapes]
        return module("tal").make_anchors(maps, self._criterion().stride, 0.5)

    def dist2bbox(self, distance: Tensor, anchor_points: Tensor) -> Tensor:
        return module("tal").dist2bbox(distance, anchor_points, xywh=False)

    def bbox2dist(self, anchor_points: Tensor, bboxes: Tensor) -> Tensor:
        return module("tal").bbox2dist(anchor_points, bboxes, self.dialect.reg_max - 1)

    def decode_boxes(self, pred_dist: Tensor, anchor_points: Tensor) -> Tensor:
        return self._criterion(pred_dist.device).bbox_decode(anchor_points, pred_dist)

    iou, giou, diou, ciou = overlap(), overlap(GIoU=True), overlap(DIoU=True), overlap(CIoU=True)

    def pad_targets(self, targets: Tensor, batch_size: int, image_size: Tuple[int, int]) -> Tuple[Tensor, ...]:
        scale = targets.new_tensor(image_size)[[1, 0, 1, 0]]
        labels, boxes = self._criterion(targets.device).preprocess(targets, batch_size, scale).split((1, 4), 2)
        return labels, boxes, boxes.sum(2, keepdim=True) > 0

    def candidates_in_gts(self, anchor_points: Tensor, gt_bboxes: Tensor, mask_gt: Tensor) -> Tensor:
        assigner, mask_gt = self._criterion(gt_bboxes.device).assigner, mask_gt.to(gt_bboxes)
        return step(assigner, "select_candidates_in_gts", anchor_points, gt_bboxes, mask_gt=mask_gt) * mask_gt

    def alignment_metric(
        self, pd_scores: Tensor, pd_bboxes: Tensor, gt_labels: Tensor, gt_bboxes: Tensor, mask: Tensor
    ) -> Tuple[Tensor, Tensor]:
        assigner = self._criterion(pd_bboxes.device).assigner
        assigner.bs, assigner.n_max_boxes = gt_bboxes.shape[:2]
        return assigner.get_box_metrics(pd_scores, pd_bboxes, gt_labels, gt_bboxes, mask)

    def select_topk(self, metric: Tensor, mask_gt: Tensor) -> Tensor:
        assigner = self._criterion(metric.device).assigner
        return assigner.select_topk_candidates(metric, topk_mask=mask_gt.expand(-1, -1, assigner.topk)) * mask_gt

    def resolve_conflicts(self, mask_pos: Tensor, overlaps: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        assigner, gts = self._criterion(overlaps.device).assigner, overlaps.shape[1]
        # The metric is read only where a second top-k, of another k, follows the first.
        return step(assigner, "select_highest_overlaps", mask_pos.to(overlaps), overlaps, gts, align_metric=None)

    def assign(self, *args: Tensor) -> Tuple[Tensor, ...]:
        *args, mask_gt = args
        return self._criterion(mask_gt.device).assigner(*args, mask_gt.to(args[0]))

    def bce_loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        return self._criterion(logits.device).bce(logits, targets)

    def dfl_loss(self, pred_dist: Tensor, target: Tensor) -> Tensor:
        bins = pred_dist.view(-1, self.dialect.reg_max)
        return self._criterion(target.device).bbox_loss.dfl_loss(bins, target.clone()).squeeze(-1)  # clamps in place

    def bbox_loss(self, *args: Tensor) -> Tuple[Tensor, Tensor]:
        unread = {"imgsz": None, "stride": None}  # by a head with bins
        return step(self._criterion(args[0].device).bbox_loss, "forward", *args, **unread)

    def detection_loss(self, feature_maps: List[Tensor], targets: Tensor) -> Tuple[Tensor, Tensor]:
        criterion = self._criterion(targets.device)
        batch = {"batch_idx": targets[:, 0], "cls": targets[:, 1], "bboxes": targets[:, 2:]}
        if hasattr(criterion, "parse_output"):  # since 8.4 the head hands over its two branches, flattened
            flat = torch.cat([level.flatten(2) for level in feature_maps], dim=2)
            boxes, scores = flat.split((4 * self.dialect.reg_max, self.dialect.num_classes), dim=1)
            total, items = criterion({"boxes": boxes, "scores": scores, "feats": feature_maps}, batch)
            return total.sum(), torch.stack([items[f"{part}_loss"] for part in ("box", "cls", "dfl")])
        total, components = criterion(feature_maps, batch)
        return total.sum(), components  # total is one number in early releases, three in later ones
