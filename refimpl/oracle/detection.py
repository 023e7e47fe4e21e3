"""The whole training loss of a batch, from raw feature maps, 50 digits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from refimpl.oracle.alignment import Assignment, assign
from refimpl.oracle.geometry import make_anchors
from refimpl.oracle.losses import Row, bbox_loss, bce, decode, varifocal
from refimpl.oracle.overlap import ciou_alpha
from refimpl.oracle.padding import Slot, pad_targets
from refimpl.oracle.scalars import MP, real


class Anchor(NamedTuple):
    """What one anchor of one image predicts: 4R distance logits, C class logits, and in grid units its point and box."""

    distances: list[Any]
    classes: list[Any]
    point: tuple[Any, Any]
    box: list[Any]
    stride: Any


class Constants(NamedTuple):
    """What is outside the graph: an Assignment per image, the divisor S, and ciou's alpha per foreground anchor in order."""

    assignments: list[Assignment]
    score_sum: Any
    alphas: list[Any]


class Loss(NamedTuple):
    """The loss, its parts after gains, and the constants to pass back in when differentiating."""

    total: Any
    components: tuple[Any, Any, Any]
    constants: Constants


def detection_loss(feature_maps: Any, targets: Any, dialect: Any, constants: Constants | None = None) -> Loss:
    """total = B (box_gain box + cls_gain cls + dfl_gain dfl), each a sum over the batch by S = max(sum of target scores, 1).

    Parameters
    ----------
    feature_maps : [level][image][channel][y][x], floats or mpf; 4R distance channels, then C class channels
    targets : [n][6], image, class, cx, cy, w, h
    dialect : any object with the dialect's fields
    constants : what to hold fixed; None computes it here
    """
    first = feature_maps[0][0][0]
    image_size = (len(first) * int(dialect.strides[0]), len(first[0]) * int(dialect.strides[0]))
    ground_truth = pad_targets(targets, len(feature_maps[0]), image_size, dialect.target_mask == "all")
    images = [anchors_of(feature_maps, image, dialect) for image in range(len(feature_maps[0]))]
    fixed = constants_of(images, ground_truth, dialect, image_size) if constants is None else constants

    labels = [
        label_scores(assignment, slots, dialect.num_classes)
        for assignment, slots in zip(fixed.assignments, ground_truth)
    ]
    cls = MP.mpf(0)
    for anchors, rows, assignment, slots in zip(images, labels, fixed.assignments, ground_truth):
        for a, (anchor, scores) in enumerate(zip(anchors, rows)):
            owner = assignment.owners[a]
            label = None if owner is None else slots[owner].label
            cls += sum(class_loss(x, z, c, c == label, dialect) for c, (x, z) in enumerate(zip(anchor.classes, scores)))
    rows = foreground(images, fixed.assignments, ground_truth, labels, image_size)
    box, dfl = bbox_loss(rows, fixed.score_sum, dialect, fixed.alphas)

    gains = (dialect.box_gain, dialect.cls_gain, dialect.dfl_gain)
    components = tuple(part * real(gain) for part, gain in zip((box, cls / fixed.score_sum, dfl), gains))
    return Loss((len(images) if dialect.times_batch else 1) * sum(components), components, fixed)


def end_to_end_loss(
    one_to_many: Any, one_to_one: Any, targets: Any, epoch: int, epochs: int, dialect: Any, one_dialect: Any
) -> tuple[Any, Any]:
    """(total, components of the one-to-one head)."""
    many, one = branch_weights(epoch, epochs)
    first, second = detection_loss(one_to_many, targets, dialect), detection_loss(one_to_one, targets, one_dialect)
    return many * first.total + one * second.total, second.components


def branch_weights(epoch: int, epochs: int) -> tuple[Any, Any]:
    """Of the one-to-many head, 0.8 that falls to 0.1 in a straight line, and of the other, which has the rest."""
    passed = MP.mpf(epoch) / max(epochs - 1, 1)
    many = max(1 - passed, MP.mpf(0)) * MP.mpf(7) / 10 + MP.mpf(1) / 10
    return many, max(1 - many, MP.mpf(0))


