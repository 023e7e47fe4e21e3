"""Dialects: every decision in which implementations of the YOLOv8 training head differ, as one frozen record."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace
from typing import Any, Tuple

from refimpl.decisions import DECISIONS, NUMBERS, Decision, Number
from refimpl.errors import NumberTypeError, RangeError
from refimpl.fields_beyond import BeyondFields

Pair = Tuple[float, float]


@dataclass(frozen=True)
class _Named:
    name: str


@dataclass(frozen=True)
class Dialect(BeyondFields, _Named):
    """Hyperparameters and decisions of one implementation family.

    The legal values of every decision, what they mean and who decides so, are rows of `refimpl.decisions`.

    Attributes
    ----------
    name : what the dialect describes.
    strides : px per grid cell, one for each of the L levels.
    class_weights : factors of the classification loss, one for each class; None for none.
    any_target_order : whether targets may come unsorted by image. The reference takes any order; candidates are
        asked for it only where this is True.
    fewer_anchors_than_topk : whether A < k is served (all anchors are then claimed).
    """

    num_classes: int = 80
    reg_max: int = 16
    strides: Tuple[int, ...] = (8, 16, 32)
    topk: int = 10
    topk2: int | None = None
    alpha: float = 0.5
    beta: float = 6.0
    box_gain: float = 7.5
    cls_gain: float = 0.5
    dfl_gain: float = 1.5
    iou_eps: float = 1e-7
    overlap_eps: float = 1e-7
    inside_eps: float = 1e-9
    norm_eps: float = 1e-9
    overlap: str = "ciou"
    side_eps: str = "height"
    overlap_side_eps: str | None = None
    union_eps: str = "plus"
    enclosing_eps: str = "plus"
    negative_sides: str = "signed"
    negative_hull: str = "signed"
    ciou_range: Pair | None = None
    nan_is: float | None = None
    alpha_rule: str = "eps"
    constant_alpha: bool = True
    aspect_factor: str = "outside"
    inside_edges: bool = False
    widen_gts: str = "never"
    range_limit: bool = False
    topk_among: str = "inside"
    claim_above: float | None = None
    at_least_one: bool = False
    owner_among: str = "inside"
    owner_by: str = "overlap"
    owner_above: float | None = None
    outside_metric: str = "zero"
    normalised_over: str = "owned"
    score_of: str = "owner"
    cls_loss: str = "bce"
    box_loss: str = "ciou"
    normaliser: str = "at_least_one"
    times_batch: bool = True
    target_mask: str = "positive_sum"
    class_weights: Tuple[float, ...] | None = None
    any_target_order: bool = False
    fewer_anchors_than_topk: bool = False

    def __post_init__(self) -> None:
        for field in ("strides", "class_weights", "ciou_range"):
            if isinstance(getattr(self, field), list):  # As JSON has them; a tuple can be a key.
                object.__setattr__(self, field, tuple(getattr(self, field)))
        for number in NUMBERS.values():
            _check_number(number, getattr(self, number.field))
        for decision in DECISIONS.values():
            _check_decision(decision, getattr(self, decision.field))
        if not _positive(self.strides):
            raise RangeError(f"strides: expected one positive stride per level, got {self.strides!r}")
        weights = self.class_weights
        if weights is not None and not (_positive(weights) and len(weights) == self.num_classes):
            raise RangeError(f"class_weights: expected {self.num_classes} weights > 0, got {weights!r}")
        for field in ("any_target_order", "fewer_anchors_than_topk"):
            if not isinstance(getattr(self, field), bool):
                raise NumberTypeError(f"{field}: expected True or False, got {getattr(self, field)!r}")

    @property
    def largest_distance(self) -> float:
        """Largest ltrb distance of a DFL target, grid: R − 1 − 0.01, so that its right bin exists; ∞ without bins."""
        return self.reg_max - 1 - 0.01 if self.reg_max > 1 else math.inf

    @property
    def widened(self) -> Pair:
        """px: a side of a ground truth below the first is widened to the second in the in-box test; 0, 0 for never."""
        first, second = self.strides[0], self.strides[:2][-1]
        below = {"never": 0, "to_second_stride": second, "below_first_to_second": first}[self.widen_gts]
        return below, second if below else 0

    @property
    def min_gt_side(self) -> float:
        """px, the side that short sides of a ground truth are widened to for the in-box test; 0 for never."""
        return self.widened[1]

    @property
    def claims_inside(self) -> bool:
        """Whether a claimed anchor outside the box is dropped, or becomes a positive."""
        return self.topk_among != "all"

    @property
    def of_overlap(self) -> "Dialect":
        """The dialect in which the overlap of the metric is measured: with an ε of its own."""
        return _of_overlap(self)


@functools.lru_cache(maxsize=None)
def _of_overlap(dialect: Dialect) -> Dialect:
    return replace(dialect, iou_eps=dialect.overlap_eps, side_eps=dialect.overlap_side_eps or dialect.side_eps)


def _check_number(number: Number, value: Any) -> None:
    """A number of the right type, finite and not too small."""
    if value is None and number.optional:
        return
    what = f"a {'whole' if number.whole else 'finite'} number{' or None' if number.optional else ''}"
    if isinstance(value, bool) or not isinstance(value, (int,) if number.whole else (int, float)):
        raise NumberTypeError(f"{number.field}: expected {what}, got {value!r}")
    if not math.isfinite(value) or value < number.least:
        raise RangeError(f"{number.field}: expected at least {number.least:g}, got {value!r}")


def _check_decision(decision: Decision, value: Any) -> None:
    """One of the legal values; True is not 1."""
    legal = [known.value for known in decision.values]
    plain = isinstance(value, (bool, int, float, str, tuple, type(None)))
    if not plain or not any(value == known and isinstance(value, bool) is isinstance(known, bool) for known in legal):
        raise RangeError(f"{decision.field}: expected one of {', '.join(map(repr, legal))}, got {value!r}")


def _positive(values: Any) -> bool:
    """A tuple of at least one finite number above 0."""
    numbers = isinstance(values, tuple) and len(values) > 0 and all(isinstance(x, (int, float)) for x in values)
    return numbers and all(math.isfinite(x) and x > 0 for x in values)


def _explained(decision: Decision) -> str:
    """The question of a decision, and the answers."""
    return f"{decision.question}: " + "; ".join(f"`{known.value}`, {known.meaning}" for known in decision.values)


Dialect.__doc__ = "\n".join([
    Dialect.__doc__.rstrip(),
    *(f"    {row.field} : {row.meaning}." for row in NUMBERS.values()),
    *(f"    {row.field} : {_explained(row)}." for row in DECISIONS.values()),
    "",
])  # fmt: skip
