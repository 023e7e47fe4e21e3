"""Ultralytics: where its loss stands in each release, and what it is given there."""

from __future__ import annotations

import functools
import weakref
from pathlib import Path
from typing import Any, Callable, Dict, List

import numpy as np
import ultralytics

from conformance.recording import Watched, array, ranks


def watch(folder: Path, told: Callable[[int], bool]) -> None:
    """Put a recorder before the loss of detection; a later call puts another in its place."""
    owner, method = _loss()
    loss = getattr(owner, method)
    loss = getattr(loss, "unwatched", loss)
    steps: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()
    last: List[Watched] = []

    @functools.wraps(loss)
    def watched(self: Any, preds: Any, batch: Any) -> Any:
        maps = _maps(preds)
        if not maps[-1].requires_grad:  # Validation.
            return loss(self, preds, batch)
        step = steps[self] = steps.get(self, -1) + 1
        if last and last[0].facts["step"] < step:  # Both branches of a step come before its gradient.
            last.pop().warn_if_open()
        if not told(step):
            return loss(self, preds, batch)
        seen = _Watched(folder, _by_level(preds, maps), _targets(batch), {"step": step, **_facts(self)})
        seen.shapes = [level.shape for level in seen.maps]
        last[:] = [seen] if not seen.facts["branch"] else []
        scores: List[float] = []
        handle = self.assigner.register_forward_hook(lambda module, given, found: scores.append(float(found[2].sum())))
        try:
            with seen.until_it_raises():
                total, components = loss(self, preds, batch)
        finally:
            handle.remove()
        seen.facts["normaliser"] = max(scores[0], 1.0) if scores else np.nan
        seen.answered(total, components)
        seen.await_gradients(maps, total)
        return total, components

    watched.unwatched = loss  # type: ignore[attr-defined]
    setattr(owner, method, watched)


class _Watched(Watched):
    """From 8.4 on the gradient comes to boxes and scores of all levels; the file has it by level."""

    shapes: List[Any] = []

    @property
    def maps(self) -> List[np.ndarray]:
        return self._given["maps"]

    def complete(self, cotangent: Any, gradients: Any) -> None:
        gradients = gradients if len(gradients) == len(self.shapes) else _levels(*gradients, self.shapes)
        super().complete(cotangent, gradients)


def _loss() -> Any:
    """The class of the loss and the name of the method that computes it."""
    if not hasattr(ultralytics, "utils"):  # Before 8.0.136 or so.
        from ultralytics.yolo.v8.detect.train import Loss

        return Loss, "__call__"
    from ultralytics.utils.loss import v8DetectionLoss

    return v8DetectionLoss, "loss" if hasattr(v8DetectionLoss, "loss") else "__call__"


def _maps(preds: Any) -> List[Any]:
    """The tensors to which the gradient comes: one for each level, or boxes and scores of all levels."""
    preds = preds[1] if isinstance(preds, tuple) else preds
    return [preds["boxes"], preds["scores"]] if isinstance(preds, dict) else list(preds)


def _by_level(preds: Any, maps: List[Any]) -> List[Any]:
    preds = preds[1] if isinstance(preds, tuple) else preds
    if not isinstance(preds, dict):
        return maps
    shapes = [(len(maps[0]), maps[0].shape[1] + maps[1].shape[1], *level.shape[2:]) for level in preds["feats"]]
    return _levels(*(one.detach() for one in maps), shapes)


def _levels(boxes: Any, scores: Any, shapes: List[Any]) -> List[Any]:
    """Boxes (B, 4R, A) and scores (B, C, A), torch or NumPy, as maps (B, 4R + C, H, W) of these shapes."""
    found, start = [], 0
    for shape in shapes:
        cells = slice(start, start + shape[2] * shape[3])
        start = cells.stop
        parts = [one[:, :, cells].reshape(len(one), -1, *shape[2:]) for one in (boxes, scores)]
        found.append(_LevelOf(parts, boxes.dtype))
    return found


class _LevelOf:
    """Bins and classes of one level, joined when they are copied."""

    def __init__(self, parts: List[Any], dtype: Any) -> None:
        self._parts, self.dtype = parts, dtype

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        joined = np.concatenate([array(part) for part in self._parts], axis=1)
        return joined if dtype is None else joined.astype(dtype)


def _targets(batch: Dict[str, Any]) -> np.ndarray:
    columns = [array(batch[name].float()) for name in ("batch_idx", "cls", "bboxes")]
    return np.concatenate([columns[0].reshape(-1, 1), columns[1].reshape(-1, 1), columns[2].reshape(-1, 4)], axis=1)


def _facts(loss: Any) -> Dict[str, Any]:
    assigner = loss.assigner
    one_to_one = getattr(assigner, "topk2", None) == 1 or assigner.topk == 1
    return {
        **ranks(),
        "branch": "one_to_one" if one_to_one else "",
        "source": f"ultralytics {ultralytics.__version__}",
        "strides": tuple(float(stride) for stride in loss.stride),
        "gains": (float(loss.hyp.box), float(loss.hyp.cls), float(loss.hyp.dfl)),
        "reg_max": int(loss.reg_max),
    }
