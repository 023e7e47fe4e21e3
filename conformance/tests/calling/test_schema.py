"""The schema of the protocol: it knows the ops and dialects of this tree, and what it forbids is named."""

import json

import pytest

from conformance.cases.protocol import GRADIENTS, OPS
from conformance.calling.remote import messages, schema
from refimpl import YOLOV8

REPLY = {"type": "result", "id": 2, "tensors": {"values": {"dtype": "float32", "shape": [1], "path": "values"}}}


def run_of(**changes):
    """A request as the client writes it, read back from its line."""
    request = {"type": "run", "id": 2, "op": "iou", "dialect": vars(YOLOV8), "tensors": {}, "values": {}, "recorded": True}
    return json.loads(messages.encoded({**request, **changes}))


def test_it_knows_the_ops_and_the_gradients_of_the_protocol():
    known = schema.definitions()

    assert known["op"]["enum"] == list(OPS)
    assert known["differentiable"]["enum"] == list(GRADIENTS)


def test_it_knows_every_field_of_a_dialect():
    assert list(schema.definitions()["dialect"]["properties"]) == list(messages.said(YOLOV8))


def test_every_message_of_the_page_is_allowed_by_the_schema():
    page = schema.FILE.with_name("README.md").read_text(encoding="utf-8")
    lines = [line for line in page.splitlines() if line.startswith(("-> {", "<- {"))]
    kinds = [json.loads(line[3:])["type"] for line in lines]

    assert {"start", "run", "stop", "result", "unsupported", "error"} <= set(kinds)
    for line in lines:
        message = json.loads(line[3:])
        kind = "capabilities" if "protocol" in message and line.startswith("<-") else message["type"]
        assert schema.problem(kind, message) == "", line


@pytest.mark.parametrize(
    "kind, message, said",
    [
        ("run", run_of(), ""),
        ("run", run_of(values={"batch_size": 2, "image_size": [64, 32]}), ""),
        ("run", run_of(values={"batch_size": "2"}), "values.'batch_size': expected number or boolean, got '2'; or values."),
        ("run", run_of(recorded=1), "recorded: expected boolean, got 1"),
        ("run", run_of(dialect={}), "dialect.name: is missing"),
        ("result", REPLY, ""),
        ("result", {**REPLY, "id": True}, "id: expected integer, got True"),
        ("result", {**REPLY, "id": -1}, "id: expected at least 0, got -1"),
        ("result", {**REPLY, "more": 1}, "'more': is not known; known: type, id, tensors"),
        ("result", {**REPLY, "type": "error"}, 'type: expected "result", got \'error\''),
        ("error", {"type": "error", "id": 1}, "message: is missing"),
        ("capabilities", {"type": "result", "id": 1, "protocol": 2, "ops": ["iou"]}, "protocol: expected 1, got 2"),
        ("capabilities", {"type": "result", "id": 1, "protocol": 1, "ops": []}, "ops: expected at least 1 of them, got []"),
        ("capabilities", {"type": "result", "id": 1, "protocol": 1, "ops": ["siou"]}, "ops[0]: expected one of make_anchors"),
    ],
)
def test_the_first_thing_that_is_wrong_is_named(kind, message, said):
    found = schema.problem(kind, message)

    assert found.startswith(said) and bool(found) == bool(said)
