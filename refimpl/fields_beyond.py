"""Fields of a dialect beyond the head: a record for each family of ops, so that a reader of one page meets only its own.

What each decides, its values and who decides so, are rows of `refimpl.decisions_beyond`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SuppressionFields:
    """Non-maximum suppression."""

    nms_compare: str = "strict"
    nms_threshold: str = "float64"
    nms_sort_corners: bool = False
    nms_pixel_offset: int = 0
    nms_nan: str = "keeps"
    nms_classes: str = "apart"
    candidates_per_box: str = "best"
    max_nms: int = 30000


@dataclass(frozen=True)
class ImageFields:
    """Sizes of images, and the boxes that move with them."""

    float_rule: str = "exact"
    short_side: str = "up"
    letterbox_rounding: str = "half_even"
    letterbox_enlarges: bool = True
    letterbox_centred: bool = True
    letterbox_pads: str = "whole"
    label_ratio: str = "unrounded"
    restore_gain: str = "per_axis"
    restore_padding: str = "rounded"
    keep_side: float = 2
    keep_area: float = 0.1
    keep_aspect: float = 100
    hue_gain: str = "adds"
    mixup_rounding: str = "down"


@dataclass(frozen=True)
class RegionFields:
    """Region proposals."""

    anchor_rounding: str = "corners"
    anchor_order: str = "ratios_first"
    anchor_centre: str = "corner"
    region_pixel_offset: int = 0
    decoded_end: str = "last_pixel"
    delta_clamp: str = "above"
    propose_order: str = "best_first"
    propose_border: str = "clip"
    min_size_compare: str = "at_least"


@dataclass(frozen=True)
class PoolingFields:
    """Max pooling of regions."""

    roi_rounding: str = "half_away"
    roi_bins: str = "exact"


@dataclass(frozen=True)
class TrainingFields:
    """Averages of weights, and schedules."""

    ema_limit: float = 0.9999
    ema_ramp: str = "exponential"
    ema_tau: float = 2000
    lr_shape: str = "linear"
    lr_first: float = 0.01
    lr_final: float = 0.01
    momentum: float = 0.937
    warmup_momentum: float = 0.8
    warmup_epochs: float = 3.0
    warmup_bias_rate: float = 0.1
    warmup_cap: str = "last_epoch"
    warmup_target: str = "epoch_rate"
    warmup_end: str = "included"
    nominal_batch: int = 64


class BeyondFields(TrainingFields, PoolingFields, RegionFields, ImageFields, SuppressionFields):
    """All of them."""
