"""The programs in C++ and in JavaScript: they conform, and a fault planted in both breaks the clause of its Python twin."""

import functools
import json
import os
import shlex
import shutil
import statistics
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from conformance.calling.candidate import find
from conformance.command import cli
from conformance.evidence.panel import rounds, sights
from conformance.ops.mutants import MUTANTS
from conformance.calling.remote import candidate as remote
from conformance.calling.remote.limits import Limits
from conformance.suite.run import settings
from refimpl import YOLOV8

EXAMPLES = Path(remote.__file__).with_name("examples")
OPS = "make_anchors,decode_boxes,ciou,assign"
LEAST_CALLS_A_SECOND = 200


@functools.lru_cache(maxsize=None)
def compiler():
    return os.environ.get("CXX") or shutil.which("c++") or shutil.which("g++")


def built(folder, language, *fault):
    """The word of a program in a language; `fault` is a text of its source and what stands there instead."""
    name = {"C++": "candidate.cpp", "JavaScript": "candidate.mjs"}[language]
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    assert all(old in text for old in fault[:1])
    source = folder / name
    source.write_text(text.replace(*fault) if fault else text, encoding="utf-8")
    if language == "JavaScript":
        if shutil.which("node") is None:
            pytest.skip("needs node")
        return f"cmd:node {shlex.quote(str(source))}"
    if compiler() is None:
        pytest.skip("needs a C++ compiler")
    subprocess.run([*shlex.split(compiler()), "-O1", "-std=c++17", "-o", folder / "candidate", source], check=True)
    return f"cmd:{shlex.quote(str(folder / 'candidate'))}"


def judged(capsys, word, ops):
    """Exit status, verdicts by clause of what is provided, and what is told about them."""
    status = cli.main(["--candidate", word, "--only", ops, "--profile", "quick", "--json", "-v"])
    rows = json.loads(capsys.readouterr().out)["clauses"]
    verdicts = {row["id"]: row["verdict"] for row in rows if row["verdict"] != "NOT PROVIDED"}
    return status, verdicts, "\n".join(row["detail"] for row in rows)


EVENTS = ("real", "H != W", "several levels", "overlap equals the threshold", "equal scores", "two of no area", "box not finite")


def judged_events(word):
    """How many examples of a prediction, and of suppression, break each clause."""
    candidate = find(word, None, Limits())
    try:
        run = settings(profile="quick", seed=1, dtype="float32", only=None)
        some = (r for r in rounds(run, candidate.served, ["predict", "nms"]) if r.event in EVENTS)
        seen = [one for examples in some for one in sights(examples, candidate, [{} for _ in examples.cases])]
    finally:
        candidate.close()
    return {clause: sum(bool(one.reason) for one in seen if one.clause == clause) for clause in sorted({one.clause for one in seen})}


@pytest.mark.parametrize("language", ["C++", "JavaScript"])
def test_a_program_in_another_language_conforms(language, tmp_path, capsys):
    status, verdicts, _ = judged(capsys, built(tmp_path, language), OPS)

    clauses = {"ANC-1", "ANC-2", "DEC-3", "IOU-4", "TAL-1", "TAL-4", "TAL-5", "TAL-6", "TAL-7"}
    assert (status, verdicts) == (0, dict.fromkeys(clauses, "CONFORMS"))


@pytest.mark.parametrize(
    "language, fault",
    [
        ("C++", ("> threshold", ">= threshold")),
        ("JavaScript", ("> threshold", ">= threshold")),
    ],
)
def test_what_a_model_answers_and_which_boxes_stay_conforms_and_breaks_where_equality_drops(language, fault, tmp_path, capsys):
    right, wrong = (judged_events(built(tmp_path, language, *change)) for change in ((), fault))

    assert right == {"PRD-1": 0, "PRD-2": 0, **dict.fromkeys(("NMS-1", "NMS-2", "NMS-3", "NMS-6", "NMS-7"), 0)}
    assert {clause for clause, broken in wrong.items() if broken} == {"NMS-7"}


@pytest.mark.parametrize(
    "language, fault",
    [
        ("C++", ("{x + T(0.5), y + T(0.5)}", "{y + T(0.5), x + T(0.5)}")),
        ("JavaScript", ("data.set([x, y]", "data.set([y, x]")),
    ],
)
def test_a_planted_fault_breaks_the_clause_of_its_twin_in_python_and_is_named(language, fault, tmp_path, capsys):
    status, verdicts, details = judged(capsys, built(tmp_path, language, *fault), "make_anchors")

    twin = MUTANTS["grid-transposed"]
    assert (status, verdicts) == (1, {"ANC-2": "CONFORMS", **dict.fromkeys(twin.breaks, "BREAKS")})
    assert f"looks like: {twin.sentence}" in details


@pytest.mark.parametrize("language", ["C++", "JavaScript"])
def test_there_is_time_for_200_small_calls_in_a_second(language, tmp_path):
    program = remote.load(built(tmp_path, language), None, Limits())
    iou, boxes, seconds = program(YOLOV8).iou, np.array([[0, 0, 4, 4]], np.float32), []

    for _ in range(LEAST_CALLS_A_SECOND):
        begun = time.monotonic()
        iou(boxes, boxes)
        seconds.append(time.monotonic() - begun)
    program.close()

    # The median: whatever else this machine does now and then, it does not do to every other call.
    usual = statistics.median(seconds)
    assert usual < 1 / LEAST_CALLS_A_SECOND, f"{1 / usual:.0f} calls a second"
