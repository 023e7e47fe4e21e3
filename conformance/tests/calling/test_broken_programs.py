"""Broken programs, also through the real command line: each ends in an error or in no verdict, in time, and leaves nothing."""

import contextlib
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from conformance.calling import candidate
from conformance.calling.errors import CandidateError
from conformance.calling.remote.limits import Limits
from conformance.calling.remote.process import Process
from conformance.calling.remote.scratch import SHARED_MEMORY, Scratch
from conformance.judging.rounding import FLOAT32
from refimpl import YOLOV8

PROGRAM = Path(__file__).with_name("broken_program.py")

SECONDS, MEMORY = 2.0, 128
"""The limits of a call, and of the program in MiB."""

FAULTS = {
    "raises": ("iou: the program ended with exit status 1 instead of a reply", "stderr: KeyError: 'no such key'"),
    "SIGSEGV": ("iou: the program was ended by SIGSEGV instead of a reply",),
    "exit 0": ("iou: the program ended with exit status 0 instead of a reply",),
    "ends after a call": ("iou: the program ended with exit status 0 instead of a reply",),
    "hangs": ("iou: no reply within 2 s",),
    "hangs with a child": ("iou: no reply within 2 s",),
    "half a line": ("iou: no reply within 2 s",),
    "closes stdout": ("iou: the program closed its stdout",),
    "memory": ("stderr: MemoryError",),
    "a large file": ("ended with exit status 1", "File too large"),
    "stdout": ("iou: expected a reply in one line of at most 1048576 bytes, got more",),
    "stdout in lines": ("iou: expected a line of JSON, got 'xxx",),
    "stderr": ("iou: no reply within 2 s", "stderr: xxx"),
    "no JSON": ("iou: expected a line of JSON, got 'iou is 3'",),
    "empty line": ("iou: expected a line of JSON, got ''",),
    "no UTF-8": ("iou: expected a line of JSON, got '{",),
    "nested": ("iou: expected a line of JSON, got '[[[",),
    "a list": ("iou: expected an object whose type is one of result, unsupported, error, got '[1, 2]'",),
    "null": ("iou: expected an object whose type is one of",),
    "a large number": ("iou: expected ",),
    "no type": ("iou: expected an object whose type is one of",),
    "other type": ("iou: expected an object whose type is one of",),
    "wrong id": ("iou: expected the reply to request 2, got",),
    "id of a word": ("iou: result: id: expected integer, got '2'",),
    "replies twice": ("iou: expected the reply to request 3, got",),
    "typo": ("iou: result: 'tensor': is not known; known: type, id, tensors",),
    "tensors in a list": ("iou: result: tensors: expected object, got [{",),
    "missing tensor": ("iou: expected the tensors values, got none",),
    "other tensor": ("iou: expected the tensors values, got value",),
    "list of tensors": ("iou: values: expected shape (1,), got (1, 1)",),
    "error": ("no room ?[31m ?",),
    "wrong shape": ("iou: values: expected shape (1,), got (1, 1)",),
    "negative shape": ("iou: result: tensors.'values'.shape[0]: expected at least 0, got -1",),
    "shape of floats": ("shape[0]: expected integer, got 1.0",),
    "enormous shape": ("iou: values: expected 4000000000000000000000000000000 bytes for float32",),
    "wrong dtype": ("iou: values: expected 2 bytes for float16 (1,), at most 1073741824, got 4",),
    "no dtype": ("expected one of bool, int8", "got 'complex64'"),
    "truncated": ("iou: values: expected 4 bytes for float32 (1,), at most 1073741824, got 3",),
    "no file": ("iou: values: cannot be read from nothing: [Errno 2] No such file",),
    "outside": ("iou: values: expected a file in the scratch folder ", "got /etc/hostname"),
    "above": ("iou: values: expected a file in the scratch folder ", "got ../values"),
    "no name": ("iou: values: cannot be read from a?b: ",),
    "link": ("iou: values: cannot be read from link: ",),
    "pipe": ("iou: values: expected a regular file, got pipe",),
    "folder": ("iou: values: cannot be read from folder: ",),
    "no npy": ("iou: values: cannot be read from x.npy: ",),
}


