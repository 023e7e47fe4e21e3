"""Target scores: how strongly each positive anchor is to learn the class of its owner.  arXiv:2108.07755, 3.2."""

from __future__ import annotations

from typing import Callable

import numpy as np

from refimpl.alignment import Alignment
from refimpl.arrays import FloatArray, where_true
from refimpl.claims import Owners
from refimpl.dialect import Dialect


def target_scores(
    alignment: Alignment, owners: Owners, gt_labels: np.ndarray, claimed: np.ndarray | None = None, *, dialect: Dialect
) -> FloatArray:
    """Soft classification targets: the metric of each positive, scaled to the best overlap of its box.  [TAL-7, arXiv:2108.07755 section 3.2]

        score[a, label_g] = t[g, a] · max_P u[g] / (max_P t[g] + norm_eps)

    for the owner g of anchor a, the maxima over P, the anchors g owns after conflicts are resolved; 0 elsewhere. The
    dialect may take the maxima over what g claimed (`normalised_over`), and for an anchor the largest of what its
    claimants would give it (`score_of`).

    Parameters
    ----------
    alignment : metric and overlaps, (B, G, A)
    owners : of each anchor
    gt_labels : (B, G, 1) int64
    claimed : (B, G, A) bool, the claims before conflicts were resolved; needed where the dialect reads them
    dialect : num_classes, norm_eps, normalised_over and score_of are read

    Returns
    -------
    (B, A, C) float64
    """
    images, gts, anchors = owners.mask_pos.shape
    scores = np.moveaxis(np.zeros_like(alignment.metric, shape=(images, dialect.num_classes, anchors)), 1, -1)
    b, g, a = where_true(owners.mask_pos)
    if len(a):
        scaled = _scaled(alignment, claimed if dialect.normalised_over == "claimed" else owners.mask_pos, dialect)
        if dialect.score_of == "owner":
            scores[b, a, gt_labels[b, g, 0]] = scaled(b, g, a)
        else:
            of_all = np.multiply(scaled(b[:, np.newaxis], np.arange(gts), a[:, np.newaxis]), claimed[b, :, a])
            scores[b, a, gt_labels[b, g, 0]] = of_all.max(axis=-1)
    return scores


def _scaled(alignment: Alignment, positives: np.ndarray, dialect: Dialect) -> Callable[..., FloatArray]:
    """t · max_P u / (max_P t + norm_eps) of index arrays: image, ground truth and anchor; P are the positives."""
    some = np.flatnonzero(positives.any(axis=(0, 1)))  # Few anchors are anybody's.
    t, u = (np.multiply(x[..., some], positives[..., some]).max(axis=-1) for x in alignment)
    return lambda b, g, a: alignment.metric[b, g, a] * u[b, g] / (t[b, g] + dialect.norm_eps)
