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


factory = TorchAverage
