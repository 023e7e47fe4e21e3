"""Wrong candidates beyond the head: mutants that break one clause alone, and faults made to do so."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Callable, Dict, Tuple

import numpy as np

from conformance.ops.mutants import MUTANTS
from conformance.ops.pooling.aligned import kinds
from conformance.ops.right import Right

ALONE = (
    "predict-in-cells", "predict-softmax", "nms-repeats", "nms-early-exit", "nms-sorts-corners", "batched-ignores-classes",
    "shown-without-cap", "nms-no-areas-meet", "nms-at-least", "shown-at-threshold", "shown-for-every-class",
    "shown-classes-from-1", "resized-down", "letterbox-inverse-ratio", "letterbox-odd-pixel-left", "labels-unpadded",
    "restored-unclipped", "shares-as-corners", "flipped-pixels", "mosaic-offset-clipped", "warped-by-two-corners",
    "kept-at-least-side", "hue-of-256", "mixed-to-nearest", "anchors-unrounded", "anchors-x-first", "proposed-of-any-size",
    "proposed-in-rising-score", "proposed-clip-first", "proposed-sigmoid", "proposed-unsuppressed", "deltas-in-px",
    "decoded-unclamped", "clamp-passes-gradient", "clipped-to-pixels", "rois-half-even", "rois-malformed-empty",
    "empty-bins-lowest", "gradient-to-all-cells", "samples-all-clamped", "gradient-summed", "decay-constant", "average-cached",
    "rate-to-0", "warm-groups-swapped", "accumulates-never", "sizes-without-last", "scaled-down",
)  # fmt: skip
"""Mutants that break one clause each."""


def _mutant(id: str) -> Callable:
    def method(self: Right, *arguments: Any) -> Any:
        made = vars(self).setdefault("made", {})
        if id not in made:
            made[id] = MUTANTS[id].factory(self.dialect)
        return getattr(made[id], MUTANTS[id].op)(*arguments)

    return lambda name: method


def _after(op: str, change: Callable[..., Any]) -> Callable:
    return lambda name: lambda self, *arguments: change(getattr(Right, op)(self, *arguments), *arguments)


def _plain(rois: np.ndarray, bins: int, scale: float) -> np.ndarray:
    """Regions none of whose corners is near a half, as large as their bins at least; shaped as what they pool to."""
    cells = np.asarray(rois, float) * scale
    clear = (np.abs(cells % 1 - 0.5) > 1e-3).all(axis=1)
    return (clear & (cells[:, 2:] - cells[:, :2] >= bins).all(axis=1))[:, np.newaxis, np.newaxis, np.newaxis]


def _lowered(pooled: Any, features: Any, rois: Any, bins: int, scale: float) -> Any:
    return pooled + 1000 * (_plain(rois, bins, scale) & (pooled != 0))


def _apart(pooled: Any, features: Any, rois: Any, bins: int, scale: float) -> Any:
    other = MUTANTS["bins-apart"].factory(SimpleNamespace(roi_rounding="half_away", roi_bins="exact"))
    return np.where(_plain(rois, bins, scale), other.roi_max_pool(features, rois, bins, scale), pooled)


def _of_kind(kind: str) -> Callable:
    def change(pooled: Any, features: Any, rois: Any, bins: int, scale: float, ratio: int, aligned: bool) -> Any:
        case = SimpleNamespace(
            features=features, rois=np.asarray(rois, float), output_size=bins, spatial_scale=scale, sampling_ratio=ratio, aligned=aligned
        )  # fmt: skip
        return pooled + (kinds(case) == kind)

    return change


BEYOND: Dict[Tuple[str, str], Tuple[str, Callable]] = {
    **{
        (MUTANTS[id].breaks[0], MUTANTS[id].op.replace("_vjp", "")): (MUTANTS[id].sentence, _mutant(id)) for id in ALONE
    },
    ("MIX-1", "mixup"): ("half as bright", _after("mixup", lambda r, *_: r // 2)),
    ("ROI-3", "roi_max_pool"): ("bins share no cell", _after("roi_max_pool", _apart)),
    ("ROI-4", "roi_max_pool"): ("no value of the map", _after("roi_max_pool", _lowered)),
    ("RAL-1", "roi_align"): ("single samples one too large", _after("roi_align", _of_kind("one"))),
    ("RAL-3", "roi_align"): ("samples of the border one too large", _after("roi_align", _of_kind("border"))),
    ("RAL-4", "roi_align"): ("means of several samples one too large", _after("roi_align", _of_kind("several"))),
    ("EMA-3", "ema_update"): (
        "one too large where all or nothing is kept",
        _after("ema_update", lambda r, a, v, d: r + (d in (0, 1))),
    ),
}
"""(clause, op) -> (what is wrong, the op with the fault in place of the right one)."""
