"""E2E: the loss of two heads, whose weights change with the epoch, and what it sends back to the maps of each."""

from __future__ import annotations

from typing import Any, List

import numpy as np

from conformance.judging.clause import clause
from conformance.judging.judge import Judge
from conformance.judging.rounding import Rounded
from conformance.ops.end_to_end.heads import HEADS, head, weighted, weights
from conformance.ops.head.clauses import channels
from conformance.ops.head.legal_batches import legal_losses

ULTRALYTICS = "Ultralytics 8.4.128 and later, E2ELoss"

EVERY = (
    ("bins", lambda batch: np.ones(batch.bins.shape, bool)),
    ("class logits", lambda batch: np.ones(batch.logits.value.shape, bool)),
)
"""The two parts of a head's channels, all of them judged."""


def _losses(case: Any, index: int, judge: Judge) -> List[Rounded]:
    """Components (3,) of a head for each legal assignment, computed once for all clauses."""
    return judge.expected(lambda: legal_losses(head(case, index), judge.precision), f"legal losses of {HEADS[index]}")


def of_the_one_to_one_head(answer: Any, case: Any, judge: Judge) -> None:
    judge.values("components", answer.components, *_losses(case, 1, judge))


def both_by_their_weights(answer: Any, case: Any, judge: Judge) -> None:
    many, one = (_losses(case, index, judge) for index in (0, 1))
    judge.values("total", answer.total, *judge.expected(lambda: weighted(case, many, one, judge.precision)))


def by_its_weight(answer: Any, case: Any, judge: Judge) -> None:
    for index, (maps, weight) in enumerate(zip(HEADS, weights(case, judge.precision))):
        batch = head(case, index, weight * case.cotangent)
        for part, (name, of) in enumerate(EVERY):
            channels(f"{name} of {maps}", part, of, maps)(answer, batch, judge)


CLAUSES = (
    clause(
        "E2E-1",
        "In the one-to-one head a box claims 7 anchors and keeps the best it wins; its components are shown, unweighted.",
        "components of L(one_to_one) with k = 7, k₂ = 1",
        ULTRALYTICS,
        end_to_end_loss=of_the_one_to_one_head,
    ),
    clause(
        "E2E-2",
        "The one-to-many head weighs 0.8 in the first epoch and 0.1 in the last, on a straight line; the other has the rest.",
        "total = λm · L(one_to_many) + λo · L(one_to_one), λm = 0.7 · max(1 − e / max(E − 1, 1), 0) + 0.1, λo = 1 − λm",
        ULTRALYTICS,
        end_to_end_loss=both_by_their_weights,
    ),
    clause(
        "E2E-2g",
        "The maps of each head learn from its own loss, by its weight.",
        "∂one_to_many = λm · ∂L, ∂one_to_one = λo · ∂L",
        ULTRALYTICS,
        end_to_end_loss=by_its_weight,
    ),
)
