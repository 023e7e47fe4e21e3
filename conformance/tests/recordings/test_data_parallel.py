"""Data parallel: with one S for all, the losses of the parts of a batch add up to that of the whole; with S of their own not."""

import numpy as np
import pytest

from conformance.example.tiny import DIALECT, Detector, batch
from refimpl import detection_loss_and_gradient
from refimpl.detection import image_loss_sums, recipe
from refimpl.door import behind_the_door


def parts(images=6, ranks=3):
    """A batch, and its parts, one for each rank: maps, targets with images counted anew, and S of their own."""
    seen = batch(np.random.default_rng(3), images)
    maps, targets = Detector(1).forward(seen.pictures)[0], seen.targets
    found = []
    for rank in range(ranks):
        own = range(rank * images // ranks, (rank + 1) * images // ranks)
        rows = targets[np.isin(targets[:, 0], own)].copy()
        rows[:, 0] -= own[0]
        part = [level[own[0] : own[-1] + 1] for level in maps]
        found.append((part, rows, _s(part, rows)))
    return maps, targets, found


def _s(maps, targets):
    with behind_the_door():
        return float(recipe(maps, targets, lambda _, image: image_loss_sums(*image, dialect=DIALECT), dialect=DIALECT)[1])


def test_with_one_s_the_parts_add_up_to_the_whole():
    maps, targets, found = parts()
    whole, gradient = detection_loss_and_gradient(maps, targets, dialect=DIALECT)
    s = _s(maps, targets)

    losses = [(detection_loss_and_gradient(part, rows, dialect=DIALECT), own) for part, rows, own in found]

    components = sum(loss.components * own / s for (loss, _), own in losses)
    joined = np.concatenate([3 * g[0] * own / s for (_, g), own in losses])
    assert np.allclose(components, whole.components, rtol=1e-12)
    assert np.allclose(joined, gradient[0], rtol=1e-9, atol=1e-15)


def test_with_an_s_of_its_own_each_part_weighs_otherwise():
    maps, targets, found = parts()
    whole, gradient = detection_loss_and_gradient(maps, targets, dialect=DIALECT)

    losses = [detection_loss_and_gradient(part, rows, dialect=DIALECT) for part, rows, _ in found]

    joined = np.concatenate([g[0] for _, g in losses])
    assert sum(loss.total for loss, _ in losses) != pytest.approx(float(whole.total), rel=0.02)
    assert np.abs(joined - gradient[0]).max() > 0.05 * np.abs(gradient[0]).max()
