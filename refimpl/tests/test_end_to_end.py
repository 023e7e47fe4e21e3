"""The loss of YOLO26: the weights of its two heads, and what each of them is."""

from dataclasses import replace

import numpy as np
import pytest

from refimpl import YOLO26, detection_loss, detection_loss_vjp, end_to_end_loss, end_to_end_loss_vjp, oracle
from refimpl.end_to_end import branch_weights, of_one_to_one
from refimpl.oracle import draws
from refimpl.oracle.closeness import assert_close

SMALL = replace(YOLO26, num_classes=3, topk=4, strides=(8, 16))


def batch(seed=0, images=2):
    rng = np.random.default_rng(seed)
    heads = [draws.feature_maps(rng, [(5, 4), (3, 2)], images, 7) for _ in range(2)]
    return *heads, draws.targets(rng, [0, 0, 1, 1], 3)


@pytest.mark.parametrize(
    "epoch, epochs, weights", [(0, 100, (0.8, 0.2)), (99, 100, (0.1, 0.9)), (50, 101, (0.45, 0.55)), (0, 1, (0.8, 0.2)), (7, 5, (0.1, 0.9))]
)
def test_the_one_to_many_head_fades_from_the_first_epoch_to_the_last(epoch, epochs, weights):
    np.testing.assert_allclose(branch_weights(epoch, epochs), weights, rtol=1e-14)


def test_the_one_to_one_head_claims_seven_anchors_and_keeps_one():
    assert (of_one_to_one(YOLO26).topk, of_one_to_one(YOLO26).topk2, YOLO26.topk, YOLO26.topk2) == (7, 1, 10, None)


def test_the_total_is_weighed_and_the_components_are_those_of_the_one_to_one_head():
    many, one, targets = batch()

    got = end_to_end_loss(many, one, targets, 3, 11, dialect=SMALL)

    first, second = detection_loss(many, targets, dialect=SMALL), detection_loss(one, targets, dialect=of_one_to_one(SMALL))
    assert got.components.tolist() == second.components.tolist()
    np.testing.assert_allclose(got.total, 0.59 * first.total + 0.41 * second.total, rtol=1e-14)


def test_both_oracles_agree():
    many, one, targets = batch(1)

    got = end_to_end_loss(many, one, targets, 2, 9, dialect=SMALL)

    tables = [[level.tolist() for level in head] for head in (many, one)]
    total, components = oracle.end_to_end_loss(*tables, targets.tolist(), 2, 9, SMALL, of_one_to_one(SMALL))
    size = float(np.abs(got.total))
    assert_close("total", got.total, total, ulps=4096, scale=size)
    assert_close("components", got.components, list(components), ulps=4096, scale=size)


def test_each_head_learns_by_its_weight():
    many, one, targets = batch(2)

    got = end_to_end_loss_vjp(many, one, targets, 0, 2, -2.0, dialect=SMALL)

    first = detection_loss_vjp(many, targets, -1.6, dialect=SMALL)
    second = detection_loss_vjp(one, targets, -0.4, dialect=of_one_to_one(SMALL))
    for head, expected in zip(got, (first, second)):
        for level, of_level in zip(head, expected):
            np.testing.assert_allclose(level, of_level, rtol=1e-13, atol=1e-18)
