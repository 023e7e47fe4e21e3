"""Pictures of the 84-anchor scene."""

from __future__ import annotations

import numpy as np

from conformance.docs.markdown import number
from conformance.docs.scene import Scene
from conformance.svg import Frame, Picture, bars


def overview(of: Scene) -> Picture:
    """Image 0 with the anchors of three levels and its two boxes."""
    frame, shapes = Frame(20, 20, 0.75, 0.75), []
    shapes += [frame.line((x, 0), (x, 640), "grid") for x in range(0, 641, 80)]
    shapes += [frame.line((0, y), (640, y), "grid") for y in range(0, 641, 80)]
    boxes = of.padded.gt_bboxes[0]
    shapes += [frame.box((0, 0, 640, 640), "line"), frame.box(boxes[0], "a"), frame.box(boxes[1], "b")]
    radius = dict(zip(of.dialect.strides, (4, 7, 11)))
    for a, (point, stride) in enumerate(zip(*of.anchors)):
        kind = "a" if of.inside[0, 0, a] else "b" if of.inside[0, 1, a] else "off"
        shapes += [frame.dot(point * stride, kind, radius[int(stride[0])])]
    for row, stride in enumerate(of.dialect.strides):
        shapes += [frame.dot((680, 40 + 45 * row), "off", radius[stride])]
        shapes += [frame.label((705, 40 + 45 * row), f"stride {stride}", (0, 5))]
    for row, (name, kind) in enumerate((("inside slot 0", "a"), ("inside slot 1", "b"))):
        shapes += [frame.dot((680, 200 + 45 * row), kind, 7), frame.label((705, 200 + 45 * row), name, (0, 5))]
    described = (
        f"Image 0 with {len(of.inside[0, 0])} anchors of three sizes and two boxes; {of.inside[0, 0].sum()} anchors lie inside "
        f"the first, {of.inside[0, 1].sum()} inside the second, which reaches a little beyond the upper edge of the image."
    )
    return Picture("scene", "Anchors and boxes of image 0", described, (660, 520), tuple(shapes))


def metric_picture(of: Scene) -> Picture:
    """The metric of the candidates of slot 0, the claimed ones marked."""
    own = np.flatnonzero(of.inside[0, 0])
    t = of.alignment.metric[0, 0, own]
    frame = Frame(70, 180, 27, -150 / t.max())
    claimed = of.claimed[0, 0, own]
    shapes = [*bars(t, ["c" if yes else "off" for yes in claimed], frame), frame.line((-0.6, 0), (len(own) - 0.4, 0))]
    shapes += [frame.label((i, 0), str(a), (0, 16), anchor="middle", kind="small") for i, a in enumerate(own)]
    kth = t[claimed].min()
    shapes += [frame.line((-0.6, kth), (len(own) - 0.4, kth), "soft")]
    shapes += [frame.label((len(own) - 0.4, kth), f"t = {number(kth)}, the {claimed.sum()}th", (4, -4), kind="small")]
    described = f"Bars of the metric of {len(own)} candidates; the {claimed.sum()} highest are claimed, down to a dashed line."
    size = (70 + 27 * len(own) + 160, 215)
    return Picture("scene_metric", "Metric of the candidates of slot 0", described, size, tuple(shapes))