def left_behind():
    """Scratch folders whose makers have ended, and our own; processes of the program."""
    found = Path(SHARED_MEMORY).glob("conformance-*") if os.path.isdir(SHARED_MEMORY) else ()
    makers = {path.name: int(path.name.split("-")[1]) for path in found}
    folders = {name for name, maker in makers.items() if maker == os.getpid() or not Path(f"/proc/{maker}").exists()}
    running = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True).stdout.splitlines()
    return folders | {line for line in running if str(PROGRAM) in line and "pytest" not in line}


def word(fault):
    """The candidate."""
    return "cmd:" + shlex.join([sys.executable, "-I", "-S", str(PROGRAM), fault])


def judge(fault, *more):
    """Put the program through a small part of the suite, by the command line in a process of its own."""
    options = ["--only", "iou,bce_loss", "--profile", "quick", "--dtype", "float32", "--timeout", str(SECONDS)]
    options += ["--memory", str(MEMORY), *more]
    words = [sys.executable, "-m", "conformance", "--candidate", word(fault), *options]
    return subprocess.run(words, capture_output=True, text=True, timeout=120)


def asked(judged, op, shape):
    """What the program answers, or the text of the error; at most three times, until there is one."""
    one, other = (np.arange(first, first + 4, dtype=np.float32).reshape(shape) for first in (0, 1))
    for _ in range(3):
        try:
            (answer,) = judged.call(op, YOLOV8, (one, other), FLOAT32, [shape[:1] if op == "iou" else shape])
        except CandidateError as error:
            return str(error)
    return answer


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_op_is_an_error_that_says_what_was_seen_and_the_program_is_asked_on(fault):
    before, begun = left_behind(), time.monotonic()

    with contextlib.closing(candidate.find(word(fault), None, Limits(SECONDS, MEMORY))) as judged:
        said, other = asked(judged, "iou", (1, 4)), asked(judged, "bce_loss", (4,))

    assert all(text in said for text in FAULTS[fault]), said
    assert np.isfinite(other).all() and left_behind() <= before
    assert time.monotonic() - begun < 20


def test_a_program_is_ended_before_its_folder_is_removed(monkeypatch):
    order, stop, remove = [], Process.stop, Scratch.remove
    monkeypatch.setattr(Process, "stop", lambda self, *words: order.append("program") or stop(self, *words))
    monkeypatch.setattr(Scratch, "remove", lambda self: order.append("folder") or remove(self))

    with contextlib.closing(candidate.find(word("replies twice"), None, Limits(SECONDS, MEMORY))) as judged:
        asked(judged, "iou", (1, 4))

    assert order[:2] == ["program", "folder"]


@pytest.mark.parametrize("fault", ["raises", "SIGSEGV", "hangs with a child", "stdout", "no JSON"])
def test_a_broken_op_exits_1_without_a_traceback_of_ours(fault):
    before = left_behind()

    done = judge(fault)

    assert done.returncode == 1 and "ERROR  IOU-1  " in done.stdout, done
    assert "BCE-1  CONFORMS" in done.stdout
    assert "Traceback" not in done.stdout.replace("stderr: Traceback", "") + done.stderr
    assert left_behind() <= before


@pytest.mark.parametrize(
    "fault, said",
    [
        ("crashes at start", ("start: the program ended with exit status 1 instead of a reply", "stderr: no licence")),
        ("hangs at start", ("start: no reply within 8 s",)),
    ],
)
def test_a_program_that_does_not_start_gets_no_verdict(fault, said):
    before, begun = left_behind(), time.monotonic()

    done = judge(fault)

    assert done.returncode == 2 and all(text in done.stdout for text in said), done
    assert "Traceback" not in done.stdout + done.stderr
    assert left_behind() <= before
    assert time.monotonic() - begun < 4 * SECONDS + 10


@pytest.mark.parametrize("fault", ["", "speaks"])
def test_the_same_program_without_a_fault_conforms_whatever_it_says_on_stderr(fault):
    done = judge(fault)

    assert done.returncode == 0 and "CONFORMS (2 CONFORMS, 2 NOT PROVIDED)" in done.stdout, done
    assert "working on iou" not in done.stdout + done.stderr


def test_verbose_shows_the_messages_and_what_the_program_says():
    done = judge("speaks", "-v")

    assert done.returncode == 0
    assert '-> {"type": "run", "id": 2, ' in done.stderr and '<- {"type": "result", "id": 2' in done.stderr
    assert "\nworking on iou\n" in done.stderr
