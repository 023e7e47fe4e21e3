"""A program as a factory of candidates: their ops are calls to it, their arrays NumPy's."""

from __future__ import annotations

import json
import shlex
import sys
from types import SimpleNamespace
from typing import Any, Callable, Dict, Tuple

import numpy as np

from conformance.calling.errors import CandidateNotFound, CandidateStopped
from conformance.calling.frameworks import process
from conformance.cases.protocol import GRADIENTS, OPS, vjp
from conformance.calling.remote import messages
from conformance.calling.remote.client import Client
from conformance.calling.remote.limits import PREFIX, Limits
from refimpl import YOLOV8, Dialect

# The modules within reach of this process, and none that happens to lie in the current folder.
_HOST = "import json, sys; sys.path[:] = json.loads(sys.argv.pop()); from conformance.calling.remote import serve; sys.exit(serve.main())"


def load(word: str, preset: str | None, limits: Limits) -> Program:
    """Start the program that a word names, or the host of the candidate in Python that it names.

    Parameters
    ----------
    word : `cmd:` and a command line, which no shell sees; or what `conformance.calling.loading.load` takes
    preset : name of the dialect the user asked for, None for the candidate's own

    Raises
    ------
    CandidateNotFound
        If there is no such program or candidate, or it does not start.
    """
    hosted = not word.startswith(PREFIX)
    whose = "" if hosted else f"candidate {word!r}: "
    try:
        words = [sys.executable, "-c", _HOST, word, json.dumps(sys.path)] if hosted else shlex.split(word[len(PREFIX) :])
        if not words:
            raise ValueError("no program is named")
        return Program(Client(words, limits, preset))
    except CandidateNotFound as error:
        raise CandidateNotFound(f"{whose}{error}", error.missing) from error
    except (CandidateStopped, ValueError) as error:
        raise CandidateNotFound(f"candidate {word!r}: {error}") from error


class Program:
    """A factory of candidates; `dialect` is the name of the preset that the program implements."""

    def __init__(self, client: Client) -> None:
        self._client, self._offer = client, client.capabilities
        self.dialect = self._offer.get("dialect", YOLOV8.name)

    def __call__(self, dialect: Dialect) -> SimpleNamespace:
        """The ops for one dialect.

        Raises
        ------
        NotImplementedError
            If the program does not serve it.
        """
        patterns = self._offer.get("dialects", [{}])
        if not any(_matches(dialect, pattern) for pattern in patterns):
            served = " or ".join(json.dumps(pattern) for pattern in patterns)
            raise NotImplementedError("; not served: ".join(self._offer.get("refusals") or [f"anything but {served}"]))
        ops: Dict[str, Callable] = {}
        for op in self._offer["ops"]:
            ops[op] = self._calling(dialect, op, op, OPS[op].parameters, OPS[op].returns)
        for op in self._offer.get("gradients", ()):
            ops[vjp(op)] = self._calling(dialect, vjp(op), op, OPS[op].gradient.parameters, GRADIENTS[op].wrt)
        said = {name: self._offer[name] for name in ("name", "device") if name in self._offer}
        return SimpleNamespace(framework=self._offer.get("framework", "program"), bridge="process", **said, **ops)

    def close(self) -> None:
        """End the program."""
        self._client.close()

    def _calling(
        self, dialect: Dialect, what: str, op: str, names: Tuple[str, ...], returns: Tuple[str, ...]
    ) -> Callable[..., Any]:
        def call(*values: Any) -> Any:
            for dtype in map(_float, values):
                if dtype not in ("", *self._offer.get("dtypes", (dtype,))):
                    raise NotImplementedError(f"{dtype} is not served")
            results = self._client.run(what, op, dialect, dict(zip(names, values)), returns, process.recorded())
            return results[0] if len(returns) == 1 else results

        return call


def close(factory: Callable[[Dialect], Any]) -> None:
    """End the program, if the factory is one."""
    if isinstance(factory, Program):
        factory.close()


def _matches(dialect: Dialect, pattern: Dict[str, Any]) -> bool:
    """Whether a dialect has all values of a pattern."""
    fields = json.loads(json.dumps(messages.said(dialect)))
    return all(name in fields and fields[name] == value for name, value in pattern.items())


def _float(value: Any) -> str:
    """The dtype of an array of floats, or of the first in a list; "" for anything else."""
    first = value[0] if isinstance(value, list) and value else value
    return first.dtype.name if isinstance(first, np.ndarray) and first.dtype.kind == "f" else ""
