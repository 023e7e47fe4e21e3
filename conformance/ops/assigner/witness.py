"""Witnesses: claims, among the legal ones, that explain the owners which can be seen."""

from __future__ import annotations

import itertools
from typing import Collection, Iterator, NamedTuple, Sequence, Set

import numpy as np

from conformance.judging.finding import Undecided

WITNESS_STATES = 20000
"""Partial witnesses kept at most in a search."""


class TooManyToDecide(Undecided):
    """The legal set is too large to search: no verdict on this scene."""


class Claims(NamedTuple):
    """What each ground truth claims, and who may win an anchor.

    Attributes
    ----------
    must, may : (G, A) bool, claimed in every legal set, and in some; both only where a claim makes a positive.
    least, most : (G,) how many of the optional claims are made.
    lo, hi : (G, A) bounds of what a contested anchor goes by.
    surely_wins, may_win : (G, A) bool, whether an owner's overlap is large enough to keep the anchor.
    among_claimants : whether only claimants win a contested anchor.
    dropped : (G, A) bool, anchors that a box may own first and give up then; None for none.
    """

    must: np.ndarray
    may: np.ndarray
    least: np.ndarray
    most: np.ndarray
    lo: np.ndarray
    hi: np.ndarray
    surely_wins: np.ndarray
    may_win: np.ndarray
    among_claimants: bool = False
    dropped: np.ndarray | None = None

    @property
    def near(self) -> np.ndarray:
        """Whether a ground truth may be the largest of those that can win an anchor, (G, A) bool."""
        if not len(self.lo):
            return np.zeros(self.lo.shape, bool)
        if not self.among_claimants:
            return self.hi >= self.lo.max(axis=0)
        return self.may & (self.hi >= np.where(self.must, self.lo, -np.inf).max(axis=0))


def explains(owner: int, claimed: Set[int], allowed: Claims, a: int) -> bool:
    """Whether these claims on an anchor make `owner` its owner, or leave it to the background."""
    winners = _winners(claimed, allowed, a)
    if owner >= 0:
        return owner in winners and bool(allowed.may_win[owner, a])
    given_up = (g for g in winners if not allowed.surely_wins[g, a] or (allowed.dropped is not None and allowed.dropped[g, a]))
    return not claimed or next(given_up, None) is not None


def _winners(claimed: Set[int], allowed: Claims, a: int) -> Collection[int]:
    """Who may own an anchor that is claimed by these."""
    if len(claimed) < 2:
        return claimed
    pool = np.array(sorted(claimed)) if allowed.among_claimants else np.arange(len(allowed.lo))
    return set(map(int, pool[allowed.hi[pool, a] >= allowed.lo[pool, a].max()]))


def subsets(optional: np.ndarray) -> Iterator[Set[int]]:
    """All sets of some ground truths."""
    for size in range(len(optional) + 1):
        yield from (set(map(int, c)) for c in itertools.combinations(optional, size))


def has_witness(allowed: Claims, owners: Sequence[Collection[int]]) -> bool:
    """Whether optional claims can be chosen, as many as each ground truth has to spend, that explain an owner of each anchor.

    What all ground truths have spent is one whole number, 16 bits for each, counted so that the highest of them is set
    by the first claim too many: states are added and tested at once. An anchor that any claims explain is no constraint:
    what it may take is room to spend.

    Parameters
    ----------
    owners : for each anchor those that it may have as far as can be seen, one of which is to be explained

    Raises
    ------
    TooManyToDecide
        If the search grows too large.
    """
    top, least = 1 << 15, [int(x) for x in allowed.least]
    overspent = sum(top << 16 * g for g in range(len(allowed.most)))
    states = {sum(top - 1 - int(most) << 16 * g for g, most in enumerate(allowed.most))}
    for a in np.flatnonzero((allowed.may & ~allowed.must).any(axis=0)):
        optional = np.flatnonzero(allowed.may[:, a] & ~allowed.must[:, a])
        must = set(map(int, np.flatnonzero(allowed.must[:, a])))
        fitting = [x for x in subsets(optional) if any(explains(one, must | x, allowed, a) for one in owners[a])]
        if len(fitting) == 2 ** len(optional):
            for g in optional:
                least[g] -= 1
            continue
        steps = [sum(1 << 16 * g for g in extra) for extra in fitting]
        spent = {state + step for step in steps for state in states}
        states = {state for state in spent if not state & overspent}
        if len(states) > WITNESS_STATES:
            raise TooManyToDecide
    at_least = [(16 * g, top - 1 - int(most) + max(least[g], 0)) for g, most in enumerate(allowed.most)]
    return any(all((state >> shift) % (2 * top) >= fewest for shift, fewest in at_least) for state in states)
