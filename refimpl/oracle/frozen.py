"""Losses as functions of what they are differentiated by, with all that is a constant of the gradient frozen beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from refimpl.oracle import overlap
from refimpl.oracle.detection import detection_loss
from refimpl.oracle.losses import Row, bbox_loss
from refimpl.oracle.scalars import real

Function = Callable[[list[Any]], Any]


def frozen_overlap(op: str, box1: Sequence[Any], box2: Sequence[Any], dialect: Any) -> Function:
    """One of the family, of the eight corners; alpha of ciou is that of these boxes if the dialect has it constant."""
    frozen = [overlap.ciou_alpha(box1, box2, dialect)] if op == "ciou" and dialect.constant_alpha else []
    return lambda corners: getattr(overlap, op)(corners[:4], corners[4:], dialect, *frozen)


def frozen_bbox_loss(rows: Sequence[Row], score_sum: Any, cotangents: Sequence[Any], dialect: Any) -> Function:
    """Weighted sum of box and dfl, of the 4R logits and the predicted box of every row, one row after the other."""
    alphas = None
    if dialect.constant_alpha and dialect.box_loss == "ciou":
        alphas = [overlap.ciou_alpha(row.predicted, row.target, dialect) for row in rows]

    def loss(numbers: list[Any]) -> Any:
        bins = 4 * dialect.reg_max
        pieces = [numbers[i: i + bins + 4] for i in range(0, len(numbers), bins + 4)]
        moved = [row._replace(logits=piece[:bins], predicted=piece[bins:]) for row, piece in zip(rows, pieces)]
        return sum(real(g) * part for g, part in zip(cotangents, bbox_loss(moved, score_sum, dialect, alphas)))

    return loss


def frozen_detection_loss(feature_maps: Any, targets: Any, dialect: Any) -> Function:
    """The total, of the numbers of all maps in order; assignment, target scores and S are those of these maps."""
    constants = detection_loss(feature_maps, targets, dialect).constants
    if not dialect.constant_alpha:
        constants = constants._replace(alphas=None)
    return lambda numbers: detection_loss(filled(feature_maps, iter(numbers)), targets, dialect, constants).total


def filled(table: Any, numbers: Iterator[Any]) -> Any:
    """Nested lists of the form of a table with other numbers, taken in order."""
    return [filled(row, numbers) for row in table] if isinstance(table, list) else next(numbers)
