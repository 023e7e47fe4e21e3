"""Replay: one example as a word of the command line, so that exactly this one can be judged again, by anyone."""

from __future__ import annotations

import base64
import json
import shlex
import zlib
from dataclasses import asdict, replace
from typing import Any, List, Tuple

import numpy as np

from conformance.cases.protocol import PLAIN
from conformance.calling.remote.limits import PREFIX
from conformance.cases.case import Case
from conformance.judging.verdicts import Outcome
from refimpl import YOLOV8

LONGEST = 4000
"""Characters that a word may have; a longer one is not printed, and the search that found the example is named instead."""

_INFLATED = 2**24


class ReplayError(ValueError):
    """A word that does not stand for an example."""


def command(candidate: Any, run: Any, outcome: Outcome, case: Case) -> str:
    """The command that judges a candidate by this example again.

    Parameters
    ----------
    candidate : the `Candidate` that failed
    run : the `Run` in which it did
    outcome : what the example was drawn for
    """
    words = ["python", "-m", "conformance", "--candidate", candidate.word]
    words += ["--isolate"] * (candidate.apart and not candidate.word.startswith(PREFIX))
    words += ["--dialect", candidate.preset.name] * (candidate.preset.name != YOLOV8.name)
    found = word(outcome, case)
    if len(found) <= LONGEST:
        return shlex.join([*words, "--replay", found])
    words += ["--profile", run.profile, "--only", outcome.op, "--dtype", outcome.dtype]
    return shlex.join([*words, *(["--seed", str(run.seed)] if run.seed is not None else [])])


def word(outcome: Outcome, case: Case) -> str:
    """An example as text: which clause, op, float type and event it is for, and its case."""
    whole = [outcome.clause, outcome.op, outcome.dtype, outcome.event, _packed(case)]
    text = json.dumps(whole, separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode()


def read(text: str) -> Tuple[Outcome, Case]:
    """The example that a word stands for.

    Raises
    ------
    ReplayError
        If it stands for none.
    """
    try:
        raw = zlib.decompressobj().decompress(base64.b64decode(text, b"-_", validate=True), _INFLATED)
        clause, op, dtype, event, case = json.loads(raw)
        return Outcome(clause, op, dtype, event), _unpacked(case)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, zlib.error) as error:
        raise ReplayError(f"replay: expected the word that a report printed, got {text[:40]!r}: {error}") from error


def _packed(case: Case) -> List[Any]:
    """Its dialect as far as it is not YOLOV8, its arguments, and the cases before it."""
    changed = {name: value for name, value in asdict(case.dialect).items() if value != getattr(YOLOV8, name)}
    arguments = {name: _of(value) for name, value in case.arguments.items()}
    return [changed, arguments, [_packed(c) for c in case.prelude], case.manner]


def _unpacked(found: List[Any]) -> Case:
    changed, arguments, prelude, manner = found
    if "strides" in changed:
        changed["strides"] = tuple(changed["strides"])
    values = {name: _value(name, value) for name, value in arguments.items()}
    return Case(replace(YOLOV8, **changed), values, tuple(_unpacked(case) for case in prelude), manner)


def _of(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return {"dtype": value.dtype.name, "shape": value.shape, "numbers": value.ravel().tolist()}
    if isinstance(value, np.generic):
        return {"dtype": value.dtype.name, "number": value.item()}
    if isinstance(value, list) and any(isinstance(x, np.ndarray) for x in value):
        return [_of(x) for x in value]
    return value


def _value(name: str, found: Any) -> Any:
    if isinstance(found, dict) and "number" in found:
        return np.dtype(found["dtype"]).type(found["number"])
    if isinstance(found, dict):
        return np.array(found["numbers"], np.dtype(found["dtype"])).reshape(found["shape"])
    if isinstance(found, list) and any(isinstance(x, dict) for x in found):
        return [_value(name, x) for x in found]
    return PLAIN.get(name, int)(found)
