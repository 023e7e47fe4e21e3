"""The schema of `report.json`, as JSON Schema (draft 2020-12).

Numbers that JSON cannot hold are written as the words "NaN", "Infinity" and "-Infinity" inside counterexamples; a
largest error/bound that is not finite is null. Arrays are flat, in C order, beside their shape; `data` is null where
it was left out because the case is large.
"""

from __future__ import annotations

from typing import Any, Dict

from conformance.cases.protocol import OPS
from conformance.suite.report import NO_VERDICT, SKIPPED
from conformance.reporting.record import VERSION
from conformance.reporting.since import WORDS
from conformance.judging.rounding import EVERY_PRECISION
from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR, KNOWN, NOT_PROVIDED, UNDECIDED

_TEXT, _COUNT, _TRUTH = {"type": "string"}, {"type": "integer", "minimum": 0}, {"type": "boolean"}
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_TEXTS = {"type": "array", "items": _TEXT}
_VALUES = {"type": "object", "additionalProperties": {"$ref": "#/$defs/value"}}


def _object(**properties: Any) -> Dict[str, Any]:
    """An object with exactly these fields."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _maybe(schema: Dict[str, Any], **properties: Any) -> Dict[str, Any]:
    """An object with more fields that may be there."""
    return {**schema, "properties": {**schema["properties"], **properties}}


def _or_null(schema: Dict[str, Any]) -> Dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


_DIFFERING = _object(
    fields={"type": "array", "items": {"type": "array"}}, preset=_TEXT, presets=_TEXTS, broken=_COUNT, left=_COUNT,
    still=_TEXTS, words=_TEXT,
)  # fmt: skip

_DEFINITIONS = {
    "number": {"anyOf": [{"type": ["number", "boolean"]}, {"enum": ["NaN", "Infinity", "-Infinity"]}]},
    "array": _object(
        dtype=_TEXT,
        shape={"type": "array", "items": _COUNT},
        data=_or_null({"type": "array", "items": {"$ref": "#/$defs/number"}}),
    ),
    "value": {
        "anyOf": [
            {"$ref": "#/$defs/number"},
            {"$ref": "#/$defs/array"},
            {"type": "array", "items": {"$ref": "#/$defs/value"}},
        ]
    },
    "dialect": _object(preset=_TEXT, changes={"type": "object"}),
    "call": _object(dialect={"$ref": "#/$defs/dialect"}, arguments=_VALUES, manner=_TEXT),
    "finding": _object(
        name=_TEXT,
        wrong=_COUNT,
        of=_COUNT,
        values={
            "type": "array",
            "items": _object(
                at={"type": "array", "items": _COUNT},
                **{name: {"$ref": "#/$defs/number"} for name in ("expected", "bound", "got")},
            ),
        },
    ),
    "bug": _object(id=_TEXT, sentence=_TEXT, seen=_TEXT, convention=_TRUTH, dialect=_TEXT),
    "counterexample": _object(
        dtype={"enum": list(EVERY_PRECISION)},
        event=_TEXT,
        message=_TEXT,
        finding=_or_null({"$ref": "#/$defs/finding"}),
        calls={"type": "array", "items": {"$ref": "#/$defs/call"}},
        every=_TRUTH,
        answer=_or_null(_VALUES),
        expected=_VALUES,
        bugs={"type": "array", "items": {"$ref": "#/$defs/bug"}},
        memory=_TEXT,
        stage=_TEXT,
        follows=_or_null(_TEXTS),
        differs=_or_null(_DIFFERING),
        hints=_TEXTS,
        contrast=_TEXT,
        elsewhere=_TEXT,
        replay=_TEXT,
    ),
    "clause": _object(
        id=_TEXT,
        op={"enum": list(OPS)},
        verdict={"enum": [CONFORMS, BREAKS, UNDECIDED, NOT_PROVIDED, ERROR, KNOWN]},
        examples=_COUNT,
        worst=_or_null({"type": "number", "minimum": 0}),
        undecided=_SHARE,
        detail=_TEXT,
        counterexample=_or_null({"$ref": "#/$defs/counterexample"}),
        values=_COUNT,
        undecided_values=_COUNT,
        undecided_scenes=_COUNT,
    ),
}

_CANDIDATE = {
    "candidate": _TEXT,
    "word": _TEXT,
    "dialect": _TEXT,
    "profile": _TEXT,
    "seed": _or_null({"type": "integer"}),
    "dtypes": {"type": "array", "items": {"enum": list(EVERY_PRECISION)}},
    "only": _TEXTS,
    "verdict": {"enum": [CONFORMS, BREAKS, UNDECIDED, ERROR, KNOWN, NO_VERDICT, SKIPPED]},
    "evidence": _TEXT,
    "exit_code": {"enum": [0, 1, 2, None]},
    "interrupted": _TRUTH,
    "about": {"type": "object", "additionalProperties": _TEXT},
    "clauses": {"type": "array", "items": {"$ref": "#/$defs/clause"}},
    "problems": _TEXTS,
}

_COMPARISON = _object(
    **{"with": _TEXT},
    **{word: {"type": "array", "items": _object(op={"enum": list(OPS)}, id=_TEXT)} for word in WORDS},
)
"""Where two runs are compared: the candidate compared with, and what failed or fails, by one of four words."""

_SHARED = {
    "part": _TEXT,
    "parts": {"type": "array", "items": _object(seed=_or_null({"type": "integer"}), part=_TEXT, only=_TEXTS)},
}
"""Where a run is shared by several machines: its part, as 3/8; where reports are merged: what each was drawn from."""

_VERSION = {"const": VERSION}

SCHEMA: Dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Conformance report",
    "anyOf": [
        _maybe(_object(schema_version=_VERSION, **_CANDIDATE), comparison=_COMPARISON, **_SHARED),
        _maybe(
            _object(
                schema_version=_VERSION,
                exit_code={"enum": [0, 1, 2]},
                candidates={"type": "array", "items": _maybe(_object(**_CANDIDATE), **_SHARED)},
            ),
            comparison=_COMPARISON,
        ),
    ],
    "$defs": _DEFINITIONS,
}
"""One candidate was asked for, or all that are installed were judged."""
