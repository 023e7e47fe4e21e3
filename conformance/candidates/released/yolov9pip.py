"""yolov9pip: YOLOv9's anchor-free head (`loss_tal`), shaped like early Ultralytics. Dialect YOLOV9."""

from __future__ import annotations

import importlib
import os
import sys
from importlib import metadata
from typing import Any, List, Tuple

from torch import Tensor

from conformance.adapting.calls import quietly
from conformance.adapting.serving import built_in
from conformance.adapting.torch_types import in_own_dtype
from conformance.candidates.ultralytics_like import factory_of, parts
from conformance.candidates.ultralytics_like.stages import Gains

with quietly():
    import yolov9

    # Its modules import one another as `utils.…`, from the folder of the package.
    sys.path.insert(0, os.path.dirname(yolov9.__file__))
    found = parts("utils.tal")
    loss = importlib.import_module("utils.loss_tal")
    sys.path.remove(os.path.dirname(yolov9.__file__))

found.update(bbox_iou=loss.bbox_iou, BboxLoss=loss.BboxLoss, v8DetectionLoss=loss.ComputeLoss)


@in_own_dtype
class Yolov9:
    """What differs from Ultralytics in the calls; mixed into the class of its shape."""

    def _model(self, device: Any, **more: Any) -> Any:
        model = super()._model(device, **more)
        model.model[0].nl, model.hyp = len(self.dialect.strides), Gains(cls_pw=1.0, fl_gamma=0.0, **model.args)
        return model

    def bbox_loss(self, *args: Tensor) -> Tuple[Tensor, Tensor]:
        return super().bbox_loss(*args)[:2]

    def bce_loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        return self._criterion(logits.device).BCEcls(logits, targets)

    def detection_loss(self, feature_maps: List[Tensor], targets: Tensor) -> Tuple[Tensor, Tensor]:
        return self._criterion(targets.device)(feature_maps, targets)


def factory(dialect: Any) -> Any:
    """Offer the package for one dialect; its gains are written into its code."""
    built_in(dialect, iou_eps=1e-7, inside_eps=1e-9, box_gain=7.5, cls_gain=0.5, dfl_gain=1.5)
    return _kind(dialect)


_like = factory_of(found, f"yolov9pip {metadata.version('yolov9pip')}")
_kind = type("Yolov9Pip", (Yolov9, _like.kind), {})
factory.dialect = "YOLOV9"
