"""Run as a script: a program with a right `iou` and a right `bce_loss`, and one fault, named by its argument.

It needs the standard library only, so it starts fast.
"""

import array
import json
import math
import os
import signal
import subprocess
import sys
import time

FAULT = sys.argv[1] if len(sys.argv) > 1 else ""
STATE = {"scratch": ""}


def read(tensor):
    numbers = array.array("f" if tensor["dtype"] == "float32" else "d")
    with open(tensor["path"], "rb") as file:
        numbers.frombytes(file.read())
    return numbers


def wrote(name, numbers, **changes):
    with open(os.path.join(STATE["scratch"], name), "wb") as file:
        numbers.tofile(file)
    return {"dtype": "float32" if numbers.typecode == "f" else "float64", "shape": [len(numbers)], "path": name, **changes}


def iou(request):
    eps, one, two = request["dialect"]["iou_eps"], *(read(request["tensors"][n]) for n in ("boxes1", "boxes2"))
    values = array.array(one.typecode)
    for i in range(0, len(one), 4):
        (a, b, c, d), (e, f, g, h) = one[i : i + 4], two[i : i + 4]
        shared = max(min(c, g) - max(a, e), 0) * max(min(d, h) - max(b, f), 0)
        values.append(shared / ((c - a) * (d - b + eps) + (g - e) * (h - f + eps) - shared + eps))
    return values


def bce_loss(request):
    logits, targets = (read(request["tensors"][name]) for name in ("logits", "targets"))
    losses = (max(x, 0) - x * z + math.log1p(math.exp(-abs(x))) for x, z in zip(logits, targets))
    shape = request["tensors"]["logits"]["shape"]
    return {"loss": wrote("loss", array.array(logits.typecode, losses), shape=shape)}


def say(**reply):
    print(json.dumps(reply), flush=True)


def endless(stream, chunk):
    while True:
        stream.write(chunk)


def instead(name, make):
    """Something else under a name in the scratch folder."""
    path = os.path.join(STATE["scratch"], name)
    if os.path.isdir(path):
        os.rmdir(path)
    elif os.path.lexists(path) and name != "values":
        os.unlink(path)
    make(path)
    return {"path": name}


def eat():
    kept = []
    while True:
        kept.append(bytearray(2**24))


def with_child():
    print(subprocess.Popen(["sleep", "1000"]).pid, file=sys.stderr, flush=True)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(1000)


INSTEAD = {
    "raises": lambda: {}["no such key"],
    "SIGSEGV": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "exit 0": lambda: os._exit(0),
    "hangs": lambda: time.sleep(1000),
    "hangs with a child": with_child,
    "memory": eat,
    "stdout": lambda: endless(sys.stdout, "x" * 2**16),
    "stdout in lines": lambda: endless(sys.stdout, "x" * 2**10 + "\n"),
    "stderr": lambda: endless(sys.stderr, "x" * 2**16),
    "half a line": lambda: (print('{"type": "res', end="", flush=True), time.sleep(1000)),
    "closes stdout": lambda: (os.close(1), time.sleep(1000)),
    "no JSON": lambda: print("iou is 3", flush=True),
    "empty line": lambda: print(flush=True),
    "no UTF-8": lambda: os.write(1, b'{"type": "\xff\xfe"}\n'),
    "nested": lambda: print("[" * 100_000, flush=True),
    "a list": lambda: print("[1, 2]", flush=True),
    "null": lambda: print("null", flush=True),
    "a large number": lambda: print("9" * 5000, flush=True),
    "no type": lambda: print('{"id": 2}', flush=True),
    "a large file": lambda: instead("large", lambda path: open(path, "wb").truncate(2**40)),
}
"""What is done in place of a reply."""

CHANGED = {
    "wrong id": lambda reply: {**reply, "id": reply["id"] - 1},
    "id of a word": lambda reply: {**reply, "id": "2"},
    "other type": lambda reply: {**reply, "type": "start"},
    "typo": lambda reply: {**reply, "tensor": reply["tensors"]},
    "tensors in a list": lambda reply: {**reply, "tensors": [reply["tensors"]]},
    "missing tensor": lambda reply: {**reply, "tensors": {}},
    "other tensor": lambda reply: {**reply, "tensors": {"value": reply["tensors"]["values"]}},
    "list of tensors": lambda reply: {**reply, "tensors": {"values": [reply["tensors"]["values"]]}},
    "error": lambda reply: {"type": "error", "id": reply["id"], "message": "no room \u001b[31m \ud800"},
}
"""What the reply becomes."""

TENSOR = {
    "wrong shape": lambda tensor: {"shape": [*tensor["shape"], 1]},
    "negative shape": lambda tensor: {"shape": [-1]},
    "shape of floats": lambda tensor: {"shape": [float(tensor["shape"][0])]},
    "enormous shape": lambda tensor: {"shape": [10**30]},
    "wrong dtype": lambda tensor: {"dtype": "float16"},
    "no dtype": lambda tensor: {"dtype": "complex64"},
    "truncated": lambda tensor: instead("values", lambda path: os.truncate(path, 3)),
    "no file": lambda tensor: {"path": "nothing"},
    "outside": lambda tensor: {"path": "/etc/hostname"},
    "above": lambda tensor: {"path": "../values"},
    "no name": lambda tensor: {"path": "a\0b"},
    "link": lambda tensor: instead("link", lambda path: os.symlink("/etc/hostname", path)),
    "pipe": lambda tensor: instead("pipe", os.mkfifo),
    "folder": lambda tensor: instead("folder", os.mkdir),
    "no npy": lambda tensor: instead("x.npy", lambda path: open(path, "wb").write(b"\x93NUMPY\1\0\7\0{'a': 1")),
}
"""What the description of the tensor becomes."""

START = {"crashes at start": lambda: sys.exit("no licence"), "hangs at start": lambda: time.sleep(1000)}


def result(request):
    tensor = wrote("values", iou(request))
    tensor.update(TENSOR.get(FAULT, lambda tensor: {})(tensor))
    reply = {"type": "result", "id": request["id"], "tensors": {"values": tensor}}
    return CHANGED.get(FAULT, lambda reply: reply)(reply)


def main():
    START.get(FAULT, lambda: None)()
    for line in sys.stdin:
        request = json.loads(line)
        if request["type"] == "start":
            STATE["scratch"] = request["scratch"]
            say(type="result", id=request["id"], protocol=1, ops=["iou", "bce_loss"])
        elif request["type"] == "run" and request["op"] == "bce_loss":
            say(type="result", id=request["id"], tensors=bce_loss(request))
        elif request["type"] == "run":
            if FAULT == "speaks":
                print("working on iou", file=sys.stderr, flush=True)
            if FAULT in INSTEAD:
                INSTEAD[FAULT]()
                continue
            say(**result(request))
            if FAULT == "replies twice":
                say(**result(request))
            if FAULT == "ends after a call":
                return


if __name__ == "__main__":
    main()
