"""Faults in schedules."""

from __future__ import annotations


from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under


@mutant("lr_factor", "the rate falls along a cosine", "LRS-1", seen="cos_lr=True", convention=True)
def rate_cosine(self, right, *arguments):
    return under(self, lr_shape="cosine").lr_factor(*arguments)


@mutant(
    "lr_factor", "the last epoch reaches the final rate", "LRS-1", seen="torch LinearLR over E − 1", convention=True
)
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


@mutant(
    "warmup", "the warm-up takes 100 steps at least", "LRS-2", "LRS-3", seen="Ultralytics before 8.4", convention=True
)
def warm_for_100_steps(self, right, *arguments):
    return under(self, warmup_cap="hundred_steps").warmup(*arguments)


@mutant("warmup", "the warm-up aims at the first rate", "LRS-2", seen="others' linear warm-up", convention=True)
def warm_to_first_rate(self, right, *arguments):
    return under(self, warmup_target="first_rate").warmup(*arguments)


@mutant(
    "warmup",
    "the last step is left out: momentum stays short of its end",
    "LRS-2",
    "LRS-3",
    seen="Ultralytics before 8.4",
    convention=True,
)
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
    return right(step, per_epoch, epoch, epochs, batch)._replace(
        accumulate=max(round(self.dialect.nominal_batch / batch), 1)
    )


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
