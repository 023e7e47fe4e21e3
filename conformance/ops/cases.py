"""What is drawn: for each op the cases it is judged on, each hard case as a named event that is forced.

Valid by construction, lattice values first, so that a counterexample shrinks to numbers one can check by hand.
"""

from conformance.ops.assigner.cases import ALIGNMENTS, ASSIGNMENTS, CANDIDATES
from conformance.ops.boxes.cases import ANCHORS, BOXES_TO_DISTANCES, DISTANCES
from conformance.cases.case import Case, Cases
from conformance.ops.assigner.claim_cases import CLAIMS, METRICS
from conformance.ops.head.cases import BATCHES
from conformance.ops.losses.foregrounds import FOREGROUNDS
from conformance.ops.gradient_cases import (
    BATCH_GRADIENTS,
    BIN_GRADIENTS,
    DISTANCE_GRADIENTS,
    DISTRIBUTION_GRADIENTS,
    FOREGROUND_GRADIENTS,
    LOGIT_GRADIENTS,
    PAIR_GRADIENTS,
)
from conformance.ops.losses.cases import BIN_TARGETS, DISTRIBUTIONS, LOGIT_TARGETS, OUTSIDE_BIN_TARGETS
from conformance.ops.overlaps.cases import BOX_PAIRS
from conformance.ops.targets.cases import TARGETS

__all__ = [
    "ALIGNMENTS",
    "ANCHORS",
    "ASSIGNMENTS",
    "BATCHES",
    "BATCH_GRADIENTS",
    "BIN_GRADIENTS",
    "BIN_TARGETS",
    "BOXES_TO_DISTANCES",
    "BOX_PAIRS",
    "CANDIDATES",
    "CLAIMS",
    "Case",
    "Cases",
    "DISTANCES",
    "DISTANCE_GRADIENTS",
    "DISTRIBUTIONS",
    "DISTRIBUTION_GRADIENTS",
    "FOREGROUNDS",
    "FOREGROUND_GRADIENTS",
    "LOGIT_GRADIENTS",
    "LOGIT_TARGETS",
    "METRICS",
    "OUTSIDE_BIN_TARGETS",
    "PAIR_GRADIENTS",
    "TARGETS",
]
