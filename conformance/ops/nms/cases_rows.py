"""What a model answers, before and after its boxes are picked: the inputs of prediction and detections."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from conformance.cases.boxes import LEVELS, feature_shapes, levels_possible
from conformance.judging.rounding import FLOAT32
from conformance.ops.nms.cases import APART, HAIRS, MANY_APART, NEARLY
from conformance.cases.case import Case, Cases, also_asked_before, always
from conformance.cases.draws import composite, in_precision, lattices, numbers, realness, served_with
from conformance.cases.logits import logits_like

SMALL = 6
"""Classes at most of a case that is drawn in full."""


def _reach(least):
    return lambda case: any((np.abs(level) >= least).any() for level in case.feature_maps)


@composite
def _map_cases(draw, event, precision, served):
    if event in LEVELS:
        served = served_with(served, strides=LEVELS[event])
    dialect = draw(st.sampled_from(served))
    images = 2 if event == "two images" else draw(st.integers(1, 2), label="B")
    low, most = (9, 10) if event == "many cells" else (1, 2)
    shapes = draw(feature_shapes(dialect, least=low, most=most), label="feature_shapes")
    if event == "H != W":
        shapes = [(h, w + 1 + (h == w + 1)) for h, w in shapes]
    channels = 4 * dialect.reg_max + dialect.num_classes
    plain = event if event in ("real", "saturated", "huge") else "lattice"
    if event == "many cells":  # More than one would draw one by one.
        random = np.random.default_rng(draw(st.integers(0, 2**16), label="seed"))
        maps = [in_precision(random.normal(0, 4, (images, channels, h, w)), precision) for h, w in shapes]
    else:
        maps = [draw(logits_like(plain, (images, channels, h, w), precision), label="map") for h, w in shapes]
    return Case.of(dialect, {"feature_maps": maps})


MAPS = also_asked_before(
    Cases(
        {
            "lattice": always,
            "real": always,
            "H != W": lambda c: any(m.shape[2] != m.shape[3] for m in c.feature_maps),
            "two images": lambda c: len(c.feature_maps[0]) == 2,
            "many cells": lambda c: c.feature_maps[0][0, 0].size > 64,
            "saturated": _reach(80),
            "huge": _reach(1000),
            "one level": lambda c: len(c.feature_maps) == 1,
            "several levels": lambda c: len(c.feature_maps) > 1,
            "odd strides": lambda c: any(stride % 2 for stride in c.dialect.strides),
        },
        _map_cases,
        levels_possible,
    ),
    lambda c: {"feature_maps": [m[:, ::-1].copy() for m in c.feature_maps]},
)


def _best(case):
    return case.prediction[4:].max(axis=0, initial=0)


ROW_EVENTS = {
    "lattice": always,
    "real": always,
    "score equals the threshold": lambda c: bool((_best(c) == c.score_threshold).any()),
    "a hair above the score threshold": lambda c: bool(((_best(c) > 0.25) & (_best(c) < 0.25 + 1e-6)).any()),
    "two classes pass": lambda c: bool(((c.prediction[4:] > c.score_threshold).sum(axis=0) > 1).any()),
    "equal probabilities": lambda c: bool(((c.prediction[4:] == _best(c)).sum(axis=0) > 1).any()),
    "one place, two classes": lambda c: c.prediction.shape[1] > 1
    and bool((c.prediction[:4, 0] == c.prediction[:4, 1]).all())
    and c.prediction[4:, 0].argmax() != c.prediction[4:, 1].argmax(),
    "one place, one class": lambda c: c.prediction.shape[1] > 1 and bool((c.prediction[:, 0] == c.prediction[:, 1]).all()),
    "overlap equals the threshold": lambda c: c.iou_threshold == 0.5
    and bool((c.prediction[2] == 4).any() and (c.prediction[2] == 8).any()),
    "more than are shown": lambda c: (_best(c) > c.score_threshold).sum() > c.max_det,
    "doubles above the cap": lambda c: c.max_det == 2 and c.prediction.shape[1] > 40 and bool((c.prediction[:4, 0] == c.prediction[:4, 1]).all()),
    "one is shown": lambda c: c.max_det == 1,
    MANY_APART: lambda c: c.prediction.shape[1] == APART < c.max_det,
    NEARLY: lambda c: c.iou_threshold == 0.95,
    "no score threshold": lambda c: c.score_threshold == 0 and bool((0 < _best(c)).all() and (_best(c) <= 0.1875).all()),
    "high score threshold": lambda c: c.score_threshold == 0.875 and bool(((0.5 < _best(c)) & (_best(c) < 0.875)).any()),
    "small boxes": lambda c: bool((c.prediction[2:4] < 0.25).all()),
    "large boxes": lambda c: bool((c.prediction[2:4] > 8192).all()),
    "none passes": lambda c: bool((_best(c) <= c.score_threshold).all()) and c.prediction.shape[1] > 0,
    "six anchors": lambda c: c.prediction.shape[1] == 6,
    "centre off the image": lambda c: c.prediction.shape[1] > 0 and bool((c.prediction[:2, 0] < 0).all() and _best(c)[0] > c.score_threshold),
    "no anchors": lambda c: c.prediction.shape[1] == 0,
    "last class": lambda c: c.dialect.num_classes > 1 and c.prediction.shape[1] > 0
    and bool((c.prediction[4:].argmax(axis=0) == c.dialect.num_classes - 1).any()),
}  # fmt: skip

MANY_CLASSES = ("two classes pass", "equal probabilities", "one place, two classes", "last class")


@composite
def _row_cases(draw, event, precision, served):
    if event in MANY_CLASSES:
        served = served_with(served, num_classes=lambda classes: classes > 1)
    dialect = draw(st.sampled_from(served))
    anchors = {"no anchors": 0, "six anchors": 6, "doubles above the cap": 41, MANY_APART: APART}.get(event, draw(st.integers(3, 5), label="A"))
    if event == MANY_APART:
        return Case.of(dialect, {"prediction": _apart(dialect), "score_threshold": 0.25, "iou_threshold": 0.45, "max_det": 4000})
    real = draw(realness(event), label="real")
    xy = draw(numbers((2, anchors), 0, 16, step=1, precision=precision, real=real), label="centre")
    wh = draw(numbers((2, anchors), 2, 16, step=2, precision=precision, real=real), label="size")
    prediction = np.zeros((4 + dialect.num_classes, anchors))
    prediction[:4] = np.concatenate([xy, wh])
    classes = min(dialect.num_classes, SMALL)
    prediction[4 : 4 + classes] = draw(lattices((classes, anchors), 0, 1, 0.125), label="probabilities")
    if real:
        prediction[4 : 4 + classes] = draw(
            numbers((classes, anchors), 0, 1, step=0.125, precision=precision, real=True)
        )
    arguments = {
        "prediction": prediction,
        "score_threshold": 0.25,
        "iou_threshold": draw(st.sampled_from([0.45, 0.25, 0.7])),
    }
    arguments["max_det"] = 300
    if event == "a hair above the score threshold":
        prediction[4:, 0], prediction[4, 0] = 0, 0.25 * (1 + HAIRS[precision is FLOAT32])
    return Case.of(dialect, _shaped(event, arguments, dialect.num_classes))


def _apart(dialect):
    """Boxes in a row that do not meet, of the first class, the best first."""
    place = np.arange(APART)
    found = np.zeros((4 + dialect.num_classes, APART))
    found[:5] = 4 * place, 0 * place + 4, 0 * place + 3, 0 * place + 3, 1 - place / 2048
    return found


def _shaped(event, arguments, classes):
    """The arguments, changed so that the event occurs."""
    columns = arguments["prediction"]
    if event == "score equals the threshold":
        columns[4:, 0], columns[4, 0] = 0, 0.25
    if event in ("two classes pass", "equal probabilities"):
        columns[4:, 0], columns[4:6, 0] = 0, (0.5, 0.5 if event == "equal probabilities" else 0.75)
    if event == "one place, two classes":
        columns[:4, 1], columns[4:, :2] = columns[:4, 0], 0
        columns[4, 0], columns[3 + classes, 1] = 0.75, 0.5
    if event == "one place, one class":
        columns[:, 1] = columns[:, 0]
        columns[4:, :2], columns[4, :2] = 0, 0.75
    if event == "overlap equals the threshold":
        columns[:4, 0], columns[:4, 1] = (4, 4, 8, 8), (2, 4, 4, 8)
        columns[4:, :2] = 0
        columns[4, 0], columns[4, 1], arguments["iou_threshold"] = 0.875, 0.75, 0.5
    if event == "more than are shown":
        columns[4], arguments["max_det"] = np.linspace(0.5, 0.75, columns.shape[1]).round(3), columns.shape[1] - 1
        columns[4] = np.round(columns[4] * 64) / 64
        columns[0] = np.arange(columns.shape[1]) * 64
    if event == "doubles above the cap":
        columns[:4], columns[0, -1] = np.array([[4, 4, 8, 8]]).T, 104
        columns[4:], columns[4], arguments["max_det"] = 0, 0.875 - np.arange(columns.shape[1]) / 128, 2
    if event == "no score threshold":
        columns[4:], arguments["score_threshold"] = 0, 0.0
        columns[4] = (1 + np.arange(columns.shape[1]) % 3) / 16
    if event == "high score threshold":
        columns[4:], arguments["score_threshold"] = 0, 0.875
        columns[4] = np.where(np.arange(columns.shape[1]) % 2, 0.9375, 0.75)
    if event == NEARLY:
        columns[:4, 0], columns[:4, 1], arguments["iou_threshold"] = (50, 4, 100, 8), (46.5, 4, 93, 8), 0.95
        columns[4:, :2] = 0
        columns[4, :2] = 0.875, 0.75
    if event in ("small boxes", "large boxes"):
        columns[:4] *= 2.0**-8 if event == "small boxes" else 2.0**13
        columns[4:], columns[4] = 0, 0.5 + np.arange(columns.shape[1]) / 16
    if event == "one is shown":
        arguments["max_det"] = 1
    if event == "centre off the image":
        columns[:2, 0], columns[4, 0] = -1, 0.75
    if event == "none passes":
        columns[4:] = np.minimum(columns[4:], 0.25)
    if event == "last class":
        columns[4:, 0], columns[3 + classes, 0] = 0, 0.75
    return arguments


def _rows_possible(event, precision, served):
    return event not in MANY_CLASSES or any(d.num_classes > 1 for d in served)


ROWS = also_asked_before(
    Cases(ROW_EVENTS, _row_cases, _rows_possible, large=frozenset({MANY_APART})), lambda c: {"prediction": c.prediction[:, ::-1].copy()}
)

CASES = {"predict": MAPS, "detections": ROWS}
