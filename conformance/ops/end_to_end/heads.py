"""The two heads of a case, each as a batch of the detection loss."""

from __future__ import annotations

from typing import Any, List, Sequence, Tuple

from conformance.cases.case import Case
from conformance.judging.rounding import Precision, Rounded
from conformance.ops.assigner.legal_assignments import ALTERNATIVES
from conformance.ops.assigner.legal_sets import TooManyToDecide
from refimpl.end_to_end import branch_weights, of_one_to_one

HEADS = ("one_to_many", "one_to_one")


def head(case: Case, index: int, cotangent: Any = 1.0) -> Case:
    """A head as a batch: its maps as `feature_maps`, its dialect, and what is pulled back to its total."""
    dialect = of_one_to_one(case.dialect) if index else case.dialect
    return Case.of(dialect, {"feature_maps": case.arguments[HEADS[index]], "targets": case.targets, "cotangent": cotangent})


def weights(case: Case, precision: Precision) -> Tuple[Rounded, Rounded]:
    """What the losses of the two heads are weighted by, as error-carrying numbers."""
    return branch_weights(Rounded(case.epoch, precision), case.epochs)


def weighted(case: Case, many: Sequence[Rounded], one: Sequence[Rounded], precision: Precision) -> List[Rounded]:
    """The weighted sum of both heads' losses, for each pair of the components (3,) that legal assignments give them.

    Raises
    ------
    TooManyToDecide
        If there are too many pairs.
    """
    if len(many) * len(one) > ALTERNATIVES:
        raise TooManyToDecide
    images = len(case.one_to_many[0]) if case.dialect.times_batch else 1
    by_many, by_one = weights(case, precision)
    return [by_many * (images * first.sum()) + by_one * (images * second.sum()) for first in many for second in one]
