"""Averages of weights: torch's `AveragedModel`."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


def holding(value: Tensor) -> torch.nn.Module:
    """A module with one parameter."""
    module = torch.nn.Module()
    module.one = torch.nn.Parameter(value.clone())
    return module


def counting(value: Tensor) -> torch.nn.Module:
    """A module with one buffer of whole numbers."""
    module = torch.nn.Module()
    module.register_buffer("one", value.long())
    return module


class TorchAverage:
    """The ops of one dialect; arguments and results are those of the protocol."""

    framework = "torch"
    name = f"torch {torch.__version__}, swa_utils"

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect

    def ema_update(self, average: Tensor, value: Tensor, decay: float) -> Tensor:
        averaged = AveragedModel(holding(average), multi_avg_fn=get_ema_multi_avg_fn(float(decay)))
        averaged.update_parameters(holding(average))  # the first one copies
        averaged.update_parameters(holding(value))
        return averaged.module.one.detach()


class TorchCount(TorchAverage):
    """The average of a buffer of whole numbers, as the batches that a BatchNorm has seen."""

    name = f"{TorchAverage.name}, of counts"

    def ema_update(self, average: Tensor, value: Tensor, decay: float) -> Tensor:
        averaged = AveragedModel(counting(average), multi_avg_fn=get_ema_multi_avg_fn(float(decay)), use_buffers=True)
        averaged.update_parameters(counting(average))  # the first one copies
        averaged.update_parameters(counting(value))
        return averaged.module.one.to(average)


factory, counts = TorchAverage, TorchCount
