"""Assignments: those of one image that open owners make, and the claims they follow from."""

from __future__ import annotations

import itertools
import math
from typing import List, Sequence, Tuple

import numpy as np

from conformance.ops.assigner.legal_assignments import ALTERNATIVES, Decided, decided
from conformance.ops.assigner.legal_sets import TooManyToDecide, droppable, has_witness
from conformance.recordings.scene import Look


def borrows(seen: Look) -> bool:
    """Whether an anchor has the score of another box than its owner, which may own nothing: then that of nobody."""
    dialect = seen.scene.dialect
    return dialect.score_of != "owner" and dialect.normalised_over == "owned"


def assignments(seen: Look, options: Sequence[Tuple[int, ...]]) -> List[np.ndarray]:
    """The owners (n,) that may be, that of the reference's tie rule first; none if no claims of k anchors explain them.

    Raises
    ------
    TooManyToDecide
        If there are more than `ALTERNATIVES`, or the search for claims grows too large.
    """
    if not has_witness(seen.allowed, options):
        return []
    first = np.where(seen.first.fg_mask[0], seen.first.target_gt_idx[0], -1)
    telling = _telling(seen, options)
    choices = []
    for i, found in enumerate(options):
        told = [g for g in found if g >= 0 and (seen.learns[i] or telling[g, i])]
        untold = [-1] if not seen.learns[i] and len(told) < len(found) else []
        choices.append(sorted(told + untold, key=lambda g: g != first[i]))
    if math.prod(map(len, choices)) > ALTERNATIVES:
        raise TooManyToDecide
    found = [np.array(one, int) for one in itertools.product(*choices)]
    return [owner for owner in found if _few_enough(seen, owner) and _explained(seen, options, owner)]


def _few_enough(seen: Look, owner: np.ndarray) -> bool:
    """Whether no box keeps more than `topk2` of the anchors that learn."""
    most = seen.scene.dialect.topk2
    return most is None or bool((np.bincount(owner[seen.learns & (owner >= 0)], minlength=1) <= most).all())


def _telling(seen: Look, options: Sequence[Tuple[int, ...]]) -> np.ndarray:
    """Whether a box (G, A) that owns an anchor which learns nothing may have its largest overlap there, or what it
    borrows: scores show it."""
    overlaps = seen.alignment.overlaps[0]
    learning = [found if learns else () for found, learns in zip(options, seen.learns)]
    alone = np.array([found[0] if len(found) == 1 else -1 for found in learning], int)
    largest = np.full(len(overlaps.lo), np.inf)  # Of a box that nothing learns there is no score.
    for g in {g for found in learning for g in found}:
        largest[g] = overlaps.lo[g, alone == g].max(initial=0)
    return (overlaps.hi > largest[:, np.newaxis]) | borrows(seen)


def with_claims(seen: Look, legal: Sequence[np.ndarray]) -> List[Decided]:
    """The owners beside claims they follow from; one for each owner, where the target scores do not depend on the claims.

    Raises
    ------
    TooManyToDecide
        If they do, and too many claims are legal.
    """
    dialect, allowed = seen.scene.dialect, seen.allowed
    free = dialect.normalised_over == "owned" and dialect.score_of == "owner"
    if free or (allowed.must == allowed.may).all():
        return [Decided(owner, allowed.must) for owner in legal]
    pairs = ((owner, one) for owner in legal for one in decided(seen.scene))
    return [Decided(owner, one.claimed) for owner, one in pairs if (one.owner == owner)[seen.learns].all()]


def _explained(seen: Look, options: Sequence[Tuple[int, ...]], owner: np.ndarray) -> bool:
    """Whether some legal claims explain these owners, and those left open at anchors that learn nothing."""
    allowed = seen.allowed
    if allowed.dropped is not None:
        kept = owner == np.arange(len(seen.scene.valid))[:, np.newaxis]
        allowed = allowed._replace(dropped=droppable(seen.scene, kept))
    shown = seen.learns | (owner >= 0)
    return has_witness(allowed, [(int(one),) if seen else found for one, seen, found in zip(owner, shown, options)])
