"""Faults in averages, schedules and sizes."""

from __future__ import annotations

import math

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under


@mutant("ema_decay", "the decay is constant: tau is not used", "EMA-1", seen="rf-detr #59; timm V2", convention=True)
def decay_constant(self, right, *arguments):
    return under(self, ema_ramp="constant").ema_decay(*arguments)


@mutant("ema_decay", "the ramp is (1 + u) / (10 + u)", "EMA-1", seen="TensorFlow ExponentialMovingAverage", convention=True)
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


@mutant("ema_update", "averages are kept in float16", "EMA-2", "EMA-3", seen="half-precision averages that do not move")
def averaged_in_float16(self, right, average, value, decay):
    with np.errstate(all="ignore"):
        return right(average, value, decay).astype(np.float16)


@mutant("ema_update", "averages are computed in float32 though float64 is given", "EMA-2", "EMA-3")
def averaged_in_float32(self, right, average, value, decay):
    return right(average, value, decay).astype(np.float32)


@mutant("ema_update", "averages are cut to whole numbers", "EMA-2", "EMA-3", seen="integer buffers of timm V2 and swa_utils")
def averaged_to_whole(self, right, average, value, decay):
    return np.trunc(right(average, value, decay))


@mutant("ema_update", "the bias of the start is divided out", "EMA-2", "EMA-3", seen="Adam's correction")
def averaged_unbiased(self, right, average, value, decay):
    return right(average, value, decay) / max(1 - decay**10, 1e-3)


@mutant("ema_update", "what was averaged before is averaged again", "EMA-2")
def average_cached(self, right, average, value, decay):
    key = (average.shape, decay)
    return vars(self).setdefault("averages", {}).setdefault(key, right(average, value, decay))


@mutant("lr_factor", "the rate falls along a cosine", "LRS-1", seen="cos_lr=True", convention=True)
def rate_cosine(self, right, *arguments):
    return under(self, lr_shape="cosine").lr_factor(*arguments)


@mutant("lr_factor", "the last epoch reaches the final rate", "LRS-1", seen="torch LinearLR over E − 1", convention=True)
def rate_ends_with_last_epoch(self, right, epoch, epochs):
    return right(epoch, max(epochs - 1, 1))


@mutant("lr_factor", "the rate falls to 0, not to its final share", "LRS-1")
def rate_to_0(self, right, *arguments):
    return under(self, lr_final=0).lr_factor(*arguments)


@mutant("lr_factor", "the final share is added on top", "LRS-1")
def rate_above_1(self, right, epoch, epochs):
    return max(1 - epoch / epochs, 0) + self.dialect.lr_final


@mutant("lr_factor", "past the end the rate goes on falling", "LRS-1")
def rate_below_its_end(self, right, epoch, epochs):
    return (1 - epoch / epochs) * (1 - self.dialect.lr_final) + self.dialect.lr_final


@mutant("lr_factor", "the rate falls one epoch late", "LRS-1", seen="Paddle #4611")
def rate_late_by_one(self, right, epoch, epochs):
    return right(max(epoch - 1, 0), epochs)


