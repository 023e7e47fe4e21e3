"""How far a right answer may lie from the expected value: the bounds of the suite, rounded up to six significant bits.

Derived bounds are computed in float64 and may differ in their last bits from one machine to the next; so coarse a grid
hides that.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Mapping

import numpy as np

import refimpl
from conformance.ops.head import legal_batches as batches
from conformance.judging import licences
from conformance.judging.rounding import FLOAT32, PRECISIONS, Precision, Rounded
from conformance.ops.cases import Case
from golden.rules import UNJUDGED, by_name
from refimpl import Dialect
from refimpl.detection_gradients import merge_levels
from refimpl.targets import PaddedTargets, to_pixels

SIGNIFICANT_BITS = 6
NUDGE = 1 + 2.0**-20
"""Moves bounds that are exactly on the grid, as many are, away from the place where they would be rounded to the next value."""

Arguments = Mapping[str, Any]
Errors = Dict[str, np.ndarray]


def bounds(op: str, arguments: Arguments, dialect: Dialect, expected: Mapping[str, np.ndarray]) -> Errors:
    """`<output>.bound32` and `<output>.bound64` of every output that is a value, inf where nothing is asked.

    Parameters
    ----------
    arguments : by name, as `rules.arguments` gives them
    expected : all outputs, by name
    """
    found = {}
    for dtype, precision in PRECISIONS.items():
        for name, error in derived(op, arguments, dialect, expected, precision).items():
            found[f"{name}.{dtype.replace('float', 'bound')}"] = upward(error)
    return {name: found[name] for name in sorted(found)}


def derived(op: str, arguments: Arguments, dialect: Dialect, expected: Any, precision: Precision) -> Errors:
    """Bounds before rounding, by output."""
    errors = ERRORS.get(op, _of_reference(op))(as_case(arguments, dialect), expected, precision)
    for name, error in errors.items():
        if not (np.isfinite(error) | (error == UNJUDGED) & (op in ("pad_targets", "assign"))).all():
            raise ValueError(f"{name}: expected a finite bound in {precision.dtype}, got {error}")
    return errors


def upward(error: np.ndarray) -> np.ndarray:
    """The next number up with six significant bits; 0 and inf stay what they are."""
    significand, exponent = np.frexp(error * NUDGE)
    return np.ldexp(np.ceil(significand * 2.0**SIGNIFICANT_BITS), exponent - SIGNIFICANT_BITS)


def as_case(arguments: Arguments, dialect: Dialect) -> Case:
    """The arguments in float64, as the suite keeps them."""
    return Case(dialect, {name: _float64(value) for name, value in arguments.items()})


def _float64(value: Any) -> Any:
    if isinstance(value, list):
        return [_float64(item) for item in value]
    return value.astype(np.float64) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value


def _of_reference(op: str) -> Callable[[Case, Any, Precision], Errors]:
    """The reference's own bound: it runs on error-carrying numbers as it stands."""
    return _licensed(op)


def _licensed(op: str, *licences: Callable[..., Any]) -> Callable[[Case, Any, Precision], Errors]:
    """The widest bound of the reference and of the licensed forms, which are equal in exact arithmetic for upright boxes."""

    def errors(case: Case, expected: Any, precision: Precision) -> Errors:
        arguments = case.rounded(precision)
        forms = [by_name(op, form(**arguments, dialect=case.dialect)) for form in (getattr(refimpl, op), *licences)]
        return {name: np.maximum.reduce([form[name].error for form in forms]) for name in forms[0]}

    return errors


def _exact_anchors(case: Case, expected: Any, precision: Precision) -> Errors:
    return {name: np.zeros_like(array) for name, array in expected.items()}


