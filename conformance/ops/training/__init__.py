"""Training: averages of weights, the learning rate, and the sizes images are scaled to."""

from refimpl import ema_decay, ema_update, lr_factor, scaled_shape, training_sizes, warmup

TITLE = "Averages and schedules"
OPS = (ema_decay, ema_update, lr_factor, warmup, training_sizes, scaled_shape)
