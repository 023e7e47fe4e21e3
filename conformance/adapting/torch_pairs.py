"""Pairs of rows, for packages whose functions compare every row of one tensor with every row of another."""

from __future__ import annotations

from typing import Callable

import torch
from torch import Tensor

ROWS = 64
"""Compared with each other at a time: all pairs of many thousand rows fit no memory."""


def of_rows(function: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    """From a function of all pairs (N, …), (M, …) -> (N, M) one of rows with the same number, (N, …), (N, …) -> (N,)."""

    def pairs(first: Tensor, second: Tensor) -> Tensor:
        pieces = zip(first.split(ROWS), second.split(ROWS))
        return torch.cat([function(*piece).diagonal() for piece in pieces])

    return pairs