def _pad_targets(case: Case, expected: Any, precision: Precision) -> Errors:
    """Nothing is asked of rows that are masked out."""
    error = np.full(expected["gt_bboxes"].shape, UNJUDGED)
    for b in range(case.batch_size):
        rows = case.targets[case.targets[:, 0] == b]
        error[b, : len(rows)] = to_pixels(Rounded(rows[:, 2:], precision), case.image_size).error
    return {"gt_bboxes": np.where(expected["mask_gt"], error, UNJUDGED)}


def _assign(case: Case, expected: Any, precision: Precision) -> Errors:
    """Bounds of what follows from the stored owners; a target box is a copy, and nothing is asked of background."""
    arguments = case.rounded(precision)
    alignment, _ = batches.scenes(*arguments.values(), dialect=case.dialect)
    gt = PaddedTargets(*(arguments[name] for name in PaddedTargets._fields))
    owner = np.where(expected["fg_mask"], expected["target_gt_idx"], -1)
    scores = [
        batches.owned(alignment, owner[b], gt, slice(b, b + 1), case.dialect).target_scores.error
        for b in range(len(owner))
    ]
    background = ~expected["fg_mask"][..., np.newaxis]
    boxes = np.where(background, UNJUDGED, np.zeros(expected["target_bboxes"].shape))
    return {"target_bboxes": boxes, "target_scores": np.concatenate(scores)}


def _detection_loss(case: Case, expected: Any, precision: Precision) -> Errors:
    """Bounds of the loss that follows from the one legal assignment.

    Those of float64 are those of float32, scaled: errors grow no slower than u. The suite's own hold differences
    between two forms of the softmax, which in float64 are nothing but the machine's own rounding.
    """
    losses = batches.legal_losses(case, FLOAT32)
    if len(losses) != 1:
        raise ValueError(f"expected a batch with one legal assignment, got {len(losses)}")
    total, scale = len(case.feature_maps[0]) * losses[0].sum(), precision.u / FLOAT32.u
    return {"total": total.error * scale, "components": losses[0].error * scale}


def _bce_gradient(case: Case, expected: Any, precision: Precision) -> Errors:
    """The reference's own bound and what other forms may be off by, at the kinks of their terms and elsewhere."""
    own = _of_reference("bce_loss_vjp")(case, expected, precision)["logits"]
    return {"logits": own + np.abs(case.cotangent) * sum(licences.bce_gradient_slack(case.logits, precision))}


def _detection_gradient(case: Case, expected: Any, precision: Precision) -> Errors:
    """Bounds of the gradient that follows from the one legal assignment: kinks, and rounding scaled as in the loss."""
    gradients = batches.legal_gradients(case, FLOAT32)
    if len(gradients) != 1:
        raise ValueError(f"expected a batch with one legal assignment, got {len(gradients)}")
    (gradient,) = gradients
    error = np.concatenate([gradient.bins.error, gradient.logits.error], axis=-1)
    kinks = np.concatenate(gradient.legal, axis=-1)
    levels = [np.zeros_like(level) for level in case.feature_maps]
    merge_levels(kinks + (error - kinks) * precision.u / FLOAT32.u, levels)
    return {f"feature_maps.{i}": level for i, level in enumerate(levels)}


def _no_values(case: Case, expected: Any, precision: Precision) -> Errors:
    return {}


ERRORS: Dict[str, Callable[[Case, Any, Precision], Errors]] = {
    "make_anchors": _exact_anchors,
    "decode_boxes": _licensed("decode_boxes", licences.decode_by_log_softmax),
    "ciou": _licensed("ciou", licences.ciou_by_arctan2),
    "pad_targets": _pad_targets,
    "candidates_in_gts": _no_values,
    "select_topk": _no_values,
    "resolve_conflicts": _no_values,
    "assign": _assign,
    "detection_loss": _detection_loss,
    "ciou_vjp": _licensed("ciou_vjp", licences.ciou_vjp_by_arctan2),
    "bce_loss_vjp": _bce_gradient,
    "detection_loss_vjp": _detection_gradient,
}
"""Ops whose bounds are more than the reference's own."""
