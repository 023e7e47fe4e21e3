"""Whole batches: feature maps of a half-trained head, and labelled boxes, as the detection loss sees them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from conformance.ops import real_size
from conformance.cases.boxes import feature_shapes, level_shapes
from conformance.cases.case import Case, Cases, also_asked_before, always
from conformance.cases.draws import choices, composite, in_precision, numbers, possible_in, realness, served_with
from conformance.cases.logits import decoding_to, past_the_bins
from conformance.judging.rounding import FLOAT64
from conformance.ops.head.sizes import image_size
from conformance.ops.targets.cases import target_rows
from refimpl import Assignment, assign, decode_boxes, make_anchors, pad_targets
from refimpl.bce import sigmoid
from refimpl.detection import split_predictions

_FITTING = {
    "odd strides": {"strides": lambda strides: any(stride % 2 for stride in strides)},
    "one level": {"strides": lambda strides: len(strides) == 1},
    "unsorted": {"any_target_order": bool},
    "past the last bin": {"reg_max": lambda r: r <= 8},
    "lifted bins": {"reg_max": lambda r: r > 1},
    "scores sum above 1": {"topk": lambda k: k > 1},
    "behind many boxes": {
        "topk": lambda k: k > 1, "widen_gts": lambda how: how == "never", "topk_among": lambda how: how != "all",
    },
    "scores sum below 1": {"topk": lambda k: k == 1},
}


SPECKS = np.tile([0, 0, *4 * [2.0**-12]], (307, 1))
"""Labelled boxes in the corner of the first image, where no anchor is."""


def _padded(case: Case):
    return pad_targets(case.targets, len(case.feature_maps[0]), image_size(case), dialect=case.dialect)


def _past_the_last_bin(case: Case) -> bool:
    _, boxes, mask = _padded(case)
    cells = (boxes[..., 2:] - boxes[..., :2])[mask[..., 0]] / case.dialect.strides[0]
    return bool((cells > past_the_bins(case.dialect)).any())


def assigned(case: Case) -> Assignment:
    """What the reference assigns in a batch."""
    pred_dist, logits = split_predictions(case.feature_maps, dialect=case.dialect)
    points, stride = make_anchors([level.shape[2:] for level in case.feature_maps], dialect=case.dialect)
    boxes = decode_boxes(pred_dist, points, dialect=case.dialect) * stride
    return assign(sigmoid(logits), boxes, points * stride, *_padded(case), stride, dialect=case.dialect)


def _scores_sum(case: Case) -> float:
    """Σ target_scores of the batch."""
    return float(assigned(case).target_scores.sum())


EVENTS = {
    "lattice": always,
    "real": always,
    "several images": lambda c: len(c.feature_maps[0]) > 1,
    "crowd": lambda c: len(c.feature_maps[0]) > 3 and c.feature_maps[0][0, 0].size >= 64,
    "empty image": lambda c: 0 < len(set(c.targets[:, 0])) < len(c.feature_maps[0]),
    "no targets": lambda c: len(c.targets) == 0,
    "H != W": lambda c: image_size(c)[0] != image_size(c)[1],
    "one level": lambda c: len(c.dialect.strides) == 1,
    "odd strides": lambda c: any(stride % 2 for stride in c.dialect.strides),
    "unsorted": lambda c: bool((np.diff(c.targets[:, 0]) < 0).any()),
    "several boxes in an image": lambda c: len(c.targets) > len(set(c.targets[:, 0])),
    "coordinate sum not positive": lambda c: bool((c.targets[:, 2:4] @ image_size(c)[::-1] <= 0).any()),
    "saturated scores": lambda c: any((np.abs(m[:, 4 * c.dialect.reg_max :]) >= 80).any() for m in c.feature_maps),
    "lifted bins": lambda c: any((m[:, : 4 * c.dialect.reg_max] > 80).any() for m in c.feature_maps),
    "past the last bin": _past_the_last_bin,
    "behind many boxes": lambda c: len(c.targets) > len(SPECKS) and _scores_sum(c) > 0,
    "scores sum above 1": lambda c: _scores_sum(c) > 1,
    "scores sum below 1": lambda c: 0 < _scores_sum(c) < 1,
    real_size.EVENT: lambda c: real_size.occurs(sum(level[0, 0].size for level in c.feature_maps)),
}


def _possible(event, precision, served):
    if event == real_size.EVENT:
        return precision is FLOAT64 and any(map(real_size.fits, served))  # A sum of so many terms is anything in float32.
    return possible_in(_FITTING)(event, precision, served)


@composite
def batches(draw, event, precision, served, least=1):
    """Draw a batch with at least `least` anchors, and as many as a box claims."""
    if event == real_size.EVENT:
        return draw(real_size.drawn(real_size.batch, precision, served))
    dialect = draw(st.sampled_from(served_with(served, **_FITTING.get(event, {}))), label="dialect")
    if event == "behind many boxes":
        case = draw(batches("scores sum above 1", precision, [dialect]))
        return case.having(targets=np.concatenate([SPECKS, case.targets]))
    low, most = (8, 9) if event == "crowd" else (1, 3)
    shapes = draw(feature_shapes(dialect, least_anchors=max(dialect.topk, least), least=low, most=most), label="feature_shapes")
    height, width = shapes[0]
    if event == "H != W":
        width += 1 + (height == width + 1)
    if event == "past the last bin":
        width += 2 * past_the_bins(dialect) + 1 if dialect.reg_max == 1 else dialect.reg_max + 1
    if event == "scores sum above 1":
        height, width = height + 1, width + 1
    shapes = level_shapes(height, width, dialect)
    images = draw(st.integers(2, 3) if event in ("several images", "empty image", "unsorted") else st.integers(1, 2), label="B")
    images = 4 if event == "crowd" else images
    real = draw(realness(event), label="real")
    targets = draw(_targets(event, images, dialect, precision, real), label="targets")
    maps = draw(feature_maps(event, shapes, images, targets, dialect, precision, real))
    return Case.of(dialect, {"feature_maps": maps, "targets": in_precision(targets, precision)})


@composite
def _targets(draw, event, images, dialect, precision, real):
    image = {"no targets": [], "empty image": [images - 1], "unsorted": [1, 0], "crowd": [0, 1, 2, 3, 3, 3]}.get(event, [0])
    if image and event != "empty image" and not event.startswith("scores sum"):
        image = image + draw(st.lists(st.integers(0, images - 1), max_size=3), label="more")
    if event == "several boxes in an image":
        image = [0, *image]
    if event != "unsorted":
        image = sorted(image)
    rows = draw(target_rows(image, dialect.num_classes, precision=precision, real=real))
    if real and len(rows):  # One box that fills much of the image, so that some anchor learns from it.
        rows[0, 2:] = rows[0, 2:] / 4 + [0.375, 0.375, 0.5, 0.5]
    if event == "coordinate sum not positive":
        rows[0, 2:] = [-0.0625, -0.0625, 0.25, 0.25]
    if event == "past the last bin":
        rows[0, 2:] = [0.5, 0.5, 1.0, 0.75]
    if event.startswith("scores sum"):
        rows[0, 2:] = [0.5, 0.5, 1.0, 1.0]
    return rows


@composite
def feature_maps(draw, event, shapes, images, targets, dialect, precision, real):
    """Draw bin logits that peak at the distances to a labelled box, missed by up to a cell, and class logits all different."""
    points, stride = make_anchors(shapes, dialect=dialect)
    anchors = len(points)
    size = (shapes[0][0] * dialect.strides[0], shapes[0][1] * dialect.strides[0])
    boxes = pad_targets(targets, images, size, dialect=dialect).gt_bboxes
    miss = draw(numbers((images, anchors, 4), -1, 1, step=0.25, precision=precision, real=real), label="miss")
    distance = np.full((images, anchors, 4), 1.5)
    if boxes.shape[1]:
        aim = draw(choices((images, anchors), range(boxes.shape[1])), label="aim")
        aimed = boxes[np.arange(images)[:, np.newaxis], aim] / stride
        distance = np.concatenate([points - aimed[..., :2], aimed[..., 2:] - points], axis=-1)
    sharpness = draw(st.sampled_from([2.0, 1.0, 8.0]), label="sharpness")
    if event == "scores sum below 1":
        distance = distance / 2
    elif event != "scores sum above 1":
        distance = distance + miss
    logits = decoding_to(distance, sharpness, dialect)
    if event == "lifted bins":
        lift = draw(choices((images, anchors, 4, 1), (100.0, 25.0, 0.0, -100.0)), label="lift")
        lift[0, draw(st.integers(0, anchors - 1), label="lifted")] = 100
        logits = logits + lift
    known = sorted({*targets[:, 1].astype(int), 0})
    scores = np.full((images, anchors, dialect.num_classes), -4.0)
    scores[..., known] = draw(_class_logits(event, (images, anchors, len(known)), precision, real), label="class logits")
    channels = np.concatenate([logits.reshape(images, anchors, 4 * dialect.reg_max), scores], axis=-1)
    flat = in_precision(np.moveaxis(channels, 1, 2), precision)
    ends = np.cumsum([h * w for h, w in shapes])[:-1]
    return [part.reshape(*part.shape[:2], h, w) for part, (h, w) in zip(np.split(flat, ends, axis=-1), shapes)]


@composite
def _class_logits(draw, event, shape, precision, real):
    low, high = {"scores sum above 1": (2, 4), "scores sum below 1": (-9, -6)}.get(event, (-4, 4))
    logits = draw(numbers(shape, low, high, step=0.5, precision=precision, real=real))
    logits = logits + np.arange(shape[1])[np.newaxis, :, np.newaxis] / 128
    if event == "saturated scores":
        logits = np.where(draw(choices(shape, (False, False, True))), np.sign(logits) * 80, logits)
        logits[0, draw(st.integers(0, shape[1] - 1)), 0] = draw(st.sampled_from([80.0, -80.0]))
    return logits


BATCHES = also_asked_before(
    Cases(EVENTS, batches, _possible, large=frozenset({real_size.EVENT})),
    lambda c: {"feature_maps": [1 - level for level in c.feature_maps], "targets": c.targets[:, [0, 1, 3, 2, 5, 4]].copy()},
)

CASES = {"detection_loss": BATCHES}
