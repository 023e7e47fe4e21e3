"""PyTorch run in other ways: eager, compiled, on one thread or two, in float64, on views."""

from __future__ import annotations

import functools

import torch

from conformance.candidates.dense_torch import DenseTorch
from conformance.cases.protocol import OPS


class Eager(DenseTorch):
    pass


class Around:
    """The dense candidate, every op called through `around(op, *arguments)`."""

    framework = "torch"

    def __init__(self, dialect):
        candidate = DenseTorch(dialect)
        for op in filter(functools.partial(hasattr, candidate), OPS):
            setattr(self, op, functools.partial(self.around, getattr(candidate, op)))


class OneThread(Around):
    threads = 1

    def around(self, op, *arguments):
        before = torch.get_num_threads()
        torch.set_num_threads(self.threads)
        try:
            return op(*arguments)
        finally:
            torch.set_num_threads(before)


class TwoThreads(OneThread):
    threads = 2


class InFloat64(Around):
    def around(self, op, *arguments):
        return op(*each(lambda x: x.double() if x.is_floating_point() else x, arguments))


class TransposedInMemory(Around):
    def around(self, op, *arguments):
        return each(backwards, op(*each(backwards, arguments)))


class CompiledSlow(DenseTorch):
    def __init__(self, dialect):
        super().__init__(dialect)
        for op in ("decode_boxes", "ciou", "bce_loss", "dfl_loss"):
            setattr(self, op, torch.compile(getattr(self, op), dynamic=True))


def each(change, values):
    """Apply a change to a tensor, or to every tensor of a tuple or list; anything else stays as it is."""
    if isinstance(values, (tuple, list)):
        return type(values)(each(change, value) for value in values)
    return change(values) if isinstance(values, torch.Tensor) else values


def backwards(tensor):
    """The same values, the last axis the slowest in memory."""
    axes = tuple(range(tensor.ndim))[::-1]
    return tensor.permute(axes).contiguous().permute(axes)
