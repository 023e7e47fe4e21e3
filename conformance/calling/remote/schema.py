"""The JSON schema of the protocol, and the part of JSON Schema that it is written in."""

from __future__ import annotations

import functools
import json
import reprlib
from pathlib import Path
from typing import Any, Dict, Iterator

from conformance.cases.protocol import GRADIENTS, OPS
from refimpl import YOLOV8

FOLLOWING = ("min_gt_side", "claims_inside")
"""What a program is told of a dialect beside its fields: what follows from `widen_gts` and `topk_among`."""

FILE = Path(__file__).with_name("protocol.schema.json")
"""Where the schema lies."""

_TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


@functools.lru_cache(maxsize=None)
def definitions() -> Dict[str, Any]:
    """The schema of each kind of message, and of their parts, with the names of the ops and fields that there are."""
    found = json.loads(FILE.read_text(encoding="utf-8"))["$defs"]
    found["op"]["enum"], found["differentiable"]["enum"] = list(OPS), list(GRADIENTS)
    value, fields = found["dialect"]["additionalProperties"], list(vars(YOLOV8))
    found["dialect"].update(required=fields, properties=dict.fromkeys([*fields, *FOLLOWING], value))
    found["dialect"]["additionalProperties"] = False
    return found


def problem(kind: str, message: Any) -> str:
    """The first thing that is wrong with a message of a kind, such as `id: expected integer, got 'x'`; "" if nothing is.

    Parameters
    ----------
    kind : a name among `definitions()`
    message : what JSON can hold
    """
    return next(_problems({"$ref": f"#/$defs/{kind}"}, message, ""), "")


def _problems(schema: Dict[str, Any], value: Any, where: str) -> Iterator[str]:
    if "$ref" in schema:
        yield from _problems(definitions()[schema["$ref"].rpartition("/")[2]], value, where)
    if "anyOf" in schema:
        found = [next(_problems(choice, value, where), "") for choice in schema["anyOf"]]
        if all(found):
            yield "; or ".join(dict.fromkeys(found))
    if "const" in schema and not _same(value, schema["const"]):
        yield _wrong(where, json.dumps(schema["const"]), value)
    if "enum" in schema and not any(_same(value, choice) for choice in schema["enum"]):
        yield _wrong(where, f"one of {', '.join(schema['enum'])}", value)
    if "type" in schema:
        names = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        if not any(is_a(value, name) for name in names):
            yield _wrong(where, " or ".join(names), value)
            return
    if value is not None and "minimum" in schema and value < schema["minimum"]:
        yield _wrong(where, f"at least {schema['minimum']}", value)
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield _wrong(where, f"at least {schema['minItems']} of them", value)
        for i, item in enumerate(value if "items" in schema else ()):
            yield from _problems(schema["items"], item, f"{where}[{i}]")
    if isinstance(value, dict):
        yield from _of_fields(schema, value, where)


def _of_fields(schema: Dict[str, Any], value: Dict[str, Any], where: str) -> Iterator[str]:
    known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{_field(where, name)}: is missing"
    for name, item in value.items():
        if name in known:
            yield from _problems(known[name], item, _field(where, name))
        elif others is False:
            yield f"{_field(where, reprlib.repr(name))}: is not known; known: {', '.join(known)}"
        elif others is not True:
            yield from _problems(others, item, _field(where, reprlib.repr(name)))


def _field(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def is_a(value: Any, name: str) -> bool:
    """Whether a value has a type of JSON; true and false are no numbers."""
    return isinstance(value, _TYPES[name]) and (name == "boolean") >= isinstance(value, bool)


def _same(value: Any, other: Any) -> bool:
    return type(value) is type(other) and value == other


def _wrong(where: str, expected: str, value: Any) -> str:
    return f"{where or 'message'}: expected {expected}, got {reprlib.repr(value)}"
