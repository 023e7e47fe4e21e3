"""Reproduction: the program of a report runs, and shows the answers that the report shows."""

import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest

from conformance.publishing.readme_sections import ROOT
from conformance.cases.codec import decoded
from conformance.reporting.reproduce import LONGEST, literal, snippet
from conformance.tests.reporting.judging import break_of, broken


def _judged(clause, op):
    return {"word": broken(clause), "dialect": "YOLOV8", "clauses": [json.loads(break_of(clause, op))]}


def _run(program, folder):
    words, environment = [sys.executable, "-c", program], {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("clause, op", [("IOU-4", "ciou"), ("IOU-1g", "iou"), ("TAL-7", "assign"), ("DET-3", "detection_loss")])
def test_the_program_shows_both_answers(clause, op, tmp_path):
    judged = _judged(clause, op)
    record = judged["clauses"][0]["counterexample"]
    # A busy machine shrinks less, and a case that stays large is read from the report.
    (tmp_path / "report.json").write_text(json.dumps(judged), encoding="utf-8")

    told = _run(snippet(judged, judged["clauses"][0]), tmp_path)

    candidate, reference = told.partition("reference:")[::2]
    name, answer = next((name, x) for name, x in record["answer"].items() if not isinstance(x, list))
    assert candidate.startswith("candidate:") and name in candidate
    assert decoded(answer).ravel()[0] in _numbers(candidate)
    assert decoded(record["expected"][name]).ravel()[0] in _numbers(reference)


def _numbers(text):
    """All numbers of a text; a break may show in the last digit only."""
    return [float(word) for word in re.findall(r"-?\d+\.?\d*(?:e[+-]\d+)?", text)]


def test_a_long_case_is_read_from_the_report(tmp_path, monkeypatch):
    judged = _judged("IOU-4", "ciou")
    whole = snippet(judged, judged["clauses"][0])
    monkeypatch.setattr("conformance.reporting.reproduce.LONGEST", 10)

    short = snippet(judged, judged["clauses"][0])

    (tmp_path / "report.json").write_text(json.dumps(judged), encoding="utf-8")
    assert len(whole) < LONGEST and "report.json" in short
    assert _run(short, tmp_path) == _run(whole, tmp_path)


def test_a_case_that_was_left_out_has_no_program():
    judged = _judged("IOU-4", "ciou")
    judged["clauses"][0]["counterexample"]["calls"][-1]["arguments"]["boxes1"]["data"] = None

    assert snippet(judged, judged["clauses"][0]) == ""


@pytest.mark.parametrize(
    "value",
    [
        np.array([[0.1, np.nan], [-np.inf, 1e-320]]),
        np.zeros((2, 0, 4)),
        np.full((3, 3), 0.25),
        np.array([True, False]),
        np.array([[[1], [2]]], np.int64),
        np.array(0.3),
        [np.ones((1, 2)), np.array([1.5])],
        (640, 480),
    ],
)
def test_every_value_survives_as_python(value):
    again = eval(literal(value), {"np": np, "nan": np.nan, "inf": np.inf})

    for a, b in zip(value, again) if isinstance(value, list) else [(value, again)]:
        np.testing.assert_array_equal(a, b)
        assert np.shape(a) == np.shape(b) and getattr(a, "dtype", None) == getattr(b, "dtype", None)
