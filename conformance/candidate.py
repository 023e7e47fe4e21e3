"""A candidate at work: made for the dialects it serves, called op by op, and held to the form of the protocol."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any, Callable, List, Sequence, Tuple

import numpy as np

from conformance import foreign
from conformance.foreign import CandidateError, CandidateNotFound, NotServed
from conformance.frameworks import bridge
from conformance.loading import known, load
from conformance.protocol import PROTOCOL
from conformance.rounding import Precision
from refimpl import PRESETS, YOLOV8, Dialect

__all__ = ["Candidate", "CandidateError", "CandidateNotFound", "NotServed", "find", "known", "load", "variants"]

_CHANGES = (
    {"num_classes": 1},
    {"num_classes": 3},
    {"topk": 3},
    {"reg_max": 4},
    {"strides": (8,)},
    {"num_classes": 1, "topk": 1, "reg_max": 4, "strides": (8,)},
    {"num_classes": 2, "topk": 1},
    {"num_classes": 200, "topk": 1, "strides": (8,)},
    {"num_classes": 3, "topk": 2},
    {"num_classes": 3, "topk": 13},
    {"num_classes": 1, "topk": 3, "strides": (8, 16)},
    {"num_classes": 2, "topk": 2, "reg_max": 8},
    {"num_classes": 3, "topk": 3, "reg_max": 4, "strides": (8,)},
    {"num_classes": 2, "topk": 1, "strides": (4, 8, 16, 32)},
    {"num_classes": 2, "topk": 2, "strides": (5, 15)},
    {"num_classes": 1, "topk": 1, "reg_max": 20, "strides": (8, 16)},
)
"""Each size alone, for a candidate that fixes the others, then small ones together: the suite draws small scenes."""


def variants(preset: Dialect) -> Tuple[Dialect, ...]:
    """The preset with other numbers of classes, bins, claims and levels.

    Where sides are widened to the second stride (`min_gt_side`), they follow it; to the first with one level.
    """
    changed: List[Dialect] = []
    for change in _CHANGES:
        dialect = replace(preset, **change)
        if preset.strides[1:2] == (preset.min_gt_side,):
            dialect = replace(dialect, min_gt_side=dialect.strides[:2][-1])
        changed.append(dialect)
    return tuple(dialect for dialect in dict.fromkeys(changed) if dialect != preset)


def find(word: str, dialect: str | None = None) -> Candidate:
    """Load a candidate; without `dialect`, the name of a preset, its factory's attribute `dialect` says which, or YOLOV8.

    Raises
    ------
    CandidateNotFound
        If it cannot be loaded or made, or names an unknown preset.
    """
    factory = load(word)
    name = getattr(factory, "dialect", YOLOV8.name) if dialect is None else dialect
    if name not in PRESETS:
        raise CandidateNotFound(f"candidate {word!r}: unknown dialect {name!r}; known: {', '.join(PRESETS)}")
    return Candidate(factory, PRESETS[name], word)


class Candidate:
    """An implementation under judgement.

    Attributes
    ----------
    name, framework, device : what the candidate says of itself; by default its word, numpy and cpu.
    preset : the dialect it is judged by.
    ops : the ops of the protocol it offers.
    served : the preset and its variants, as far as the factory takes them.
    refused : the reasons it gave for not taking the others.

    Raises
    ------
    CandidateNotFound
        If the factory fails or refuses every dialect, or what it makes has no op or no known framework.
    """

    def __init__(self, factory: Callable[[Dialect], Any], preset: Dialect, word: str) -> None:
        self.preset = preset
        self._made = functools.lru_cache(maxsize=None)(
            functools.partial(foreign.run, f"candidate {word!r}: factory", factory)
        )
        self.served, self.refused = self._offers()
        if not self.served:
            raise CandidateNotFound(f"candidate {word!r}: refuses {preset.name} and all variants: {self.refused[0]}")
        first = self._made(self.served[0])
        self.ops = frozenset(op for op in PROTOCOL if getattr(first, op, None) is not None)
        if not self.ops:
            raise CandidateNotFound(
                f"candidate {word!r}: expected an object with some of {', '.join(PROTOCOL)}, got {_form(first)}"
            )
        self.name = str(getattr(first, "name", word))
        self.framework = getattr(first, "framework", "numpy")
        self.device = str(getattr(first, "device", None) or "cpu")
        self._bridge = bridge(self.framework)

    def _offers(self) -> Tuple[Tuple[Dialect, ...], Tuple[str, ...]]:
        """The dialects the factory serves, and its reasons for refusing others."""
        served, refused = [], []
        for dialect in (self.preset, *variants(self.preset)):
            try:
                self._made(dialect)
                served.append(dialect)
            except NotServed as refusal:
                refused.append(str(refusal))
            except CandidateError as error:
                changes = "".join(f" {k}={v}" for k, v in vars(dialect).items() if v != vars(self.preset)[k])
                missing = foreign.missing_package(error.__cause__)
                raise CandidateNotFound(f"{error}\n  for the dialect {self.preset.name}{changes}", missing) from error
        return tuple(served), tuple(dict.fromkeys(refused))

    def call(
        self,
        op: str,
        dialect: Dialect,
        args: Sequence[Any],
        precision: Precision,
        shapes: Sequence[Tuple[int, ...]] | None = None,
    ) -> Tuple[np.ndarray, ...]:
        """Run one op on copies of the arguments, floats in `precision`, and bring its results back.

        Parameters
        ----------
        args : arrays, lists of arrays, and anything else, which passes as it is
        shapes : expected shapes of the results, in the order of the protocol; None to leave them unchecked

        Returns
        -------
        tuple of arrays, of any real dtype; of one array for an op with one result

        Raises
        ------
        CandidateError
            If the candidate raises, or a result is missing, not real, or of the wrong shape.
        NotServed
            If the candidate raises NotImplementedError.
        """
        instance = self._made(dialect)
        tensors = foreign.run(op, lambda: [self._inward(arg, precision.dtype) for arg in args])
        results = foreign.run(op, lambda: getattr(instance, op)(*tensors))
        arrays = self._outward(op, results)
        if shapes is not None:
            for name, array, shape in zip(PROTOCOL[op].returns, arrays, shapes):
                if array.shape != tuple(shape):
                    raise CandidateError(f"{op}: {name}: expected shape {tuple(shape)}, got {array.shape}")
        return arrays

    def _inward(self, argument: Any, dtype: np.dtype) -> Any:
        """Arrays, also within a list, as tensors; everything else as it is."""
        if isinstance(argument, list):
            return [self._inward(element, dtype) for element in argument]
        if not isinstance(argument, (np.ndarray, np.generic)):
            return argument
        array = np.array(argument, dtype=dtype if argument.dtype.kind == "f" else None, order="C")
        return self._bridge.to_tensor(array, self.device)

    def _outward(self, op: str, results: Any) -> Tuple[np.ndarray, ...]:
        """The results of an op as arrays of real numbers, as many as the protocol says."""
        names = PROTOCOL[op].returns
        if len(names) == 1:
            results = (results,)
        if not isinstance(results, (tuple, list)) or len(results) != len(names):
            raise CandidateError(f"{op}: expected a tuple of {len(names)} ({', '.join(names)}), got {_form(results)}")
        return tuple(self._array(f"{op}: {name}", result) for name, result in zip(names, results))

    def _array(self, name: str, result: Any) -> np.ndarray:
        try:
            array = self._bridge.to_array(result)
        except Exception as error:
            raise CandidateError(f"{name}: expected an array, got {_form(result)}: {error}") from error
        if array.dtype.kind not in "biuf":
            raise CandidateError(f"{name}: expected real numbers, got {_form(result)} of dtype {array.dtype}")
        return array


def _form(value: Any) -> str:
    """What came, in words: `tuple of 2`, `Tensor of shape (3,)`, `NoneType`."""
    if isinstance(value, (tuple, list)):
        return f"{type(value).__name__} of {len(value)}"
    shape = getattr(value, "shape", None)
    return type(value).__name__ + ("" if shape is None else f" of shape {tuple(shape)}")
