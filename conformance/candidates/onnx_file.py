"""A model file as a candidate: `onnx:model.onnx`, judged through onnxruntime.

The inputs and outputs of its graph bear the names that the protocol gives the arguments and results of one op: a graph
from `boxes1` and `boxes2` to `values` is one of the IoU family, and its name (or the name of the file) says which. A list
of maps is one input each, `feature_maps_0`, `feature_maps_1`, …; an op whose arguments a graph lacks is not provided.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Callable, Dict, List, Sequence

import numpy as np
import onnxruntime

from conformance.cases.protocol import OPS, Op, fields_read

SIZES = ("num_classes", "reg_max", "strides")

TYPES = {"tensor(float)": "float32", "tensor(double)": "float64", "tensor(float16)": "float16"}
OTHERS = {"tensor(bool)": "bool", "tensor(int64)": "int64", "tensor(int32)": "int32", "tensor(uint8)": "uint8"}


def load(word: str) -> Callable[[Any], Any]:
    """The factory of a file.

    Raises
    ------
    ImportError
        If there is no such file, or its inputs and outputs are those of no op.
    """
    path = Path(word)
    if not path.is_file():
        raise ImportError(f"no file {path}")
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [sorted({_base(one.name) for one in ends}) for ends in (session.get_inputs(), session.get_outputs())]
    alike = [op for op in OPS.values() if names == [sorted(_arrays(op)), sorted(op.returns)]]
    if not alike:
        raise ImportError(f"{path}: expected inputs and outputs of an op, got {', '.join(names[0])} → {', '.join(names[1])}")
    said = f"{session.get_modelmeta().graph_name} {path.stem}"
    op = next((op for op in alike if re.search(rf"(?<![a-z]){op.name}(?![a-z])", said)), None)
    if op is None and len(alike) > 1:
        some = ", ".join(op.name for op in alike)
        raise ImportError(f"{path}: its inputs and outputs are those of {some}; name the graph or the file after one of them")
    return Factory(session, op or alike[0], path.name)


class Factory:
    """Makes candidates of a file. Sizes are part of its graph: what it is made for first is all that it serves."""

    def __init__(self, session: Any, op: Op, name: str) -> None:
        self._given, self._first = (session, op, name), None
        self._fixed = [field for field in SIZES if field in fields_read(op)]

    def __call__(self, dialect: Any) -> OnnxFile:
        """The op of the file.

        Raises
        ------
        NotImplementedError
            If the dialect's sizes are not those of the graph, or not those of the first one.
        """
        made = OnnxFile(*self._given, dialect)
        self._first = self._first or dialect
        for field in self._fixed:
            if getattr(dialect, field) != getattr(self._first, field):
                raise NotImplementedError(f"{field} must be {getattr(self._first, field)}, got {getattr(dialect, field)}")
        return made


class OnnxFile:
    """One op, computed by a model file in the float type of its inputs."""

    framework = "numpy"

    def __init__(self, session: Any, op: Op, name: str, dialect: Any) -> None:
        self.name, self._session, self._op, self._dialect = f"{name}, onnxruntime {onnxruntime.__version__}", session, op, dialect
        self._types = {one.name: {**TYPES, **OTHERS}[one.type] for one in session.get_inputs()}
        floats = tuple(sorted({TYPES[one.type] for one in session.get_inputs() if one.type in TYPES}))
        if len(floats) == 1:
            self.dtypes = floats
        self._fits()
        setattr(self, op.name, self._run)

    def _fits(self) -> None:
        """Refuse a dialect whose number of levels or channels is not that of the graph.

        Raises
        ------
        NotImplementedError
            If an input has another fixed size than the op has in this dialect.
        """
        levels = [one for one in self._session.get_inputs() if one.name.startswith("feature_maps_")]
        d = self._dialect
        if levels and len(levels) != len(d.strides):
            raise NotImplementedError(f"strides must be {len(levels)}, got {len(d.strides)}")
        for one in levels:
            channels, expected = one.shape[1], 4 * d.reg_max + d.num_classes
            if isinstance(channels, int) and channels != expected:
                raise NotImplementedError(f"4 reg_max + num_classes must be {channels}, got {expected}")

    def _run(self, *args: Any) -> Any:
        feeds: Dict[str, np.ndarray] = {}
        for name, value in zip(self._op.arguments, args):
            for key, array in _named(name, value).items():
                if key in self._types:
                    feeds[key] = np.asarray(array).astype(self._types[key])
        results = self._session.run(list(self._op.returns), feeds)
        return results[0] if len(results) == 1 else tuple(results)


def _named(name: str, value: Any) -> Dict[str, Any]:
    """The value by the name of its input; those of a list of arrays, each by its own."""
    if isinstance(value, list):
        return {f"{name}_{i}": one for i, one in enumerate(value)}
    return {name: value}


def _base(name: str) -> str:
    return re.sub(r"_\d+$", "", name)


def _arrays(op: Op) -> List[str]:
    """The arguments that are arrays, which alone a graph can take."""
    taken: Sequence[Any] = [operand for operand in op.takes if not operand.optional]
    return [operand.name for operand in taken]
