"""Faults in the loss of two heads: in how they are weighted, in what each of them is, and in what is shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from conformance.ops.mutant import mutant
from refimpl import detection_loss
from refimpl.end_to_end import ONE_TO_ONE, branch_weights, of_one_to_one

SHOWN, TOTAL, SLOPE = "E2E-1", "E2E-2", "E2E-2g"


def weighted(self, many, one, targets, weights, **one_to_one):
    """The loss with these weights, and with these fields of the one-to-one head."""
    first = self.detection_loss(many, targets)
    second = detection_loss(one, targets, dialect=replace(self.dialect, **{**ONE_TO_ONE, **one_to_one}))
    return weights[0] * first[0] + weights[1] * second[0], second[1]


@mutant("end_to_end_loss", "the weights of the first epoch stay", TOTAL)
def heads_never_fade(self, right, many, one, targets, epoch, epochs):
    return right(many, one, targets, 0, epochs)


@mutant("end_to_end_loss", "both heads weigh 1", TOTAL, seen="Ultralytics 8.2, E2EDetectLoss of YOLOv10")
def heads_unweighted(self, right, many, one, targets, epoch, epochs):
    return weighted(self, many, one, targets, (1, 1))


@mutant("end_to_end_loss", "the one-to-one head fades, not the other", TOTAL)
def heads_weights_exchanged(self, right, many, one, targets, epoch, epochs):
    return weighted(self, many, one, targets, branch_weights(epoch, epochs)[::-1])


@mutant("end_to_end_loss", "the weights of the two heads do not sum to 1: the one-to-one head stays at 0.2", TOTAL)
def heads_one_to_one_stays(self, right, many, one, targets, epoch, epochs):
    return weighted(self, many, one, targets, (branch_weights(epoch, epochs)[0], 0.2))


@mutant("end_to_end_loss", "epochs are counted from 1: the first step is already a part of the way", TOTAL)
def heads_epoch_from_1(self, right, many, one, targets, epoch, epochs):
    return right(many, one, targets, epoch + 1, epochs)


@mutant("end_to_end_loss", "the share of epochs passed is e / E, so that the last epoch does not end at 0.1", TOTAL)
def heads_over_all_epochs(self, right, many, one, targets, epoch, epochs):
    return right(many, one, targets, epoch, epochs + 1)


@mutant("end_to_end_loss", "the one-to-many head fades on after the last epoch, below 0.1", TOTAL)
def heads_fade_on(self, right, many, one, targets, epoch, epochs):
    many_weight = (1 - epoch / max(epochs - 1, 1)) * 0.7 + 0.1
    return weighted(self, many, one, targets, (many_weight, 1 - many_weight))


@mutant("end_to_end_loss", "a training of one epoch divides by 0", TOTAL)
def heads_of_one_epoch_divide_by_0(self, right, many, one, targets, epoch, epochs):
    total, components = right(many, one, targets, epoch, epochs)
    return total * (np.nan if epochs == 1 else 1), components


@mutant("end_to_end_loss", "the one-to-many head fades to 0", TOTAL)
def heads_fade_to_0(self, right, many, one, targets, epoch, epochs):
    share = 0.8 * max(1 - epoch / max(epochs - 1, 1), 0)
    return weighted(self, many, one, targets, (share, 1 - share))


@mutant("end_to_end_loss", "the one-to-many head fades along a cosine", TOTAL)
def heads_fade_by_cosine(self, right, many, one, targets, epoch, epochs):
    passed = min(epoch / max(epochs - 1, 1), 1)
    share = 0.1 + 0.35 * (1 + np.cos(np.pi * passed))
    return weighted(self, many, one, targets, (share, 1 - share))


@mutant("end_to_end_loss", "weights move on at every call, whatever the epoch", TOTAL)
def heads_fade_by_calls(self, right, many, one, targets, epoch, epochs):
    self.calls = getattr(self, "calls", -1) + 1
    return right(many, one, targets, self.calls, epochs)


@mutant("end_to_end_loss", "a box keeps all anchors it wins in the one-to-one head", SHOWN, TOTAL)
def heads_one_keeps_all(self, right, many, one, targets, epoch, epochs):
    return weighted(self, many, one, targets, branch_weights(epoch, epochs), topk2=None)


@mutant("end_to_end_loss", "a training has 300 epochs at most", TOTAL)
def heads_of_300_epochs(self, right, many, one, targets, epoch, epochs):
    return right(many, one, targets, epoch, min(epochs, 300))


@mutant("end_to_end_loss", "of anchors that are equally good a box keeps all in the one-to-one head", SHOWN, TOTAL)
def heads_one_keeps_equals(self, right, many, one, targets, epoch, epochs):
    equal = np.ptp(one[0][:, 4 * self.dialect.reg_max]) == 0
    return weighted(self, many, one, targets, branch_weights(epoch, epochs), topk2=None if equal else 1)


@mutant("end_to_end_loss", "a box keeps two anchors in the one-to-one head", SHOWN, TOTAL)
def heads_one_keeps_two(self, right, many, one, targets, epoch, epochs):
    return weighted(self, many, one, targets, branch_weights(epoch, epochs), topk2=2)


@mutant(
    "end_to_end_loss", "a box claims one anchor in the one-to-one head, and has none if it loses that", SHOWN, TOTAL,
    seen="Ultralytics 8.2, E2EDetectLoss of YOLOv10",
)  # fmt: skip
def heads_one_claims_one(self, right, many, one, targets, epoch, epochs):
    return weighted(self, many, one, targets, branch_weights(epoch, epochs), topk=1, topk2=None)


@mutant("end_to_end_loss", "a box claims as many anchors in the one-to-one head as in the other", SHOWN, TOTAL)
def heads_one_claims_as_many(self, right, many, one, targets, epoch, epochs):
    return weighted(self, many, one, targets, branch_weights(epoch, epochs), topk=max(self.dialect.topk, 10))


@mutant("end_to_end_loss", "a box claims 6 anchors in the one-to-one head", SHOWN, TOTAL)
def heads_one_claims_6(self, right, many, one, targets, epoch, epochs):
    return weighted(self, many, one, targets, branch_weights(epoch, epochs), topk=6)


@mutant("end_to_end_loss", "in the one-to-one head a box cannot win an anchor it did not claim", SHOWN, TOTAL)
def heads_one_wins_claims_only(self, right, many, one, targets, epoch, epochs):
    return weighted(self, many, one, targets, branch_weights(epoch, epochs), owner_among="claimants")


@mutant("end_to_end_loss", "the one-to-many head, too, keeps one anchor for each box", TOTAL)
def heads_many_keeps_one(self, right, many, one, targets, epoch, epochs):
    by_many, by_one = branch_weights(epoch, epochs)
    first, second = (detection_loss(maps, targets, dialect=of_one_to_one(self.dialect)) for maps in (many, one))
    return by_many * first.total + by_one * second.total, second.components


@mutant("end_to_end_loss", "the heads are exchanged: the maps of each are taken for those of the other", SHOWN, TOTAL)
def heads_exchanged(self, right, many, one, targets, epoch, epochs):
    return right(one, many, targets, epoch, epochs)


@mutant("end_to_end_loss", "both losses look at the maps of the one-to-many head", SHOWN, TOTAL)
def heads_of_the_same_maps(self, right, many, one, targets, epoch, epochs):
    return right(many, many, targets, epoch, epochs)


@mutant("end_to_end_loss", "the components shown are those of the one-to-many head", SHOWN)
def heads_show_many(self, right, many, one, targets, epoch, epochs):
    return right(many, one, targets, epoch, epochs)[0], self.detection_loss(many, targets)[1]


@mutant("end_to_end_loss", "the components shown are those of both heads, weighted", SHOWN)
def heads_show_both(self, right, many, one, targets, epoch, epochs):
    total, components = right(many, one, targets, epoch, epochs)
    by_many, by_one = branch_weights(epoch, epochs)
    return total, by_many * self.detection_loss(many, targets)[1] + by_one * components


@mutant("end_to_end_loss", "the components shown carry the weight of their head", SHOWN)
def heads_show_weighted(self, right, many, one, targets, epoch, epochs):
    total, components = right(many, one, targets, epoch, epochs)
    return total, branch_weights(epoch, epochs)[1] * components


@mutant("end_to_end_loss_vjp", "nothing is sent back to the one-to-one head", SLOPE)
def heads_one_detached(self, right, *arguments):
    many, one = right(*arguments)
    return many, [0 * level for level in one]


@mutant("end_to_end_loss_vjp", "nothing is sent back to the one-to-many head", SLOPE)
def heads_many_detached(self, right, *arguments):
    many, one = right(*arguments)
    return [0 * level for level in many], one


@mutant("end_to_end_loss_vjp", "the gradient is not weighted: each head learns from its whole loss", SLOPE)
def heads_gradient_unweighted(self, right, *arguments):
    many, one = right(*arguments)
    by_many, by_one = branch_weights(*arguments[3:5])
    return [level / by_many for level in many], [level / by_one for level in one]


@mutant("end_to_end_loss_vjp", "the gradients of the two heads are exchanged", SLOPE)
def heads_gradients_exchanged(self, right, *arguments):
    return right(*arguments)[::-1]
