"""Tiny scenes of exact or uncertain numbers, and every legal outcome of them by brute force, straight from the rules.

Nothing here is shared with `conformance.ops.assigner.legal_sets`: each box may claim any k anchors of which the worst may be as good as
the best of the others, and an anchor that several boxes claim may go to any box whose overlap may be the largest.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import List, Set, Tuple

import numpy as np

from conformance.ops.assigner.legal_sets import Scene
from conformance.judging.rounding import FLOAT64, Rounded
from refimpl import YOLOV8

Owners = Tuple[int, ...]
"""Index of the ground truth that owns each anchor, −1 for background."""


def scene(metric, overlaps, *, k, inside=None, valid=None, claims_inside=True, errors=(0.0, 0.0)) -> Scene:
    """A scene; by default every anchor is inside every box."""
    metric, overlaps = np.array(metric, float), np.array(overlaps, float)
    valid = np.ones(len(metric), bool) if valid is None else np.array(valid, bool)
    inside = np.ones(metric.shape, bool) if inside is None else np.array(inside, bool)
    dialect = replace(YOLOV8, topk=k, topk_among="inside" if claims_inside else "all")
    numbers = Rounded(metric, FLOAT64, errors[0]), Rounded(overlaps, FLOAT64, errors[1])
    return Scene(inside & valid[:, np.newaxis], valid, *numbers, dialect)


def drawn_scene(seed: int, *, uncertain: bool = False) -> Scene:
    """A scene of up to 3 boxes, 5 anchors and 2 claims, full of ties, zeros, masked boxes and anchors outside."""
    rng = np.random.default_rng(seed)
    gts, anchors, k = int(rng.integers(1, 4)), int(rng.integers(1, 6)), int(rng.integers(1, 3))
    shape = gts, anchors
    valid = rng.random(gts) < 0.9
    inside = (rng.random(shape) < rng.choice([0.5, 0.8, 1])) & valid[:, np.newaxis]
    zeros = rng.choice([1, 3, 8])
    overlaps = np.where(inside, rng.choice([0] * zeros + [0.25, 0.5, 0.75], shape), 0)
    overlaps[rng.random(gts) < 0.4] = 0
    # A score of 0 gives an overlap without metric; an overlap of 0 never has one.
    metric = rng.choice([0, 0.5, 1, 1], shape) * overlaps * 4
    errors = 0.0, 0.0
    if uncertain:
        errors = (
            rng.choice([0, 0.3, 1.1], shape) * (metric > 0),
            rng.choice([0, 0.1, 0.3], shape) * (overlaps > 0),
        )
    claims_inside = bool(rng.random() < 0.7)
    return scene(metric, overlaps, k=k, inside=inside, valid=valid, claims_inside=claims_inside, errors=errors)


def all_owners(scene: Scene) -> List[Owners]:
    """Every way to give each anchor a ground truth or none."""
    gts, anchors = scene.inside.shape
    return list(itertools.product(range(-1, gts), repeat=anchors))


def legal_owners(scene: Scene) -> Set[Owners]:
    """Every way that some legal claims lead to."""
    gts, anchors = scene.inside.shape
    largest = [_largest(scene.overlaps[:, a]) for a in range(anchors)]
    found: Set[Owners] = set()
    for claimed in itertools.product(*(_claim_sets(scene, g) for g in range(gts))):
        claimants = [[g for g in range(gts) if a in claimed[g]] for a in range(anchors)]
        found.update(itertools.product(*(largest[a] if len(c) > 1 else c or [-1] for a, c in enumerate(claimants))))
    return found


def _claim_sets(scene: Scene, g: int) -> Set[frozenset]:
    """What one ground truth may claim, after anchors outside it are dropped if the dialect does so."""
    anchors = range(scene.inside.shape[1])
    if not scene.valid[g]:
        return {frozenset()}
    lo, hi = scene.metric.lo[g], scene.metric.hi[g]
    legal = []
    for chosen in itertools.combinations(anchors, min(scene.dialect.topk, len(anchors))):
        others = [lo[a] for a in anchors if a not in chosen]
        if not others or min(hi[a] for a in chosen) >= max(others):
            legal.append(chosen)
    kept = scene.inside[g] if scene.dialect.claims_inside else np.ones(len(anchors), bool)
    return {frozenset(a for a in chosen if kept[a]) for chosen in legal}


def _largest(overlaps: Rounded) -> List[int]:
    """The ground truths whose overlap may be the largest."""
    return [g for g in range(len(overlaps)) if overlaps.hi[g] >= overlaps.lo.max()]


def weighty(scene: Scene, owners) -> Owners:
    """The owners, without those that overlap their anchor not at all: their target scores are 0 in any case."""
    return tuple(int(g) if g >= 0 and scene.overlaps.hi[g, a] > 0 else -1 for a, g in enumerate(owners))
