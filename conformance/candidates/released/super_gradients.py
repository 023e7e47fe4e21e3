"""super-gradients: the loss of its PP-YOLOE and YOLO-NAS. Dialect PPYOLOE.

The package has dependencies of many gigabytes; what is judged is the files that hold the loss, which run as they are.
"""

from __future__ import annotations

from importlib import metadata
from typing import Any

from conformance.adapting.calls import quietly
from conformance.adapting.stand_ins import alone
from conformance.candidates.released.pp_yoloe import torch_factory

with quietly():
    *_, ppyolo_loss = alone(
        "super_gradients", "training.datasets.data_formats.bbox_formats.cxcywh", "training.utils.bbox_utils",
        "training.losses.ppyolo_loss",
    )  # fmt: skip
ppyolo_loss.super_gradients.is_distributed = lambda: False


def factory(dialect: Any) -> Any:
    """Offer the package for one dialect."""
    return _factory(dialect)


_factory = torch_factory(ppyolo_loss, f"super-gradients {metadata.version('super-gradients')}")
factory.dialect = "PPYOLOE"
