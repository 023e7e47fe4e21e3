"""Some cases of everything that is drawn, once for all tests that look at them."""

from __future__ import annotations

import functools
import random
from typing import Iterator, List, Sequence, Tuple

import hypothesis
from hypothesis import HealthCheck, Phase, settings

from conformance.ops import cases as strategies
from conformance.cases.sizes import variants
from conformance.judging.rounding import Precision
from conformance.cases.case import Case, Cases
from refimpl import YOLOV8_ANY_ORDER

GRADIENTS = {
    "BATCH_GRADIENTS": ("detection_loss",),
    "BIN_GRADIENTS": ("dfl_loss",),
    "DISTANCE_GRADIENTS": ("dist2bbox",),
    "DISTRIBUTION_GRADIENTS": ("decode_boxes",),
    "FOREGROUND_GRADIENTS": ("bbox_loss",),
    "LOGIT_GRADIENTS": ("bce_loss",),
    "PAIR_GRADIENTS": ("iou", "giou", "diou", "ciou"),
}
"""The ops whose gradients take what each object draws."""

OPS = {
    "ALIGNMENTS": ("alignment_metric",),
    "ANCHORS": ("make_anchors",),
    "ASSIGNMENTS": ("assign",),
    "BATCHES": ("detection_loss",),
    "BIN_TARGETS": ("dfl_loss",),
    "BOXES_TO_DISTANCES": ("bbox2dist",),
    "BOX_PAIRS": ("iou", "giou", "diou", "ciou"),
    "CANDIDATES": ("candidates_in_gts",),
    "CLAIMS": ("resolve_conflicts",),
    "DISTANCES": ("dist2bbox",),
    "DISTRIBUTIONS": ("decode_boxes",),
    "FOREGROUNDS": ("bbox_loss",),
    "LOGIT_TARGETS": ("bce_loss",),
    "METRICS": ("select_topk",),
    "OUTSIDE_BIN_TARGETS": ("dfl_loss",),
    "TARGETS": ("pad_targets",),
}
"""The ops that take what each object draws."""

FEW = 3
"""Cases drawn for each event."""

SERVED = (YOLOV8_ANY_ORDER, *variants(YOLOV8_ANY_ORDER))
DRAWN = {name: value for name, value in vars(strategies).items() if isinstance(value, Cases)}
LISTED = settings(
    max_examples=60, database=None, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck)
)


@functools.lru_cache(maxsize=None)
def found(name: str, event: str, precision: Precision) -> List[Case]:
    """The first cases drawn for an event, the last of which shows it; none where it cannot be drawn."""
    cases: List[Case] = []
    if not DRAWN[name].possible(event, precision, SERVED):
        return cases

    def shows(case: Case) -> bool:
        cases.append(case)
        return len(cases) >= FEW and DRAWN[name].events[event](case)

    strategy = DRAWN[name].draw(event, precision, SERVED)
    hypothesis.find(strategy, shows, settings=LISTED, random=random.Random(1))
    return cases


def sampled(name: str, precision: Precision, without: Sequence[str] = ()) -> Iterator[Tuple[Case, str]]:
    """Some cases of each event, with its name."""
    for event in DRAWN[name].events:
        if event not in without:
            yield from ((case, event) for case in found(name, event, precision))
