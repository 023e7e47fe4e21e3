"""The host: `python -m conformance.calling.remote.serve WORD` puts a candidate in Python behind the protocol of programs.

What the candidate prints goes to stderr, and what it reads from stdin is nothing: both belong to the protocol.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, BinaryIO, Dict, List, Sequence, Tuple

import numpy as np

from conformance.calling import candidate
from conformance.calling.candidate import Candidate, CandidateError, CandidateNotFound, NotServed
from conformance.cases.codec import decoded
from conformance.cases.protocol import GRADIENTS, OPS, vjp
from conformance.calling.remote import messages
from conformance.calling.remote.schema import FOLLOWING
from conformance.judging.rounding import FLOAT64, EVERY_PRECISION, Precision
from refimpl import Dialect

_GRADIENTS = {vjp(op): op for op in GRADIENTS}


def main(argv: Sequence[str] | None = None) -> int:
    """Answer requests until the last one."""
    (word,) = sys.argv[1:] if argv is None else argv
    requests, replies = _own_streams()
    host = Host(word)
    for line in requests:
        request = json.loads(line)
        if request["type"] == "stop":
            break
        replies.write(messages.encoded({"id": request["id"], **host.answer(request)}))
        replies.flush()
    return 0


def _own_streams() -> Tuple[BinaryIO, BinaryIO]:
    """stdin and stdout for the protocol alone: under their old numbers are now nothing and stderr."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return requests, replies


class Host:
    """Answers the requests about one candidate, which it loads at the start."""

    def __init__(self, word: str) -> None:
        self._word = word

    def answer(self, request: Dict[str, Any]) -> Dict[str, Any]:
        """The reply to a start or a run, without its id."""
        try:
            return self._start(request) if request["type"] == "start" else self._run(request)
        except CandidateNotFound as error:
            return {"type": "error", "message": str(error), "missing": error.missing}
        except NotServed as refusal:
            return {"type": "unsupported", "reason": str(refusal)}
        except CandidateError as error:
            return {"type": "error", "message": str(error)}
        except KeyboardInterrupt:
            return {"type": "error", "message": "raised KeyboardInterrupt"}

    def _start(self, request: Dict[str, Any]) -> Dict[str, Any]:
        self._folder = Path(request["scratch"])
        self._candidate: Candidate = candidate.find(self._word, request["dialect"])
        judged = self._candidate
        return {
            "type": "result",
            "protocol": messages.VERSION,
            "ops": [op for op in OPS if op in judged.ops],
            "gradients": [op for op in GRADIENTS if op in judged.differentiable],
            "dialects": [vars(dialect) for dialect in judged.served],
            "refusals": judged.refused,
            "dialect": judged.by,
            "name": judged.name,
            "framework": judged.framework,
            "device": judged.device,
        }

    def _run(self, request: Dict[str, Any]) -> Dict[str, Any]:
        what, dialect = request["op"], _dialect(request["dialect"])
        op = _GRADIENTS.get(what, what)
        given = {name: _read(tensor) for name, tensor in request["tensors"].items()}
        given.update({name: decoded(value) for name, value in request["values"].items()})
        arguments, precision = list(OPS[op].among(given).values()), _precision(given)
        if what != op:
            cotangents = [given[name] for name in GRADIENTS[op].cotangents]
            names, results = GRADIENTS[op].wrt, self._candidate.gradients(op, dialect, arguments, cotangents, precision)
        elif request["recorded"]:
            names, results = OPS[op].returns, self._candidate.call(op, dialect, arguments, precision)
        else:
            names, results = OPS[op].returns, self._candidate.call_unrecorded(op, dialect, arguments, precision)
        return {"type": "result", "tensors": {name: self._written(name, x) for name, x in zip(names, results)}}

    def _written(self, name: str, result: Any) -> Any:
        if isinstance(result, list):
            return [self._written(f"{name}.{i}", x) for i, x in enumerate(result)]
        # NumPy may have wider floats than the protocol.
        dtype = np.dtype("f8") if result.dtype.kind == "f" and result.dtype.itemsize > 8 else result.dtype
        path = self._folder / f"{name}.result"
        path.write_bytes(result.astype(dtype.newbyteorder("<"), order="C", copy=False).tobytes())
        return {"dtype": dtype.name, "shape": result.shape, "path": str(path)}


def _dialect(fields: Dict[str, Any]) -> Dialect:
    return Dialect(**{name: value for name, value in fields.items() if name not in FOLLOWING})


def _read(tensor: Any) -> Any:
    if isinstance(tensor, list):
        return [_read(one) for one in tensor]
    dtype = np.dtype(tensor["dtype"]).newbyteorder("<")
    return np.fromfile(tensor["path"], dtype).astype(tensor["dtype"], copy=False).reshape(tensor["shape"])


def _precision(given: Dict[str, Any]) -> Precision:
    """That of the floats among the arguments; where there is none, it makes no difference."""
    arrays: List[np.ndarray] = []
    for value in given.values():
        arrays += [x for x in (value if isinstance(value, list) else [value]) if isinstance(x, np.ndarray)]
    return next((EVERY_PRECISION[array.dtype.name] for array in arrays if array.dtype.kind == "f"), FLOAT64)


if __name__ == "__main__":
    sys.exit(main())
