"""The two heads of a case, each as a batch of the detection loss."""

from __future__ import annotations

from typing import Any, List, Tuple

from conformance.cases.case import Case
from conformance.judging.rounding import Precision, Rounded
from conformance.ops.assigner.legal_assignments import ALTERNATIVES
from conformance.ops.assigner.legal_sets import TooManyToDecide
from conformance.ops.head.legal_batches import legal_losses
from refimpl.end_to_end import branch_weights, of_one_to_one

HEADS = ("one_to_many", "one_to_one")


def head(case: Case, index: int, cotangent: Any = 1.0) -> Case:
    """A head as a batch: its maps as `feature_maps`, its dialect, and what is pulled back to its total."""
    dialect = of_one_to_one(case.dialect) if index else case.dialect
    return Case.of(dialect, {"feature_maps": case.arguments[HEADS[index]], "targets": case.targets, "cotangent": cotangent})


def weights(case: Case, precision: Precision) -> Tuple[Rounded, Rounded]:
    """What the losses of the two heads are weighted by, as error-carrying numbers."""
    return branch_weights(Rounded(case.epoch, precision), case.epochs)


def legal_components(case: Case, precision: Precision) -> List[Rounded]:
    """Components (3,) of the one-to-one head, for each legal assignment; raises as `legal_losses` does."""
    return legal_losses(head(case, 1), precision)


def legal_totals(case: Case, precision: Precision) -> List[Rounded]:
    """The weighted sum of both heads' losses, for each pair of legal assignments.

    Raises
    ------
    Undecided, TooManyToDecide
        As `legal_losses` does, or if there are too many pairs.
    """
    images = len(case.one_to_many[0]) if case.dialect.times_batch else 1
    many, one = (legal_losses(head(case, i), precision) for i in (0, 1))
    if len(many) * len(one) > ALTERNATIVES:
        raise TooManyToDecide
    by_many, by_one = weights(case, precision)
    return [by_many * (images * first.sum()) + by_one * (images * second.sum()) for first in many for second in one]
