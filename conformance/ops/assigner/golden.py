"""The assigner as a whole: scenes of a few anchors on which families of implementations part."""

from __future__ import annotations

import dataclasses

from conformance.cases.stored import SMALL
from conformance.ops.assigner.golden_scenes import ALL, around, scene, stacked
from refimpl import LABEL_ASSIGNER

A, B = [0, 0, 60, 60], [4, 4, 64, 64]

ONE = dataclasses.replace(SMALL, topk=1)
THREE = dataclasses.replace(SMALL, topk=3)
PLAIN = [0.3, 0.3]

WHO_OWNS = (
    scene(
        "x1-largest-overlap-does-not-contain",
        [((28, 28), [20, 20, 80, 80], PLAIN), ((76, 76), [36, 34, 92, 88], PLAIN)],
        [(0, A), (0, B), (0, [30, 30, 90, 90])],
        "catches: the contested anchor (28, 28) given to the third box (.5115), which overlaps it most but does not contain it",
        "Ultralytics 8.0.52 and later, run: second box, .3235; Ultralytics <= 8.0.51, mmyolo, yolov9: third box",
        dialect=ONE, printed={(0, 0): "0.3235"},
    ),
    scene(
        "x2-owner-did-not-claim",
        [((28, 28), [22, 22, 88, 88], [0.3, 1e-14]), ((10, 10), [2, 3, 50, 52], PLAIN),
         ((70, 70), [24, 22, 86, 90], PLAIN), ((80, 75), [20, 26, 84, 92], PLAIN)],
        [(0, A), (0, B), (1, [20, 20, 90, 90])],
        "catches: a box that did not claim the contested anchor (28, 28) kept from it, or held to k anchors: it owns three",
        "Ultralytics, all releases, run; MultimediaTechLab/YOLO, mmdetection, keras-cv differ",
    ),
    scene(
        "x3-scores-of-zero",
        [((x, 20), around(x, 20), [0, 0]) for x in (12, 20, 28, 36, 44)],
        [(1, [2, 2, 58, 40])],
        "catches: no positives where all scores are 0: k anchors are, whichever, with target scores of 0",
        "Ultralytics, all releases, run; mmdetection, keras-cv: none",
        clauses=("TAL-4", "TAL-7"), dialect=THREE,
    ),
    scene(
        "x5-anchors-on-an-edge",
        [((x, 28), around(x, 28), [0.3, x / 80]) for x in (20, 28, 36)] + [((24, 24), [20, 21, 38, 36], [0.3, 0.2])],
        [(1, [20, 20, 38, 38])],
        "catches: the anchor on the left edge, which scores, taken for a candidate",
        "Ultralytics, all releases, run; LibreYOLO and MultimediaTechLab/YOLO test >= 0",
        clauses=("TAL-1", "TAL-7"), dialect=dataclasses.replace(SMALL, topk=4),
    ),
    scene(
        "x7-large-box-fine-anchors",
        [((300 + 8 * i, 308), [12 + i, 10, 620, 622 - i], [0.3, 0.9]) for i in range(3)]
        + [((304, 304), around(304, 304, 32), [0.3, 0.9]), ((336, 304), around(336, 304, 32), [0.3, 0.9])],
        [(1, [11, 11, 621, 621])],
        "catches: anchors at stride 8 refused a box of 610 px because 15 bins do not reach its edges",
        "Ultralytics, all releases, run; MultimediaTechLab/YOLO, LibreYOLO limit the range",
        clauses=("TAL-1", "TAL-4", "TAL-7"), dialect=THREE,
    ),
    scene(
        "x8-two-equal-boxes",
        [((12, 12), [5, 4, 30, 33], [0.6, 0.5]), ((20, 12), [3, 6, 32, 31], [0.4, 0.7]), ((12, 20), around(12, 20), PLAIN)],
        [(0, [4, 4, 32, 32]), (1, [4, 4, 32, 32])],
        "catches: an anchor of two equal boxes given to both, its target multi-hot",
        "Ultralytics, all releases, run: all to the first; which of the two is left open",
        clauses=("TAL-5", "TAL-6"),
    ),
    scene(
        "x9-padding-before-real-boxes",
        [((12, 12), [4, 5, 24, 26], [0.2, 0.8]), ((20, 12), [6, 4, 27, 22], [0.5, 0.4]), ((44, 44), [34, 36, 56, 60], [0.7, 0.1])],
        [(0, [0, 0, 0, 0]), (1, [4, 4, 26, 26]), (0, [34, 34, 58, 58])],
        "catches: real boxes looked for in the first rows only; labels and boxes of row 0 handed out",
        "Ultralytics, all releases, run", clauses=("TAL-6", "TAL-7"), mask=(0, 1, 1),
    ),
)

