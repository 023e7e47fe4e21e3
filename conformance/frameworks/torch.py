"""PyTorch: the one place that imports it."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

_KNOWN_TO_NUMPY = (torch.float16, torch.float32, torch.float64)


def to_tensor(array: np.ndarray, device: str) -> torch.Tensor:
    """A tensor on the candidate's device."""
    return torch.from_numpy(array).to(device)


def to_array(value: Any) -> np.ndarray:
    """A copy in the same dtype; float types that NumPy lacks, such as bfloat16, come back as float32."""
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu()
        if value.is_floating_point() and value.dtype not in _KNOWN_TO_NUMPY:
            value = value.float()
        value = value.numpy()
    return np.array(value)
