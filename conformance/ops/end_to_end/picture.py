"""Pictures of two heads: the assignment that the one-to-one head rests on."""

from __future__ import annotations

from conformance.ops.assigner.picture_scene import whole
from conformance.ops.end_to_end.heads import head
from conformance.ops.subject import Subject
from conformance.paper.markup import Markup


def of_one_to_one(subject: Subject, key: str) -> Markup | None:
    """The assignment of the one-to-one head, as the reference makes it."""
    return whole(subject._replace(case=head(subject.case, 1)), key)


PICTURES = {"end_to_end_loss": (of_one_to_one,)}