HOW_STRONGLY = (
    scene(
        "assign-best-metrics-outside",
        [((4, 4), [10, 10, 30, 30], [0.9, 0.9]), ((36, 20), [10, 10, 30, 30], [0.8, 0.8]),
         ((20, 20), [8, 12, 28, 34], PLAIN), ((28, 12), [12, 6, 34, 30], PLAIN), ((12, 28), around(12, 28), PLAIN)],
        [(0, [10, 10, 30, 30])],
        "catches: top-k taken before the in-box test, which spends the claims on anchors that are then dropped",
        "mmdetection; seed 004 says that scores are not limited to the box",
        clauses=("TAL-1", "TAL-4", "TAL-7"),
    ),
    scene(
        "assign-best-anchor-lost",
        [((20, 20), [6, 4, 42, 42], [0.9, 0.9]), ((12, 12), [0, 1, 30, 36], [0.5, 0.5]), ((44, 36), [20, 14, 58, 50], [0.1, 0.1])],
        [(0, [2, 2, 36, 40]), (1, [14, 10, 50, 48])],
        "catches: maxima over the anchors a box claimed instead of those it still owns; metrics without the best overlap",
        "keras-cv; yolocpp before d09614d", clauses=("TAL-5", "TAL-7"),
    ),
    scene(
        "assign-metrics-below-norm-eps",
        [((12, 12), [8, 8, 20, 20], [0.01, 0.25]), ((20, 20), [14, 12, 26, 30], [0.01, 0.5]), ((28, 28), around(28, 28), [0.01, 0.01])],
        [(1, [4, 4, 40, 40])],
        "catches: another epsilon than 1e-9 in the normalisation, or none: metrics here are of its size",
        "a rewrite adds 1e-6", clauses=("TAL-7",),
    ),
    scene(
        "assign-no-ground-truths", [((4, 4), around(4, 4), PLAIN), ((12, 4), around(12, 4), PLAIN)], [],
        "catches: a maximum over no boxes; background that is not all zeros",
        "https://github.com/jahongir7174/YOLOv8-pt/issues/17", clauses=("TAL-4", "TAL-7"),
    ),
    scene(
        "assign-only-padding",
        [((4, 4), around(4, 4), PLAIN), ((12, 4), around(12, 4), PLAIN), ((4, 12), around(4, 12), PLAIN)],
        [(0, [0, 0, 0, 0]), (0, [0, 0, 0, 0])],
        "catches: padding that claims anchor 0",
        "https://github.com/PaddlePaddle/PaddleDetection/pull/6066", clauses=("TAL-4",), mask=(0, 0),
    ),
    scene(
        "assign-box-beyond-the-image",
        [((4, 4), [-20, -10, 15, 18], [0.8, 0.6]), ((12, 4), [-28, -16, 22, 14], [0.8, 0.5]), ((4, 12), around(4, 12), PLAIN)],
        [(1, [-24, -12, 16, 16])],
        "catches: boxes clamped to the image before they are compared",
        "by hand", clauses=("TAL-1", "TAL-6", "TAL-7"),
    ),
    scene(
        "assign-claims-outside-kept",
        [((12, 12), [8, 6, 28, 30], [0.7, 0.3]), ((20, 12), [10, 9, 29, 26], [0.6, 0.3]),
         ((44, 12), [10, 10, 26, 26], [0.9, 0.3]), ((12, 44), around(12, 44), PLAIN)],
        [(0, [10, 10, 26, 26])],
        "catches: claims outside the box dropped where the dialect keeps them: all four anchors are its own, two score 0",
        "seeds 000 and 002", clauses=("TAL-4", "TAL-7"), dialect=dataclasses.replace(LABEL_ASSIGNER, num_classes=2, topk=4),
    ),
    scene(
        "assign-small-box-widened",
        [((12, 12), [9, 9, 16, 17], [0.3, 0.5]), ((20, 12), [10, 11, 15, 16], [0.3, 0.7]),
         ((28, 12), [10, 10, 15, 15], PLAIN)],
        [(1, [10, 10, 15, 15])],
        "catches: the widened box used for the overlap and as target, too; it is for the in-box test only",
        "Ultralytics 8.4.128 and later", clauses=("TAL-1", "TAL-6", "TAL-7"), dialect=dataclasses.replace(SMALL, widen_gts="to_second_stride"),
    ),
)

POINTS = [(x, y) for y in (8, 24) for x in (8, 24, 40)]
NOWHERE = (0, [0, 0, 0, 0])
THREE_IMAGES = (
    scene("", [(p, [2, 4, 34 - i, 30], [0.1 * i, 0.9 - 0.1 * i]) for i, p in enumerate(POINTS)],
          [(1, [0, 2, 32, 34]), (0, [20, 0, 48, 30])], "", ""),
    scene("", [(p, [4 + i, 6, 46, 32 - 2 * i], [0.8 - 0.1 * i, 0.2]) for i, p in enumerate(POINTS)],
          [(0, [6, 4, 46, 30]), NOWHERE], "", "", mask=(1, 0)),
    scene("", [(p, around(*p), PLAIN) for p in POINTS], [NOWHERE, NOWHERE], "", "", mask=(0, 0)),
)
BATCHED = (
    stacked(
        "assign-three-images", THREE_IMAGES, ALL,
        "catches: owners of the second image looked up in the boxes of the first; an empty image that stops the batch",
        "rewrites that flatten images and boxes without an offset",
    ),
)

GOLDEN = WHO_OWNS + HOW_STRONGLY + BATCHED
