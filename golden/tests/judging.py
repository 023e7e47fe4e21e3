"""Asking a function the cases, and judging its answers by the rules."""

import dataclasses

import numpy as np

import refimpl
from golden import rules
from golden.check import read_case
from golden.manifest import read_manifest
from golden.store import HOME

ENTRIES = {entry.id: entry for entry in read_manifest(HOME)[0]}


def in_dtype(value, dtype):
    """Float arrays in this precision, also within a list."""
    if isinstance(value, list):
        return [in_dtype(item, dtype) for item in value]
    return value.astype(dtype) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value


def faults(id, function, dtype="float64"):
    """What the rules find in the answer of `function(*arguments, dialect)` to a case."""
    entry = ENTRIES[id]
    tensors = read_case(HOME, entry)
    values = rules.arguments(entry.op, tensors).values()
    answer = function(*(in_dtype(value, dtype) for value in values), entry.dialect)
    return rules.faults(entry.op, tensors, rules.outputs(entry.op, answer), dtype)


def of_reference(op, change=lambda answer: answer, **fields):
    """The reference's op under a changed dialect, its answer changed."""

    def function(*values):
        *arguments, dialect = values
        return change(getattr(refimpl, op)(*arguments, dialect=dataclasses.replace(dialect, **fields)))

    return function
