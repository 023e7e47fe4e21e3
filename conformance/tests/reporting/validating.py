"""A validator for the part of JSON Schema that the schema of reports uses."""

from __future__ import annotations

from typing import Any, Dict, Iterator

from conformance.calling.remote.schema import is_a

_KNOWN = {"$schema", "$defs", "title", "$ref", "anyOf", "enum", "const", "type"}
_KNOWN |= {"minimum", "maximum", "items", "properties", "required", "additionalProperties"}


def faults(value: Any, schema: Dict[str, Any], root: Dict[str, Any], where: str = "$") -> Iterator[str]:
    """What is wrong with a value; nothing if it is valid."""
    assert set(schema) <= _KNOWN, f"unknown words {set(schema) - _KNOWN}"
    if "$ref" in schema:
        yield from faults(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, where)
    if "anyOf" in schema:
        found = [list(faults(value, option, root, where)) for option in schema["anyOf"]]
        if all(found):
            yield min(found, key=len)[0]
    if "enum" in schema and not any(value == x and isinstance(value, bool) == isinstance(x, bool) for x in schema["enum"]):
        yield f"{where}: expected one of {schema['enum']}, got {value!r}"
    if "const" in schema and value != schema["const"]:
        yield f"{where}: expected {schema['const']!r}, got {value!r}"
    names = schema.get("type", [])
    if "type" in schema and not any(is_a(value, name) for name in (names if isinstance(names, list) else [names])):
        yield f"{where}: expected {schema['type']}, got {value!r}"
        return
    if isinstance(value, (int, float)) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{where}: {value} is out of range"
    if isinstance(value, list) and "items" in schema:
        for i, item in enumerate(value):
            yield from faults(item, schema["items"], root, f"{where}[{i}]")
    if isinstance(value, dict):
        yield from _fields(value, schema, root, where)


def _fields(value: Dict[str, Any], schema: Dict[str, Any], root: Dict[str, Any], where: str) -> Iterator[str]:
    properties, others = schema.get("properties", {}), schema.get("additionalProperties", {})
    yield from (f"{where}: {name} is missing" for name in schema.get("required", ()) if name not in value)
    for name, item in value.items():
        if name in properties:
            yield from faults(item, properties[name], root, f"{where}.{name}")
        elif others is False:
            yield f"{where}: {name} is unknown"
        else:
            yield from faults(item, others, root, f"{where}.{name}")
