"""What is drawn: for each op the cases it is judged on, each hard case as a named event that is forced.

Valid by construction, lattice values first, so that a counterexample shrinks to numbers one can check by hand.
"""

from conformance.strategies.assignment import ALIGNMENTS, ASSIGNMENTS, CANDIDATES
from conformance.strategies.boxes import ANCHORS, BOXES_TO_DISTANCES, DISTANCES
from conformance.strategies.case import Case, Cases
from conformance.strategies.claims import CLAIMS, METRICS
from conformance.strategies.detection import BATCHES
from conformance.strategies.foregrounds import FOREGROUNDS
from conformance.strategies.gradients import (
    BATCH_GRADIENTS,
    BIN_GRADIENTS,
    DISTANCE_GRADIENTS,
    DISTRIBUTION_GRADIENTS,
    FOREGROUND_GRADIENTS,
    LOGIT_GRADIENTS,
    PAIR_GRADIENTS,
)
from conformance.strategies.losses import BIN_TARGETS, DISTRIBUTIONS, LOGIT_TARGETS, OUTSIDE_BIN_TARGETS
from conformance.strategies.pairs import BOX_PAIRS
from conformance.strategies.targets import TARGETS

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
