"""A fuzz of the protocol of programs: whatever a program replies, it is an error or a right answer, and nothing is left."""

import contextlib
import json
import os
import random
import shlex
import sys

import numpy as np

import refimpl
from conformance.calling import candidate
from conformance.calling.errors import CandidateError
from conformance.calling.remote.limits import Limits
from conformance.judging.rounding import FLOAT32
from conformance.tests.calling.test_broken_programs import left_behind
from refimpl import YOLOV8

RUNS = int(os.environ.get("FUZZ_RUNS", 60))
"""Of the fuzz; `make fuzz` asks for 500."""

PROGRAM = '''
import json, sys
seed = 0
for line in sys.stdin:
    request = json.loads(line)
    if request["type"] == "start":
        print(json.dumps({"type": "result", "id": request["id"], "protocol": 1, "ops": ["iou"]}), flush=True)
        folder = request["scratch"]
    else:
        with open(sys.argv[1]) as file:
            todo = json.load(file)
        for name, content in todo["files"].items():
            with open(folder + "/" + name, "wb") as file:
                file.write(bytes.fromhex(content))
        reply = bytes.fromhex(todo["reply"]).replace(b"ID", str(request["id"]).encode())
        sys.stdout.buffer.write(reply)
        sys.stdout.buffer.flush()
'''

STRANGE = (None, True, -1, 0, 1.5, 2**70, "", "x", [], {}, [[]], "..", "/", "\0", "values", 1e400)
"""Values of JSON that may stand where others are expected."""


def places(value, path=()):
    """Every place in a message, deepest last."""
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*path, key))


def changed(message, chance):
    """The message with one place replaced, removed, or added to."""
    message = json.loads(json.dumps(message))
    path = chance.choice([path for path in places(message) if path])
    holder = message
    for key in path[:-1]:
        holder = holder[key]
    kind = chance.randrange(3)
    if kind == 0:
        holder[path[-1]] = chance.choice(STRANGE)
    elif kind == 1:
        del holder[path[-1]]
    elif isinstance(holder, dict):
        holder[chance.choice(["more", "path", "type", "tensors"])] = chance.choice(STRANGE)
    return message


def reply(chance, numbers):
    """A line and the files beside it, one or both with faults; and whether all may be as it should."""
    tensor = {"dtype": "float32", "shape": [len(numbers)], "path": chance.choice(["out", "out.npy"])}
    message = {"type": "result", "id": "ID", "tensors": {"values": tensor}}
    content = numbers.tobytes()
    kind = chance.randrange(4)
    if kind == 0:
        message = changed(message, chance)
    line = json.dumps(message).replace('"ID"', "ID").encode() + b"\n"
    if kind == 1:
        at = chance.randrange(len(line))
        line = line[:at] + chance.randbytes(chance.choice([0, 1, 3])) + line[at + chance.choice([0, 1, 5]) :] + b"\n"
    if kind == 2:
        content = content[: chance.randrange(len(content))] + chance.randbytes(chance.choice([0, 1, 64]))
    files = {"out": content, "out.npy": b"\x93NUMPY\x01\x00" + chance.randbytes(100) if kind == 3 else content}
    return {"reply": line.hex(), "files": {name: data.hex() for name, data in files.items()}}


def test_fuzz_no_reply_ends_the_run_and_no_wrong_one_passes(tmp_path):
    program, todo = tmp_path / "program.py", tmp_path / "todo.json"
    program.write_text(PROGRAM)
    word = "cmd:" + shlex.join([sys.executable, "-I", "-S", str(program), str(todo)])
    boxes1, boxes2 = np.array([[0, 0, 4, 4], [0, 0, 2, 2]], np.float32), np.array([[0, 0, 4, 2], [1, 1, 3, 3]], np.float32)
    right = np.asarray(refimpl.iou(boxes1, boxes2, dialect=YOLOV8)).astype(np.float32)
    before, refused = left_behind(), 0

    with contextlib.closing(candidate.find(word, None, Limits(1.0, 256))) as judged:
        for run in range(RUNS):
            judged._factory._client._timeouts.clear()
            todo.write_text(json.dumps(reply(random.Random(run), right)))
            try:
                (answer,) = judged.call("iou", YOLOV8, (boxes1, boxes2), FLOAT32, [(2,)])
            except CandidateError as error:
                refused += 1
                assert str(error).isprintable() or "\n" in str(error), (run, error)
            else:
                assert answer.shape == (2,) and answer.dtype.kind in "biuf", (run, answer)

    assert refused > RUNS / 2 and left_behind() <= before