@mutant("lr_factor", "the rate falls in steps", "LRS-1")
def rate_in_steps(self, right, epoch, epochs):
    return 0.1 ** (3 * epoch // epochs)


@mutant("warmup", "the warm-up takes 100 steps at least", "LRS-2", "LRS-3", seen="Ultralytics before 8.4", convention=True)
def warm_for_100_steps(self, right, *arguments):
    return under(self, warmup_cap="hundred_steps").warmup(*arguments)


@mutant("warmup", "the warm-up aims at the first rate", "LRS-2", seen="others' linear warm-up", convention=True)
def warm_to_first_rate(self, right, *arguments):
    return under(self, warmup_target="first_rate").warmup(*arguments)


@mutant("warmup", "the last step is left out: momentum stays short of its end", "LRS-2", "LRS-3", seen="Ultralytics before 8.4", convention=True)
def warm_without_last_step(self, right, *arguments):
    return under(self, warmup_end="left_out").warmup(*arguments)


@mutant("warmup", "weights start at the rate of the biases, and those at 0", "LRS-2", seen="yolov5 #8352")
def warm_groups_swapped(self, right, *arguments):
    found = right(*arguments)
    return found._replace(weight_rate=found.bias_rate, bias_rate=found.weight_rate)


@mutant("warmup", "biases start at 0 as well", "LRS-2", seen="warmup_bias_lr=0", convention=True)
def warm_biases_from_0(self, right, *arguments):
    return under(self, warmup_bias_rate=0.0).warmup(*arguments)


@mutant("warmup", "momentum is not warmed up", "LRS-2")
def warm_momentum_at_once(self, right, *arguments):
    return right(*arguments)._replace(momentum=self.dialect.momentum)


@mutant("warmup", "after the warm-up rates go on rising", "LRS-2")
def warm_without_end(self, right, step, per_epoch, epoch, epochs, batch):
    found = right(step, per_epoch, epoch, epochs, batch)
    n = round(min(3, epochs - 1) * per_epoch)
    return found._replace(weight_rate=found.weight_rate * (max(step / n, 1) if n else 1))


@mutant("warmup", "the warm-up starts anew with each epoch", "LRS-2", "LRS-3")
def warm_by_epoch(self, right, step, per_epoch, epoch, epochs, batch):
    return right(step % per_epoch, per_epoch, epoch, epochs, batch)


@mutant("warmup", "batches are accumulated from the start on", "LRS-3")
def accumulates_at_once(self, right, step, per_epoch, epoch, epochs, batch):
    return right(step, per_epoch, epoch, epochs, batch)._replace(accumulate=max(round(self.dialect.nominal_batch / batch), 1))


@mutant("warmup", "accumulated batches are cut off, and may be none", "LRS-3")
def accumulates_cut(self, right, step, per_epoch, epoch, epochs, batch):
    n = round(min(3, epochs - 1) * per_epoch)
    share = min(step / n, 1) if n else 1
    return right(step, per_epoch, epoch, epochs, batch)._replace(
        accumulate=int(1 + (self.dialect.nominal_batch / batch - 1) * share)
    )


@mutant("warmup", "nothing is accumulated", "LRS-3")
def accumulates_never(self, right, *arguments):
    return right(*arguments)._replace(accumulate=1)


@mutant("training_sizes", "the largest size is left out", "SIZ-1")
def sizes_without_last(self, right, *arguments):
    return right(*arguments)[:-1]


@mutant("training_sizes", "sizes may be below one stride", "SIZ-1", seen="Ultralytics before 8.4.46, #24394")
def sizes_from_0(self, right, size, share, stride):
    found = right(size, share, stride)
    return np.concatenate([[0], found]) if size * (1 - share) < stride else found


@mutant("training_sizes", "the size varies by half whatever the share", "SIZ-1", seen="Ultralytics before #23284", convention=True)
def sizes_of_half(self, right, size, share, stride):
    return right(size, 0.5, stride)


@mutant("training_sizes", "sizes are not made multiples of the stride", "SIZ-1")
def sizes_of_any_px(self, right, size, share, stride):
    return np.arange(max(math.floor(size * (1 - share)), stride), math.floor(size * (1 + share)) + 1)


@mutant("training_sizes", "multiples of the stride are rounded up", "SIZ-1")
def sizes_rounded_up(self, right, size, share, stride):
    return np.unique(-(-np.arange(max(int(size * (1 - share)), stride), int(size * (1 + share) + stride)) // stride) * stride)


@mutant("training_sizes", "sizes only shrink", "SIZ-1")
def sizes_that_shrink(self, right, size, share, stride):
    found = right(size, share, stride)
    return found[found <= size]


@mutant("scaled_shape", "the quotient is a float64: a whole one may be rounded up", "SIZ-2", seen="Ultralytics multi_scale", convention=True)
def scaled_in_floats(self, right, *arguments):
    return under(self, float_rule="float64").scaled_shape(*arguments)


@mutant("scaled_shape", "sides are rounded to the nearest multiple", "SIZ-2")
def scaled_to_nearest(self, right, shape, size, stride):
    return np.array([max(round(side * size / max(shape) / stride), 1) * stride for side in shape])


@mutant("scaled_shape", "sides are rounded down", "SIZ-2")
def scaled_down(self, right, shape, size, stride):
    return np.array([max(side * size // max(shape) // stride, 1) * stride for side in shape])


@mutant("scaled_shape", "the short side becomes the size", "SIZ-2")
def scaled_by_short_side(self, right, shape, size, stride):
    return np.array([-(-side * size // min(shape) // stride) * stride for side in shape])


@mutant("scaled_shape", "width stands before height", "SIZ-2")
def scaled_w_first(self, right, *arguments):
    return right(*arguments)[::-1]


@mutant("scaled_shape", "both sides become the size", "SIZ-2")
def scaled_square(self, right, shape, size, stride):
    return right((1, 1), size, stride)


@mutant("scaled_shape", "sides are not made multiples of the stride", "SIZ-2")
def scaled_to_any_px(self, right, shape, size, stride):
    return np.array([-(-side * size // max(shape)) for side in shape])
