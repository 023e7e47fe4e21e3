"""What the loss of two heads is made of."""

from __future__ import annotations

from conformance.cases.case import Case
from conformance.ops.end_to_end.heads import head
from conformance.ops.head.made_of import of_detection
from conformance.ops.made_of import Answer, Stages, Whole, named


def of_one_to_many(case: Case, answer: Answer) -> Stages:
    """The stages of the one-to-many head, whose dialect is that of the whole; that of the other is its own."""
    yield from of_detection(head(case, 0), answer)
    yield named("detection_loss", case.one_to_many, case.targets)


MADE_OF = {"end_to_end_loss": Whole(("detection_loss",), of_one_to_many)}
