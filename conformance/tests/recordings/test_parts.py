"""Parts: a step whose bins or target scores are wrong is told which loss is wrong, and how."""

import numpy as np
import pytest

import refimpl.detection
import refimpl.losses
from conformance.recordings.fields import differing
from conformance.recordings.judging import judge
from conformance.tests.recordings.test_judging import DIALECT, a_crowd
from refimpl import diou, diou_vjp, iou, iou_vjp


BOX = "the distribution loss is as expected, the box loss is not"

DFL = "the box loss is as expected, the distribution loss is not"


def scaled(vjp, factor):
    """The gradient of a measure m times factor(m)."""
    return lambda a, b, cotangent, *, dialect: vjp(a, b, cotangent * factor(iou(a, b, dialect=dialect)), dialect=dialect)


@pytest.mark.parametrize("measure, words", [
    ((iou, iou_vjp), f"{BOX}: it is 1 − IoU"),
    ((diou, diou_vjp), f"{BOX}: it is 1 − DIoU"),
    ((iou, scaled(iou_vjp, lambda m: 1 / m)), f"{BOX}: it is −ln IoU"),
    ((iou, scaled(iou_vjp, lambda m: 2 * m)), f"{BOX}: it is 1 − IoU²"),
    ((iou, scaled(iou_vjp, lambda m: 0.5 + 0 * m)), f"{BOX}: it is 1 − IoU times 0.5"),
    ((iou, scaled(iou_vjp, np.sin)), f"{BOX}: it is one of IoU, weighted otherwise"),
])  # fmt: skip
def test_another_box_loss_is_told(monkeypatch, measure, words):
    monkeypatch.setitem(refimpl.losses.MEASURES, "ciou", measure)
    recording = a_crowd(DIALECT, 3, boxes=4)
    monkeypatch.undo()

    found = judge(recording, DIALECT)

    assert (found.verdict, str(differing(recording, DIALECT, found))) == ("BREAKS", words)


def exchanged(target):
    return 2 * np.floor(target) + 1 - target


@pytest.mark.parametrize("change, words", [
    (exchanged, f"{DFL}: the weights of the two bins are exchanged"),
    (np.round, f"{DFL}: all weight lies on the nearer bin"),
    (lambda target: target + 1, f"{DFL}: targets are one bin too far"),
    (lambda target: target - 1, f"{DFL}: targets are one bin too near"),
    (lambda target: np.floor(target), f"{DFL}: where "),
])  # fmt: skip
def test_other_targets_of_the_distribution_are_told(monkeypatch, change, words):
    real = refimpl.losses.dfl_loss_vjp
    most = DIALECT.largest_distance
    within = lambda target: np.clip(change(np.clip(target, 0, most)), 0, most)  # noqa: E731
    monkeypatch.setattr(refimpl.losses, "dfl_loss_vjp", lambda z, target, *rest, **by: real(z, within(target), *rest, **by))
    recording = a_crowd(DIALECT, 3, boxes=4, sides=(0.4, 0.6))
    monkeypatch.undo()

    found = judge(recording, DIALECT)

    assert found.verdict == "BREAKS" and str(differing(recording, DIALECT, found)).startswith(words)


def with_scores(monkeypatch, change):
    """A step whose target scores are made of the predicted ones, where they are above 0."""
    real = refimpl.detection.assign

    def changed(scores, *rest, dialect):
        found = real(scores, *rest, dialect=dialect)
        at = np.nonzero(found.target_scores > 0)
        found.target_scores[at] = change(scores[at])
        return found

    monkeypatch.setattr(refimpl.detection, "assign", changed)
    recording = a_crowd(DIALECT, 3, boxes=4)
    monkeypatch.undo()
    return recording


@pytest.mark.parametrize("change, words", [
    (np.ones_like, "the target scores are 1"),
    (lambda scores: scores, "the target scores are the predicted score"),
    (lambda scores: np.sqrt(scores) / 3, ""),
])  # fmt: skip
def test_other_target_scores_are_told(monkeypatch, change, words):
    recording = with_scores(monkeypatch, change)

    found = judge(recording, DIALECT)

    assert (found.verdict, str(differing(recording, DIALECT, found) or "")) == ("BREAKS", words)


@pytest.mark.parametrize("losses, words", [
    (("box", "dfl"), "box and distribution loss are as expected but for a factor at each anchor: it is not weighted by the target scores"),
    (("box",), f"{BOX}: it is 1 − CIoU, not weighted by the target scores"),
    (("dfl",), f"{DFL}: it is not weighted by the target scores"),
])  # fmt: skip
def test_what_is_not_weighted_is_told(monkeypatch, losses, words):
    real = refimpl.losses.bbox_loss_vjp

    def unweighted(dist, boxes, points, targets, scores, *rest, dialect):
        given, (of_box, of_dfl, *more) = rest[:2], rest[2:]
        ones = (scores > 0) * 1.0
        found = [
            real(dist, boxes, points, targets, ones if name in losses else scores, *given, box, dfl, *more, dialect=dialect)
            for name, box, dfl in (("box", of_box, 0 * of_dfl), ("dfl", 0 * of_box, of_dfl))
        ]
        return type(found[0])(*(one + other for one, other in zip(*found)))

    monkeypatch.setattr("refimpl.detection_gradients.bbox_loss_vjp", unweighted)
    recording = a_crowd(DIALECT, 3, boxes=4)
    monkeypatch.undo()

    found = judge(recording, DIALECT)

    assert (found.verdict, str(differing(recording, DIALECT, found))) == ("BREAKS", words)
