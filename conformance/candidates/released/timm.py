"""timm: `ModelEmaV3`, and `ModelEmaV2` of counts."""

from __future__ import annotations

from importlib import metadata
from typing import Any

from torch import Tensor

from conformance.adapting.torch_operators import declared
from conformance.candidates.released.averages import counting, holding

with declared("torchvision"):
    from timm.utils.model_ema import ModelEmaV2, ModelEmaV3


class TimmAverage:
    """The ops of one dialect; arguments and results are those of the protocol."""

    framework = "torch"
    name = f"timm {metadata.version('timm')}"

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect

    def ema_update(self, average: Tensor, value: Tensor, decay: float) -> Tensor:
        averaged = ModelEmaV3(holding(average), decay=float(decay))
        averaged.update(holding(value))
        return averaged.module.one.detach()


class TimmCount(TimmAverage):
    """The average of a buffer of whole numbers, as the batches that a BatchNorm has seen."""

    name = f"{TimmAverage.name}, ModelEmaV2 of counts"

    def ema_update(self, average: Tensor, value: Tensor, decay: float) -> Tensor:
        averaged = ModelEmaV2(counting(average), decay=float(decay))
        averaged.update(counting(value))
        return averaged.module.one.to(average)


factory, counts = TimmAverage, TimmCount
