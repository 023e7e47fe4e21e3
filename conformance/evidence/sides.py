"""Sides of the benchmark: the detection loss of the reference, and of others that are installed, on one full batch."""

from __future__ import annotations

import importlib
import importlib.util
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Callable, List, NamedTuple, Tuple

import numpy as np

import refimpl
from conformance.ops.made_of import largest
from refimpl import OPS, YOLOV8, Dialect

WHOLE = largest()
"""What is timed."""

REFERENCE = "refimpl"

RIVALS = ("ultralytics", "dense_torch", "dense_jax")
"""Those of these built-in candidates that are installed run beside the reference."""

_NEEDS = {"ultralytics": ("ultralytics", "torch"), "dense_torch": ("torch",), "dense_jax": ("jax",)}


class Size(NamedTuple):
    """B images of side × side px with G boxes each, and C classes."""

    images: int = 16
    side: int = 640
    boxes: int = 8
    classes: int = YOLOV8.num_classes

    @property
    def dialect(self) -> Dialect:
        return replace(YOLOV8, num_classes=self.classes)


class Side(NamedTuple):
    """Who computes; the loss, which returns the total; the loss and its gradient by the maps; and `threads`, how many to use.

    `threads` is called before what follows it; the reference uses one or all, the others as many as they are told.
    """

    name: str
    forward: Callable[[], float]
    step: Callable[[], float]
    threads: Callable[[int], None]


def installed() -> Tuple[str, ...]:
    """The rivals that are installed."""
    return tuple(name for name in RIVALS if all(importlib.util.find_spec(needed) for needed in _NEEDS[name]))


def package(name: str) -> str:
    """The framework that a rival computes in."""
    return _NEEDS[name][-1]


def side(name: str, size: Size) -> Side:
    """One side on its batch."""
    maps, targets = batch(size)
    return {REFERENCE: _reference, "dense_jax": _jax}.get(name, _torch)(name, maps, targets, size.dialect)


def _reference(name: str, maps: List[np.ndarray], targets: np.ndarray, dialect: Dialect) -> Side:
    maps, targets = [level.astype(np.float64) for level in maps], targets.astype(np.float64)
    alone: List[bool] = [False]

    def run(work: Callable[[], Any]) -> float:
        # In a thread of the caller the reference begins none of its own.
        if not alone[0]:
            return float(work())
        with ThreadPoolExecutor(1) as pool:
            return float(pool.submit(work).result())

    def threads(count: int) -> None:
        alone[0] = count == 1

    both = getattr(refimpl, f"{WHOLE}_and_gradient")
    return Side(
        f"{name} float64",
        lambda: run(lambda: OPS[WHOLE].function(maps, targets, dialect=dialect)[0]),
        lambda: run(lambda: both(maps, targets, dialect=dialect)[0][0]),
        threads,
    )


def _torch(name: str, maps: List[np.ndarray], targets: np.ndarray, dialect: Dialect) -> Side:
    torch, candidate = importlib.import_module(package(name)), importlib.import_module(_module(name))
    rival = candidate.factory(dialect)
    tensors = [torch.from_numpy(level).requires_grad_() for level in maps]

    def loss() -> Any:
        return getattr(rival, WHOLE)(tensors, torch.from_numpy(targets))[0]

    def forward() -> float:
        return loss().item()

    def step() -> float:
        total = loss()
        torch.autograd.grad(total, tensors)
        return total.item()

    return Side(f"{getattr(rival, 'name', name)} float32", forward, step, torch.set_num_threads)


def _jax(name: str, maps: List[np.ndarray], targets: np.ndarray, dialect: Dialect) -> Side:
    jax, candidate = importlib.import_module(package(name)), importlib.import_module(_module(name))
    rival = candidate.factory(dialect)
    arrays = [jax.numpy.asarray(level) for level in maps]

    def total(levels: Any) -> Any:
        return getattr(rival, WHOLE)(levels, jax.numpy.asarray(targets))[0]

    both = jax.value_and_grad(total)
    # How many threads XLA uses is settled when it starts.
    return Side(f"{name} float32", lambda: float(total(arrays)), lambda: float(jax.block_until_ready(both(arrays))[0]), lambda _: None)


def _module(name: str) -> str:
    return next(module for module in (f"conformance.candidates.{at}{name}" for at in ("", "released.")) if _found(module))


def _found(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def batch(size: Size) -> Tuple[List[np.ndarray], np.ndarray]:
    """Float32 outputs of a head in training: class logits around -4, one in fifty around 0; boxes from 16 px."""
    random = np.random.default_rng(size.boxes)
    dialect, maps = size.dialect, []
    for stride in dialect.strides:
        shape = (size.images, 4 * dialect.reg_max + dialect.num_classes, size.side // stride, size.side // stride)
        level = random.standard_normal(shape, np.float32)
        scores = level[:, 4 * dialect.reg_max :]
        scores += np.where(random.random(scores.shape, np.float32) < 0.02, np.float32(0), np.float32(-4))
        maps.append(level)
    count = size.images * size.boxes
    sides = np.exp(random.uniform(np.log(16 / size.side), np.log(0.6), (count, 2)))
    centres = random.uniform(sides / 2, 1 - sides / 2)
    image, label = np.repeat(np.arange(size.images), size.boxes), random.integers(0, dialect.num_classes, count)
    return maps, np.column_stack([image, label, centres, sides]).astype(np.float32)
