"""What the ops are made of: the package's detection loss, assigner and box loss, made for one dialect."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Dict, List, Tuple

import torch
from torch import Tensor

from conformance.adapting.calls import taking


class Gains(dict):
    """Hyperparameters, by key and by attribute."""

    __getattr__ = dict.__getitem__


class Stages:
    """The parts of a package, made for one dialect."""

    parts: Dict[str, Any] = {}

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect

    def _model(self, device: Any, **more: Any) -> Any:
        """As much of a model as the package's detection loss reads."""
        d = self.dialect
        stride = torch.tensor([float(stride) for stride in d.strides], device=device)
        head = SimpleNamespace(stride=stride, nc=d.num_classes, reg_max=d.reg_max, no=4 * d.reg_max + d.num_classes)
        gains = Gains(box=d.box_gain, cls=d.cls_gain, dfl=d.dfl_gain, min_memory=False, **more)
        weights = getattr(d, "class_weights", None)
        model = SimpleNamespace(model=[head], args=gains, parameters=lambda: iter([stride]), stride=stride)
        model.class_weights = None if weights is None else torch.tensor(weights, device=device)
        return model

    def _criterion(self, device: Any = "cpu") -> Any:
        """The package's detection loss for a head of this dialect; values of the preset are left to the package."""
        criterion = self.parts["v8DetectionLoss"](self._model(device))
        if getattr(criterion, "assigner", None) is not None:
            self._set(criterion.assigner)
        return criterion

    def _assigner(self, device: Any = "cpu") -> Any:
        """The assigner of the detection loss, or one made alone."""
        if "v8DetectionLoss" in self.parts:
            return self._criterion(device).assigner
        d = self.dialect
        sizes = {"num_classes": d.num_classes, "topk": d.topk, "alpha": d.alpha, "beta": d.beta, "eps": d.norm_eps}
        return self._set(taking(self.parts["TaskAlignedAssigner"], **sizes, stride=list(d.strides)))

    def _set(self, assigner: Any, claims: bool = True) -> Any:
        """Give an assigner the values of the dialect that are not its own; without `claims` it keeps its number of claims."""
        d = self.dialect
        topk2 = getattr(d, "topk2", None) or d.topk
        wanted = {"alpha": d.alpha, "beta": d.beta, "eps": d.norm_eps, **({"topk": d.topk, "topk2": topk2} if claims else {})}
        for attribute, value in wanted.items():
            if getattr(assigner, attribute, value) != value:
                setattr(assigner, attribute, value)
        assigner.roll_out = False  # early releases set it as they begin to assign
        return assigner

    def _bbox_loss(self, device: Any = "cpu") -> Any:
        if "v8DetectionLoss" in self.parts:
            return self._criterion(device).bbox_loss
        kind, bins = self.parts["BboxLoss"], self.dialect.reg_max
        early = "use_dfl" in kind.__init__.__code__.co_varnames
        return kind(bins - 1, use_dfl=True) if early else kind(bins)

    def _step(self, assigner: Any, name: str, *args: Any, **newer: Any) -> Any:
        return taking(getattr(assigner, name, None) or self.parts[name], *args, **newer)

    def _branch(self, feature_maps: List[Tensor]) -> Dict[str, Any]:
        flat = torch.cat([level.flatten(2) for level in feature_maps], dim=2)
        boxes, scores = flat.split((4 * self.dialect.reg_max, self.dialect.num_classes), dim=1)
        return {"boxes": boxes, "scores": scores, "feats": feature_maps}


def batch_of(targets: Tensor) -> Dict[str, Tensor]:
    """The targets as the package's data loader hands them over."""
    return {"batch_idx": targets[:, 0], "cls": targets[:, 1], "bboxes": targets[:, 2:]}


def summed(total: Tensor, items: Any) -> Tuple[Tensor, Tensor]:
    """Total, one number in early releases and three in later ones, and components, by name in later ones."""
    return total.sum(), torch.stack(list(items.values())) if isinstance(items, dict) else items
