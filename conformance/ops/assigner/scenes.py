"""Scenes: anchors, ground truths and predictions of a few images, as the assigner sees them.

A scene is drawn plain, then changed so that its event occurs. Predictions aim at a ground truth and miss it by a few
px, so that overlaps of every size come up, and boxes are large against the image, so that anchors are contested.
"""

from __future__ import annotations

from typing import Any, Dict

import numpy as np
from hypothesis import strategies as st

from conformance.judging.rounding import FLOAT32
from conformance.ops import real_size
from conformance.cases.boxes import feature_shapes, levels_possible, upright, upright_boxes
from conformance.cases.case import Case
from conformance.cases.draws import choices, composite, in_precision, lattices, numbers, realness, served_with
from refimpl import Dialect, make_anchors

HAIR = (2.0**-31, 70360 * 2.0**-46, 70376 * 2.0**-46, 2.0**-29)
"""px, below and above inside_eps = 1e-9: by a factor of two, and by one part in ten thousand."""

SERVED = {
    "one level": {"strides": lambda strides: len(strides) == 1},
    "more boxes than anchors": {"topk": lambda k: k == 1},
    "owner that did not claim": {"num_classes": lambda c: c > 1},
}


def scene_possible(event, precision, served) -> bool:
    """Hair's-breadth distances need float64; an owner that did not claim needs two classes, and a dialect that lets it win."""
    if event == real_size.EVENT:
        return precision is FLOAT32 and any(map(real_size.fits, served))  # As it is trained; once is enough.
    if event == "hair's breadth":
        return precision.dtype == np.float64
    if event == "owner that did not claim":
        return any(d.num_classes > 1 and d.owner_among != "claimants" for d in served)
    if event == "more boxes than anchors":
        return any(d.topk <= 4 for d in served)
    return levels_possible(event, precision, served)


@composite
def scenes(draw, event, precision, served):
    """Draw a dialect and the arguments of `assign` by name; G may be 0 for the event "no ground truths"."""
    if event == real_size.EVENT:
        return draw(real_size.drawn(_at_real_size, precision, served))
    dialect = draw(st.sampled_from(served_with(served, **SERVED.get(event, {}))), label="dialect")
    least = dialect.topk + (event == "owner that did not claim")
    low, most = {"more boxes than anchors": (1, 1), "crowd": (8, 9)}.get(event, (1, 3))
    shapes = draw(feature_shapes(dialect, least_anchors=least, least=low, most=most))
    if event == "H != W":
        shapes = [(h, w + 1 + (h == w + 1)) for h, w in shapes]
    points, stride = make_anchors(shapes, dialect=dialect)
    points = points * stride
    fixed = {"several images": 2, "empty image": 2, "crowd": 4}
    images = fixed[event] if event in fixed else draw(st.integers(1, 2), label="B")
    gts = draw(_gt_counts(event, len(points)), label="G")
    real = draw(realness(event), label="real")
    size = points.max() + 4
    boxes = draw(upright_boxes((images, gts), low=0, high=size / 2, largest=size, precision=precision, real=real))
    known = draw(st.lists(st.integers(0, dialect.num_classes - 1), min_size=1, max_size=3, unique=True), label="classes")
    labels = draw(choices((images, gts, 1), known), label="gt_labels") if gts else np.zeros((images, 0, 1), np.int64)
    arguments = {
        "pd_scores": draw(_scores((images, len(points)), dialect, known, precision, real), label="pd_scores"),
        "pd_bboxes": draw(_predictions(boxes, points, stride, precision, real), label="pd_bboxes"),
        "anchor_points": points,
        "gt_labels": labels,
        "gt_bboxes": boxes,
        "mask_gt": np.ones((images, gts, 1), bool),
    }
    _force(draw, event, arguments, dialect)
    for name in ("pd_bboxes", "gt_bboxes"):
        arguments[name] = in_precision(arguments[name], precision)
    return Case.of(dialect, {**arguments, **reach(dialect, stride)})


def _at_real_size(seed, dialect, precision):
    arguments = real_size.scene(seed, dialect, precision)
    stride = arguments.pop("stride_tensor")
    return {**arguments, **reach(dialect, stride)}


def reach(dialect: Dialect, stride: np.ndarray) -> Dict[str, np.ndarray]:
    """The strides (A, 1) of the anchors, as an argument, where a decision of the dialect reads them."""
    return {"stride_tensor": stride} if dialect.range_limit else {}


def _gt_counts(event: str, anchors: int) -> st.SearchStrategy[int]:
    fixed = {
        "no ground truths": 0,
        "wanted by two": 2,
        "duplicate boxes": 2,
        "wanted by three": 3,
        "owner that did not claim": 3,
        "more boxes than anchors": anchors + 1,
        "padding in any row": 2,
        "crowd": 9,
        "masked box": 2,
        "masked box in a conflict": 3,
    }
    return st.just(fixed[event]) if event in fixed else st.integers(1, 3)


@composite
def _scores(draw, shape, dialect: Dialect, known, precision, real):
    """Probabilities: drawn for the classes that boxes may have, 1/32 for all others."""
    scores = np.full(shape + (dialect.num_classes,), 1 / 32)
    scores[..., known] = draw(numbers((*shape, len(known)), 1 / 16, 1, step=1 / 16, precision=precision, real=real))
    return scores


