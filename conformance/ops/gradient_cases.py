"""Gradients: the cases of an op with a cotangent for each result, and the kinks of its formula as events of their own.

The arguments are those of `<op>_vjp`: the arguments of the op, then the cotangents.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Mapping, NamedTuple, Tuple

import numpy as np
from hypothesis import strategies as st

from conformance.cases.protocol import GRADIENTS
from conformance.ops.boxes.cases import DISTANCES, sides
from conformance.cases.case import Case, Cases
from conformance.ops.head.cases import BATCHES
from conformance.ops.losses.foregrounds import FOREGROUNDS
from conformance.ops.losses.cases import BIN_TARGETS, DISTRIBUTIONS, LOGIT_TARGETS, OUTSIDE_BIN_TARGETS
from conformance.cases.draws import choices, in_precision
from conformance.ops.overlaps.cases import BOX_PAIRS

COTANGENTS = (1.0, -1.0, 0.5, 2.0, -1.5)


_VALUES_ONLY = {
    *("nearly identical", "far apart, extreme aspect", "concentric, other aspect", "negative coordinates"),
    *("one level", "odd strides", "unsorted", "several boxes in an image", "coordinate sum not positive", "crowd"),
}
"""Events that could not show a fault of a gradient which others do not show."""


class Kink(NamedTuple):
    """An event made from a plain case: whether it occurs, and how arguments are changed in place so that it does."""

    occurs: Callable[[Case], bool]
    change: Callable[[Dict[str, Any]], None]


def gradients(op: str, cases: Cases, shape: Callable[[Case], Tuple[int, ...]], kinks: Mapping[str, Kink] = {}) -> Cases:
    """Cases of the gradient of an op whose results have a `shape`.

    Where calls came before, the last of them had the same numbers: what it left was not recorded.
    """
    plain = next(iter(cases.events))
    events = {name: occurs for name, occurs in cases.events.items() if name not in _VALUES_ONLY}
    events.update({name: kink.occurs for name, kink in kinks.items()})
    events["asked before"] = lambda case: len(case.prelude) == 2

    @st.composite
    def draw_case(draw, event, precision, served):
        case = draw(cases.draw(event if event in cases.events else plain, precision, served))
        if event in kinks:
            kinks[event].change(case.arguments)
        cotangents = {name: draw(choices(shape(case), COTANGENTS), label=name) for name in GRADIENTS[op].cotangents}
        *earlier, case = (call._replace(arguments={**call.arguments, **cotangents}) for call in (*case.prelude, case))
        return case._replace(prelude=(*earlier, case._replace(prelude=()))) if event == "asked before" else case

    def possible(event, precision, served):
        return event not in cases.events or cases.possible(event, precision, served)

    return Cases(events, draw_case, possible)


def _pairs(case):
    return (case.boxes1, case.boxes2) if "boxes1" in case.arguments else (case.pred_bboxes, case.target_bboxes)


def _share_corners(first, second):
    second[..., [0, 3]] = first[..., [0, 3]]


def _turn_and_part(first, second):
    """Low and wide, and far away, narrow and high: CIoU near −1.4."""
    first[..., 2:] = first[..., :2] + [32, 0.5]
    second[..., :2] = first[..., :2] + [256, 128]
    second[..., 2:] = second[..., :2] + [0.5, 32]


def _turned(case):
    first, second = map(sides, _pairs(case))
    return bool(((first[..., 0] > 32 * first[..., 1]) & (second[..., 1] > 32 * second[..., 0])).any())


def _flatten(first, second):
    first[..., 2] = first[..., 0]


def _shrink(first, second):
    first[..., 2:] = first[..., :2]


def _of(names, change):
    return lambda arguments: change(*(arguments[name] for name in names))


def _pair_kinks(*names):
    return {
        "equal corners": Kink(lambda c: bool((_pairs(c)[0] == _pairs(c)[1]).any()), _of(names, _share_corners)),
        "CIoU below -1": Kink(_turned, _of(names, _turn_and_part)),
        "prediction without width": Kink(lambda c: bool((sides(_pairs(c)[0])[..., 0] == 0).any()), _of(names, _flatten)),
        "prediction is a point": Kink(lambda c: bool((sides(_pairs(c)[0]) == 0).all(-1).any()), _of(names, _shrink)),
    }


PAIR_GRADIENTS = gradients("ciou", BOX_PAIRS, lambda c: c.boxes1.shape[:1], _pair_kinks("boxes1", "boxes2"))
"""For the whole IoU family, whose gradients take the same arguments."""
DISTANCE_GRADIENTS = gradients("dist2bbox", DISTANCES, lambda c: c.distance.shape)
DISTRIBUTION_GRADIENTS = gradients("decode_boxes", DISTRIBUTIONS, lambda c: (*c.pred_dist.shape[:2], 4))
LOGIT_GRADIENTS = gradients(
    "bce_loss",
    LOGIT_TARGETS,
    lambda c: c.logits.shape,
    {"at zero": Kink(lambda c: bool((c.logits == 0).all()), lambda arguments: arguments["logits"].fill(0))},
)
_ANY_BIN_TARGETS = BIN_TARGETS._replace(events={**BIN_TARGETS.events, **OUTSIDE_BIN_TARGETS.events})
BIN_GRADIENTS = gradients("dfl_loss", _ANY_BIN_TARGETS, lambda c: c.target.shape[:1])
FOREGROUND_GRADIENTS = gradients("bbox_loss", FOREGROUNDS, lambda c: (), _pair_kinks("pred_bboxes", "target_bboxes"))


def _off_the_edges(event, precision, served):
    """Batches whose bins lean to one side, so that no decoded edge lies just on that of a ground truth.

    There rounding alone would say on which side of the kink it is.
    """

    def lean(case):
        bins = np.tile(np.arange(case.dialect.reg_max), 4)[:, np.newaxis, np.newaxis] / 8
        for level in case.feature_maps:
            level[:, : len(bins)] = in_precision(level[:, : len(bins)] + bins, precision)
        return case

    return BATCHES.draw(event, precision, served).map(lean)


BATCH_GRADIENTS = gradients("detection_loss", BATCHES._replace(draw=_off_the_edges), lambda c: ())
