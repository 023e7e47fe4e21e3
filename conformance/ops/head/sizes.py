"""Sizes of a batch, read off its feature maps."""

from __future__ import annotations

from typing import Tuple

from conformance.cases.case import Case


def image_size(case: Case) -> Tuple[int, int]:
    """(H, W) of the network input, px."""
    height, width = case.feature_maps[0].shape[2:]
    return height * case.dialect.strides[0], width * case.dialect.strides[0]
