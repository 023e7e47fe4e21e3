"""Faults in averages of weights."""

from __future__ import annotations


import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under


@mutant("ema_decay", "the decay is constant: tau is not used", "EMA-1", seen="rf-detr #59; timm V2", convention=True)
def decay_constant(self, right, *arguments):
    return under(self, ema_ramp="constant").ema_decay(*arguments)


@mutant(
    "ema_decay", "the ramp is (1 + u) / (10 + u)", "EMA-1", seen="TensorFlow ExponentialMovingAverage", convention=True
)
def decay_rational(self, right, *arguments):
    return under(self, ema_ramp="rational").ema_decay(*arguments)


@mutant("ema_decay", "the ramp is 1 − (1 + u)^(−2/3)", "EMA-1", seen="timm V3, ema-pytorch", convention=True)
def decay_power(self, right, *arguments):
    return under(self, ema_ramp="power").ema_decay(*arguments)


@mutant("ema_decay", "updates count from 0", "EMA-1")
def decay_late_by_one(self, right, updates):
    return right(max(updates - 1, 0))


@mutant("ema_decay", "tau is 1000, not 2000", "EMA-1")
def decay_of_tau_1000(self, right, *arguments):
    return under(self, ema_tau=1000).ema_decay(*arguments)


@mutant("ema_decay", "the limit is 0.999, not 0.9999", "EMA-1")
def decay_to_0_999(self, right, *arguments):
    return under(self, ema_limit=0.999).ema_decay(*arguments)


@mutant("ema_decay", "the ramp is linear up to tau", "EMA-1")
def decay_linear(self, right, updates):
    return self.dialect.ema_limit * min(updates / self.dialect.ema_tau, 1)


@mutant("ema_decay", "the first decay is kept for all updates", "EMA-1", seen="D-FINE #331")
def decay_cached(self, right, updates):
    return vars(self).setdefault("decays", {}).setdefault("first", right(updates))


@mutant("ema_update", "average and weights are swapped", "EMA-2", "EMA-3", seen="seed 001, read by its names")
def averaged_backwards(self, right, average, value, decay):
    return right(value, average, decay)


@mutant("ema_update", "the share of the weights is the decay as well", "EMA-2", "EMA-3")
def averaged_by_decay_twice(self, right, average, value, decay):
    return decay * (average + value)


@mutant("ema_update", "the average stays", "EMA-2", "EMA-3", seen="replaced tensors in Ultralytics 8.4 ModelEMA")
def average_stays(self, right, average, value, decay):
    return average


@mutant("ema_update", "a decay of 0 is taken for none given, and is 0.9999", "EMA-2", "EMA-3", seen="`decay or default`")
def averaged_by_default(self, right, average, value, decay):
    return right(average, value, decay or 0.9999)


@mutant("ema_update", "averages are kept in float16", "EMA-2", "EMA-3", seen="half-precision averages that do not move")
def averaged_in_float16(self, right, average, value, decay):
    with np.errstate(all="ignore"):
        return right(average, value, decay).astype(np.float16)


@mutant("ema_update", "averages are computed in float32 though float64 is given", "EMA-2", "EMA-3")
def averaged_in_float32(self, right, average, value, decay):
    return right(average, value, decay).astype(np.float32)


@mutant(
    "ema_update", "averages are cut to whole numbers", "EMA-2", "EMA-3", seen="integer buffers of timm V2 and swa_utils"
)
def averaged_to_whole(self, right, average, value, decay):
    return np.trunc(right(average, value, decay))


@mutant("ema_update", "each array is walked in its own order of memory", "EMA-2")
def averaged_in_order_of_memory(self, right, average, value, decay):
    flat = right(average.ravel(order="K"), value.ravel(order="K"), decay)
    return flat.reshape(average.shape)


@mutant("ema_update", "the bias of the start is divided out", "EMA-2", "EMA-3", seen="Adam's correction")
def averaged_unbiased(self, right, average, value, decay):
    return right(average, value, decay) / max(1 - decay**10, 1e-3)


@mutant("ema_update", "what was averaged before is averaged again", "EMA-2")
def average_cached(self, right, average, value, decay):
    key = (average.shape, decay)
    return vars(self).setdefault("averages", {}).setdefault(key, right(average, value, decay))


@mutant("ema_update", "values that differ by less than a millionth are left as they are", "EMA-2")
def average_of_what_differs(self, right, average, value, decay):
    return np.where(np.abs(average - value) < 1e-6, average, right(average, value, decay))


@mutant("ema_decay", "limit and time constant are built in as 0.9999 and 2000", "EMA-1")
def decay_built_in(self, right, *arguments):
    return under(self, ema_limit=0.9999, ema_tau=2000).ema_decay(*arguments)


@mutant("ema_update", "a decay of 1 is taken for 0.9999, so that no average can be kept", "EMA-3")
def average_never_kept(self, right, average, value, decay):
    return right(average, value, 0.9999 if decay == 1 else decay)
