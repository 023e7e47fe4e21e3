"""DET: the detection loss, and what it sends back to the feature maps."""

from __future__ import annotations

import functools
from typing import Any, Callable, Sequence

import numpy as np

from conformance.judging.clause import YOLOV8, Body, clause
from conformance.judging.finding import Broken
from conformance.judging.judge import Judge
from conformance.judging.rounding import Rounded
from conformance.ops.head.legal_batches import BatchGradient, legal_gradients, legal_losses
from refimpl.detection import split_predictions


def component(index: int, name: str) -> Body:
    """One component equals that of a legal assignment of the batch; each assignment is an expectation of its own."""

    def body(answer: Any, case: Any, judge: Judge) -> None:
        losses = judge.expected(lambda: legal_losses(case, judge.precision), "legal losses")
        judge.values(f"components[{index}] ({name})", answer.components[index], *(x[index] for x in losses))

    return body


def sum_times_batch(answer: Any, case: Any, judge: Judge) -> None:
    components = Rounded(np.asarray(answer.components, np.float64), judge.precision)
    images = len(case.feature_maps[0]) if case.dialect.times_batch else 1
    judge.values("total", answer.total, images * components.sum())


def channels(name: str, part: int, of: Callable[[BatchGradient], np.ndarray], maps: str = "feature_maps") -> Body:
    """Channels of feature maps carry the gradient of a legal assignment of the batch.

    Parameters
    ----------
    part : 0 for the bins, 1 for the logits
    of : from a legal gradient, the mask of the values that are judged
    maps : the name of the maps in the answer; in the case they are its `feature_maps`
    """

    def body(answer: Any, case: Any, judge: Judge) -> None:
        batches = judge.expected(lambda: legal_gradients(case, judge.precision), f"legal gradients of {maps}")
        got = split_predictions([x.astype(np.float64) for x in getattr(answer, maps)], dialect=case.dialect)[part]

        def as_in(batch: BatchGradient) -> None:
            expected = (batch.bins, batch.logits)[part]
            span = np.abs(expected.value).max()
            judge.values(f"gradient by {name}", got, expected, span=span, legal=batch.legal[part], among=of(batch))

        try:
            judge.one_of(functools.partial(as_in, batch) for batch in batches)
        except Broken as error:
            raise Broken(f"{error}\n{_place(case, maps, error.finding.values[0].at, part)}", error.finding) from error

    return body


def _place(case: Any, maps: str, at: Sequence[int], part: int) -> str:
    """Where a value stands in the maps, in words, by its index (image, anchor, channel) among bins or logits."""
    image, anchor, channel = at
    ends = np.cumsum([level[0, 0].size for level in case.feature_maps])
    level = int(np.searchsorted(ends, anchor, side="right"))
    y, x = divmod(anchor - (ends[level - 1] if level else 0), case.feature_maps[level].shape[3])
    side, bin = divmod(channel, case.dialect.reg_max)
    what = f"class {channel}" if part else f"bin {bin} of the {('left', 'top', 'right', 'bottom')[side]} side"
    channel += part * 4 * case.dialect.reg_max
    return f"that is {maps}[{level}][{image}, {channel}, {y}, {x}]: {what}"


CLAUSES = (
    clause(
        "DET-1",
        "The first component is the box loss of the assigned batch times its gain.",
        "components[0] = box_gain · box, S = max(Σ target_scores, 1)",
        YOLOV8,
        detection_loss=component(0, "box"),
    ),
    clause(
        "DET-2",
        "The second component is the summed classification loss of all anchors and classes over S, times its gain.",
        "components[1] = cls_gain · Σ BCE / S",
        YOLOV8,
        detection_loss=component(1, "cls"),
    ),
    clause(
        "DET-3",
        "The third component is the distribution loss of the assigned batch times its gain.",
        "components[2] = dfl_gain · dfl",
        YOLOV8,
        detection_loss=component(2, "dfl"),
    ),
    clause(
        "DET-4",
        "The total is the sum of the components times the batch size.",
        "total = B · Σ components",
        YOLOV8,
        detection_loss=sum_times_batch,
    ),
    clause(
        "DET-1g",
        "The bins of a foreground anchor learn from the box loss, through the decode, and from the distribution loss; others not.",
        "∂bins = B/S · (box_gain · ∂decode(∂box) + dfl_gain · ∂dfl)",
        YOLOV8,
        detection_loss=channels("bins", 0, lambda batch: np.ones(batch.bins.shape, bool)),
    ),
    clause(
        "DET-2g",
        "Each class logit learns its probability less its target, over S, times gain and batch, on the background too.",
        "∂logits = B/S · cls_gain · (σ(x) − z)",
        YOLOV8,
        detection_loss=channels("class logits", 1, lambda batch: ~batch.assigned),
    ),
    clause(
        "DET-5g",
        "Nothing flows through the assigner: z and S are constants, so the logit of an assigned class learns σ(x) − z as any other.",
        "∂logits[a, label of owner] = B/S · cls_gain · (σ(x) − z)",
        YOLOV8,
        detection_loss=channels("assigned class logits", 1, lambda batch: batch.assigned),
    ),
)
