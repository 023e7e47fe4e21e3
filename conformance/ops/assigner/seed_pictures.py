"""Pictures of the 84-anchor scene."""

from __future__ import annotations

from typing import List

import numpy as np

from conformance.paper.markdown import number
from conformance.ops.assigner.seed_scene import Scene
from conformance.paper.svg import Frame, Picture, chart

SIDE = 640
_FRAME = Frame(20, 20, 0.75, 0.75)
_KEY = 680
"""Where the legend begins, px of the image."""


def overview(of: Scene) -> Picture:
    """Image 0 with the anchors of three levels and its two boxes."""
    shapes, radius = _image(of), dict(zip(of.dialect.strides, (4, 7, 11)))
    for a, (point, stride) in enumerate(zip(*of.anchors)):
        kind = "a" if of.inside[0, 0, a] else "b" if of.inside[0, 1, a] else "off"
        shapes += [_FRAME.dot(point * stride, kind, radius[int(stride[0])])]
    keys = [("off", r, f"stride {stride}") for stride, r in radius.items()]
    shapes += _legend([*keys, ("a", 7, "inside slot 0"), ("b", 7, "inside slot 1")])
    described = (
        f"Image 0 with {len(of.inside[0, 0])} anchors of three sizes and two boxes; {of.inside[0, 0].sum()} anchors "
        f"lie inside the first, {of.inside[0, 1].sum()} inside the second, which reaches a little beyond the upper "
        "edge of the image."
    )
    return Picture("scene", "Anchors and boxes of image 0", described, (660, 520), tuple(shapes))


def metric_picture(of: Scene) -> Picture:
    """The metric of the candidates of slot 0, the claimed ones marked."""
    own = np.flatnonzero(of.inside[0, 0])
    t = of.alignment.metric[0, 0, own]
    frame = Frame(70, 180, 27, -150 / t.max())
    claimed = of.claimed[0, 0, own]
    shapes = [*chart(t, ["c" if yes else "off" for yes in claimed], frame, own)]
    kth = t[claimed].min()
    shapes += [frame.line((-0.6, kth), (len(own) - 0.4, kth), "soft")]
    shapes += [frame.label((len(own) - 0.4, kth), f"t = {number(kth)}, the {claimed.sum()}th", (4, -4), kind="small")]
    described = (
        f"Bars of the metric of {len(own)} candidates, under each its anchor; the {claimed.sum()} highest, in green, "
        "are claimed, down to a dashed line."
    )
    size = (70 + 27 * len(own) + 160, 215)
    return Picture("scene_metric", "Metric of the candidates of slot 0", described, size, tuple(shapes))


def owners_picture(of: Scene) -> Picture:
    """The positives of image 0, each as large as its target score."""
    shapes, scores = _image(of), of.assigned.target_scores[0].sum(axis=-1)
    for a, (point, stride) in enumerate(zip(*of.anchors)):
        kind = "ab"[of.owners.target_gt_idx[0, a]] if of.owners.fg_mask[0, a] else "off"
        lost = of.owners.fg_mask[0, a] and not of.usual.fg_mask[0, a]
        radius = 5 + 150 * scores[a] if of.owners.fg_mask[0, a] else 3
        shapes += [_FRAME.dot(point * stride, f"{kind} dashed" if lost else kind, radius)]
        if of.owners.fg_mask[0, a]:
            shapes += [_FRAME.label(point * stride, str(a), (0, -radius - 4), kind="small middle")]
    keys = [
        ("a", 12, "owned by slot 0"),
        ("b", 5, "by slot 1"),
        ("b dashed", 5, "by slot 1, outside it"),
        ("off", 3, "background"),
    ]
    shapes += _legend(keys)
    described = (
        f"The {of.owners.fg_mask[0].sum()} positives of image 0, each as large as its target score. Those of slot 1 "
        f"score 0; {(of.owners.fg_mask & ~of.usual.fg_mask).sum()} of them, dashed, lie outside its box."
    )
    return Picture("scene_owners", "Positives of image 0", described, (700, 520), tuple(shapes))


def _image(of: Scene) -> List[str]:
    """The grid of the finest level, and the two boxes."""
    shapes = [_FRAME.line((x, 0), (x, SIDE), "grid") for x in range(0, SIDE + 1, 80)]
    shapes += [_FRAME.line((0, y), (SIDE, y), "grid") for y in range(0, SIDE + 1, 80)]
    boxes = of.padded.gt_bboxes[0]
    return [*shapes, _FRAME.box((0, 0, SIDE, SIDE), "line"), _FRAME.box(boxes[0], "a"), _FRAME.box(boxes[1], "b")]


def _legend(keys: list) -> List[str]:
    """A dot with its meaning for each key: kind, radius, words."""
    shapes = []
    for row, (kind, radius, words) in enumerate(keys):
        shapes += [
            _FRAME.dot((_KEY, 40 + 45 * row), kind, radius),
            _FRAME.label((_KEY + 25, 40 + 45 * row), words, (0, 5)),
        ]
    return shapes
