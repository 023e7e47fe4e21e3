"""Torch operators whose compiled file does not load: declared, so that the Python code around them can be imported."""

from __future__ import annotations

import contextlib
from typing import Iterator

import torch

_NUMBERS = "float scale, SymInt height, SymInt width"
_SIZES = "SymInt images, SymInt channels, SymInt rows, SymInt columns"
_DEFORMED = ", ".join(f"SymInt {name}" for name in ("sy", "sx", "py", "px", "dy", "dx", "groups", "offsets"))
SCHEMAS = {
    "torchvision": (
        "nms(Tensor boxes, Tensor scores, float threshold) -> Tensor",
        "qnms(Tensor boxes, Tensor scores, float threshold) -> Tensor",
        f"roi_align(Tensor x, Tensor rois, {_NUMBERS}, int ratio, bool aligned) -> Tensor",
        f"_roi_align_backward(Tensor g, Tensor rois, {_NUMBERS}, {_SIZES}, int ratio, bool aligned) -> Tensor",
        f"roi_pool(Tensor x, Tensor rois, {_NUMBERS}) -> (Tensor, Tensor)",
        f"_roi_pool_backward(Tensor g, Tensor rois, Tensor argmax, {_NUMBERS}, {_SIZES}) -> Tensor",
        f"ps_roi_align(Tensor x, Tensor rois, {_NUMBERS}, int ratio) -> (Tensor, Tensor)",
        f"_ps_roi_align_backward(Tensor g, Tensor rois, Tensor mapping, {_NUMBERS}, int ratio, {_SIZES}) -> Tensor",
        f"ps_roi_pool(Tensor x, Tensor rois, {_NUMBERS}) -> (Tensor, Tensor)",
        f"_ps_roi_pool_backward(Tensor g, Tensor rois, Tensor mapping, {_NUMBERS}, {_SIZES}) -> Tensor",
        f"deform_conv2d(Tensor x, Tensor w, Tensor o, Tensor m, Tensor b, {_DEFORMED}, bool mask) -> Tensor",
        f"_deform_conv2d_backward(Tensor g, Tensor x, Tensor w, Tensor o, Tensor m, Tensor b, {_DEFORMED}, bool mask)"
        " -> (Tensor, Tensor, Tensor, Tensor, Tensor)",
    )
}
"""Of each package: what its Python code registers shapes for when it is imported."""

_kept = []


@contextlib.contextmanager
def declared(package: str) -> Iterator[None]:
    """A context for imports in which those operators of a package that no compiled file brings are declared."""
    library = torch.library.Library(package, "FRAGMENT")
    _kept.append(library)  # what it declares goes with it
    for schema in SCHEMAS[package]:
        name = schema.partition("(")[0]
        if not hasattr(getattr(torch.ops, package), name):
            library.define(schema)
    yield