def class_loss(logit: Any, target: Any, c: int, labelled: bool, dialect: Any) -> Any:
    """What one logit costs, times the weight of its class."""
    loss = varifocal(logit, target, labelled) if dialect.cls_loss == "varifocal" else bce(logit, target)
    return loss if dialect.class_weights is None else real(dialect.class_weights[c]) * loss


def anchors_of(feature_maps: Any, image: int, dialect: Any) -> list[Anchor]:
    """The anchors of one image: levels as given, then y, then x."""
    shapes = [(len(level[image][0]), len(level[image][0][0])) for level in feature_maps]
    points, strides = make_anchors(shapes, dialect.strides)
    cells = [(level[image], y, x) for level, (h, w) in zip(feature_maps, shapes) for y in range(h) for x in range(w)]
    anchors = []
    for (channels, y, x), point, stride in zip(cells, points, strides):
        values = [channel[y][x] for channel in channels]
        distances, classes = values[: 4 * dialect.reg_max], values[4 * dialect.reg_max:]
        anchors.append(Anchor(distances, classes, point, decode(distances, point, dialect.reg_max), stride))
    return anchors


def assign_px(anchors: Sequence[Anchor], slots: Sequence[Slot], dialect: Any) -> Assignment:
    """Assign one image in px: probabilities 1 / (1 + e^-x), and boxes and points times the stride."""
    scores = [[1 / (1 + MP.exp(-real(x))) for x in anchor.classes] for anchor in anchors]
    boxes = [[side * real(anchor.stride) for side in anchor.box] for anchor in anchors]
    points = [[side * anchor.stride for side in anchor.point] for anchor in anchors]
    return assign(scores, boxes, points, slots, dialect, [anchor.stride for anchor in anchors])


def constants_of(images: Sequence[Sequence[Anchor]], ground_truth: Any, dialect: Any, image_size: Any) -> Constants:
    """Everything that the gradient of `detection_loss` does not pass through."""
    assignments = [assign_px(anchors, slots, dialect) for anchors, slots in zip(images, ground_truth)]
    labels = [[[score] for score in assignment.scores] for assignment in assignments]
    rows = foreground(images, assignments, ground_truth, labels, image_size)
    alphas = [ciou_alpha(row.predicted, row.target, dialect) if dialect.box_loss == "ciou" else None for row in rows]
    total = sum((sum(a.scores) for a in assignments), MP.mpf(0))
    if dialect.normaliser == "at_least_one":
        return Constants(assignments, max(total, MP.mpf(1)), alphas)
    return Constants(assignments, total if total > 0 else MP.mpf(1), alphas)


def label_scores(assignment: Assignment, slots: Sequence[Slot], num_classes: int) -> list[list[Any]]:
    """Target scores [a][c]: the anchor's score in the column of its gt's class, 0 elsewhere."""
    labels = [None if owner is None else slots[owner].label for owner in assignment.owners]
    return [
        [score if label == c else MP.mpf(0) for c in range(num_classes)]
        for label, score in zip(labels, assignment.scores)
    ]


def foreground(images: Any, assignments: Any, ground_truth: Any, labels: Any, image_size: Any) -> list[Row]:
    """The owned anchors of all images in order, each with its target box in grid units."""
    rows = []
    for anchors, assignment, slots, scores in zip(images, assignments, ground_truth, labels):
        for a, anchor in enumerate(anchors):
            owner = assignment.owners[a]
            if owner is not None:
                target = [side / anchor.stride for side in slots[owner].box]
                share = anchor.stride / image_size[1], anchor.stride / image_size[0]
                rows.append(Row(anchor.distances, anchor.point, anchor.box, target, scores[a], share))
    return rows
