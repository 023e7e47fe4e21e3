"""The reference runs on error-carrying numbers under every dialect, and its bound holds what float32 gives."""

from dataclasses import replace

import numpy as np
import pytest

import refimpl
from conformance.judging.rounding import FLOAT32, Rounded
from refimpl import DECISIONS, PRESETS, YOLOV8
from refimpl.alignment import alignment_metric
from refimpl.scores import target_scores
from refimpl.siou import siou, siou_vjp

SMALL = {"num_classes": 3, "topk": 3, "strides": (8, 16)}
DIALECTS = {
    **{name: replace(preset, **SMALL) for name, preset in PRESETS.items()},
    **{f"{d.field}={v.value}": replace(YOLOV8, **SMALL, **{d.field: v.value}) for d in DECISIONS.values() for v in d.values},
}


class Native(np.ndarray):
    """An array in the precision it comes in."""

    __array_priority__ = 1.0


def pairs(seed=0, count=20):
    rng = np.random.default_rng(seed)
    corner, side = rng.uniform(0, 40, (2, count, 2)), rng.uniform(2, 40, (2, count, 2))
    return np.concatenate([corner, corner + side], axis=-1).astype(np.float32)


def bounded(function, arrays, dialect):
    """Results on error-carrying numbers, and in float32, each as a list."""
    exact = function(*(Rounded(x.astype(np.float64), FLOAT32) for x in arrays), dialect=dialect)
    native = function(*(x.view(Native) for x in arrays), dialect=dialect)
    return [x if isinstance(x, tuple) else (x,) for x in (exact, native)]


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize("op", ["iou", "giou", "diou", "ciou", "siou"])
def test_overlaps_and_their_gradients_in_float32_are_within_the_bound(op, name):
    first, second = pairs()
    value = siou if op == "siou" else getattr(refimpl, op)
    vjp = siou_vjp if op == "siou" else getattr(refimpl, f"{op}_vjp")

    for function, arrays in ((value, [first, second]), (vjp, [first, second, np.ones(len(first), np.float32)])):
        for exact, native in zip(*bounded(function, arrays, DIALECTS[name])):
            assert np.isfinite(exact.error).mean() > 0.9
            assert (np.abs(np.asarray(native, np.float64) - exact.value) <= exact.error).all()


@pytest.mark.parametrize("name", DIALECTS)
def test_metric_and_target_scores_carry_a_bound(name):
    dialect, rng = DIALECTS[name], np.random.default_rng(1)
    boxes = pairs(2, 5).astype(np.float64)
    scores = Rounded(rng.uniform(0, 1, (1, 5, 3)), FLOAT32)
    predicted, gts = (Rounded(x[np.newaxis], FLOAT32) for x in (boxes[0], boxes[1][:2]))
    labels, mask = np.array([[[0], [2]]]), np.ones((1, 2, 5), bool)

    alignment = alignment_metric(scores, predicted, labels, gts, mask, dialect=dialect)
    owners = refimpl.resolve_conflicts(mask, alignment.overlaps.value, dialect=dialect)
    found = target_scores(alignment, owners, labels, mask, dialect=dialect)

    assert np.isfinite(alignment.metric.error).all() and np.isfinite(found.error).all()


@pytest.mark.parametrize("name", DIALECTS)
def test_the_losses_of_an_assigned_image_carry_a_bound(name):
    dialect = DIALECTS[name]
    rng = np.random.default_rng(3)
    maps = [rng.normal(size=(1, 4 * dialect.reg_max + 3, *shape)) for shape in ((3, 3), (2, 2))]
    steps = refimpl.trace(maps, [[0, 1, 0.5, 0.5, 0.6, 0.6]], dialect=dialect)
    logits, boxes = Rounded(steps["logits"], FLOAT32), Rounded(steps["pred_bboxes"], FLOAT32)
    names = ("target_labels", "target_bboxes", "target_scores", "fg_mask", "target_gt_idx")
    given = [Rounded(steps[n], FLOAT32) if steps[n].dtype == float else steps[n] for n in names]
    assigned = refimpl.Assignment(*given)
    grid = [Rounded(steps[n], FLOAT32) for n in ("anchor_points", "stride_tensor")]
    image = Rounded(steps["pred_dist"], FLOAT32), logits, boxes, *grid, assigned, tuple(steps["image_size"].tolist())

    sums, gradient = refimpl.detection_gradients.image_loss_and_gradient(*image, dialect=dialect)
    again = refimpl.detection.image_loss_sums(*image, dialect=dialect)

    assert np.isfinite(sums.error).all() and np.isfinite(gradient.error).all()
    np.testing.assert_allclose(sums.value, again.value, rtol=1e-12)