@composite
def _predictions(draw, boxes, points, stride, precision, real):
    """Each anchor predicts one of the boxes, missed by a few px; without boxes, a cell around itself."""
    images, gts, anchors = len(boxes), boxes.shape[1], len(points)
    miss = draw(numbers((images, anchors, 4), -6, 6, step=1, precision=precision, real=real), label="miss")
    aimed = np.concatenate([points - stride, points + stride], axis=1)[np.newaxis].repeat(images, axis=0)
    if gts:
        aim = draw(choices((images, anchors), range(gts)), label="aim")
        aimed = boxes[np.arange(images)[:, np.newaxis], aim]
    side = np.maximum(aimed[..., 2:] - aimed[..., :2] + miss[..., 2:], 0)
    return upright(aimed[..., :2] + miss[..., :2], side)


def _force(draw, event: str, scene: Dict[str, Any], dialect: Dialect) -> None:
    """Change the scene in place so that the event occurs in its first image."""
    points, boxes, pred, scores = (scene[n] for n in ("anchor_points", "gt_bboxes", "pd_bboxes", "pd_scores"))
    anchor = draw(st.integers(0, len(points) - 1), label="anchor")
    x, y = points[anchor]
    if event in ("on an edge", "hair's breadth"):
        side, gap = draw(st.integers(0, 3), label="side"), 0.0
        if event == "hair's breadth":
            gap = draw(st.sampled_from(HAIR), label="gap") * (1 if side > 1 else -1)
        boxes[0, 0] = [x - 8, y - 8, x + 8, y + 8]
        boxes[0, 0, side] = (x, y, x, y)[side] + gap
    if event == "close to an edge":
        boxes[0, 0] = [x - 0.005, y - 7, x + 7, y + 7]
    if event == "zero area":
        boxes[0, 0, 2] = boxes[0, 0, 0]
    if event == "inverted":
        boxes[0, 0] = boxes[0, 0, [2, 1, 0, 3]]
    if event == "negative coordinates":
        boxes[0, 0, :2] -= boxes[0, 0, 2:].max()
    if event == "tiny box":
        boxes[0, 0] = np.tile([x, y], 2) + draw(lattices(2, 1, 6)).repeat(2)[[0, 2, 1, 3]] - [2, 2, 0, 0]
    if event == "duplicate boxes":
        boxes[0, 1], scene["gt_labels"][0, 1] = boxes[0, 0], draw(st.sampled_from(scene["gt_labels"][0, :, 0].tolist()))
    if event == "padding in any row":
        row = draw(st.integers(0, 1), label="padding")
        boxes[:, row], scene["gt_labels"][:, row], scene["mask_gt"][:, row] = 0, 0, False
    if event == "masked box":
        scene["mask_gt"][:, 0] = False
    if event == "empty image":
        boxes[1], scene["gt_labels"][1], scene["mask_gt"][1] = 0, 0, False
    if event == "equal metrics":
        pred[:], scores[:] = boxes[:, :1], 0.25
    if event == "zero scores":
        scores[:] = np.where(scores < 0.5, 0, np.round(scores))
        scores[0, :, scene["gt_labels"][0, 0, 0]] = 0
    if event == "no overlap":
        pred += 4096
    if event == "perfect predictions":
        pred[:] = boxes[:, :1]
    if event in ("wanted by two", "wanted by three", "owner that did not claim", "masked box in a conflict"):
        _contest(draw, event, scene, anchor)


def _contest(draw, event: str, scene: Dict[str, Any], anchor: int) -> None:
    """Boxes that hold every anchor and differ by a few px, and one anchor that predicts them best."""
    boxes, pred, scores = scene["gt_bboxes"], scene["pd_bboxes"], scene["pd_scores"]
    shift = draw(lattices((boxes.shape[1], 4), -2, 2), label="shift")
    boxes[0] = np.append(scene["anchor_points"].min(axis=0) - 8, scene["anchor_points"].max(axis=0) + 8) + shift
    scene["gt_labels"][0] = scene["gt_labels"][0, 0]
    scores[0], scores[0, anchor], pred[0, anchor] = 1 / 32, 1, boxes[0, 0]
    if event == "masked box in a conflict":
        scene["mask_gt"][0, 0] = False
    if event == "owner that did not claim":
        owner = draw(st.integers(0, 2), label="owner")
        label = (scene["gt_labels"][0, 0] + 1) % scores.shape[-1]
        others = np.arange(3) != owner
        boxes[0, others] = boxes[0, owner] + np.array([[3, 3, 3, 3], [4, 4, 5, 3]])
        scene["gt_labels"][0, owner] = label
        pred[0] = boxes[0, owner]
        # The anchor won without a claim may overlap the box more than those it claims do.
        pred[0, np.arange(len(pred[0])) != anchor, 2] += draw(st.sampled_from([0.0, 1.0]), label="miss")
        scores[0, :, label], scores[0, anchor, label] = 1, draw(st.sampled_from([0.0, 2.0**-40]), label="score")
