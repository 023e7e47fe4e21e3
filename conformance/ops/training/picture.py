"""Pictures of averages and schedules: what was asked and answered, in words."""

from __future__ import annotations

from conformance.ops.picture_parts import results_told

PICTURES = {
    "ema_decay": (results_told("The decay of an update", "updates"),),
    "ema_update": (results_told("The new average", "decay"),),
    "lr_factor": (results_told("The learning rate of an epoch", "epoch", "epochs"),),
    "warmup": (results_told("A step of the warm-up", "step", "steps_per_epoch", "epoch", "epochs", "batch_size"),),
    "training_sizes": (results_told("Sizes of a training", "size", "share", "stride"),),
    "scaled_shape": (results_told("The scaled sides", "shape", "size", "stride"),),
}
