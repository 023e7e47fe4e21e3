"""Every failure prints a command that judges exactly its example again."""

import shlex
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from conformance.command import cli
from conformance.suite import replay_word as replay
from conformance.suite.run import settings
from conformance.calling.candidate import Candidate
from conformance.ops.spec import PROPERTIES
from conformance.trial.examples import drawn
from conformance.tests.conftest import ROOT
from conformance.tests.examining import IOU, candidate, examined, right, wrong
from conformance.judging.verdicts import Outcome
from refimpl import YOLOV8

WRONG = "conformance.tests.calling.hostile_candidates:a_little_off"


def same(one, other):
    """Whether two arguments are the same in value, type and shape."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, (list, tuple)):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


@pytest.mark.parametrize("judged", {one.op: one for one in PROPERTIES}.values(), ids=lambda judged: judged.op)
def test_a_word_is_read_as_the_very_example_it_was_made_of(judged):
    run = replace(settings(profile="quick", seed=1, dtype="float32", only=None), examples=1)
    event = judged.events[0]
    case = drawn(run, judged.op, event, "float32", judged.cases, [YOLOV8])[-1]

    outcome, found = replay.read(replay.word(Outcome(judged.clause, judged.op, "float32", event), case))

    assert outcome == Outcome(judged.clause, judged.op, "float32", event)
    assert found.dialect == case.dialect and list(found.arguments) == list(case.arguments)
    assert all(same(found.arguments[name], case.arguments[name]) for name in case.arguments)


@pytest.mark.parametrize("text", ["", "nonsense", "eJwrSSwuKU4tKgYAD0wDNw==", "-_é"])
def test_a_word_that_no_report_printed_is_refused(text):
    with pytest.raises(replay.ReplayError, match="replay: expected the word that a report printed, got "):
        replay.read(text)


def test_the_printed_command_judges_the_smallest_case_again(capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    words = ["--candidate", WRONG, "--only", "iou", "--dtype", "float32", "--profile", "quick"]
    assert cli.main(words) == 1
    first = capsys.readouterr().out
    (line,) = [line for line in first.splitlines() if line.startswith("  replay: ")]

    printed = shlex.split(line)[1:]
    status = cli.main(printed[3:])

    again = capsys.readouterr().out
    assert printed[:5] == ["python", "-m", "conformance", "--candidate", WRONG] and status == 1
    shown = first[first.index("  smallest case:") : first.index(line)].partition("  elsewhere")[0]
    assert shown in again and line in again and "run        one example, judged again\n" in again


def test_a_candidate_that_was_mended_conforms_on_replay(capsys):
    found = examined(IOU, candidate(iou=wrong), settings(profile="quick", seed=None, dtype="float32", only=None)).detail
    word = found.split("--replay ")[1]

    assert cli.main(["--candidate", "conformance.tests.calling.hostile_candidates:Right", "--replay", word]) == 0
    assert "IOU-1  CONFORMS" in capsys.readouterr().out


def test_an_example_too_large_for_a_word_names_the_search_that_found_it(monkeypatch):
    monkeypatch.setattr(replay, "LONGEST", 10)
    run = settings(profile="quick", seed=7, dtype="float32", only=None)

    found = examined(IOU, candidate(iou=wrong), run).detail

    assert found.endswith("replay: python -m conformance --candidate word --profile quick --seed 7 --only iou --dtype float32")


def test_a_command_is_safe_to_paste(monkeypatch):
    monkeypatch.setattr(replay, "LONGEST", 10)
    judged = Candidate(lambda dialect: SimpleNamespace(iou=wrong), YOLOV8, "my file.py:attr; rm")

    found = examined(IOU, judged, settings(profile="quick", seed=None, dtype="float32", only=None))

    command = found.detail.rpartition("replay: ")[2]
    assert shlex.split(command)[4] == "my file.py:attr; rm" and found.counterexample["replay"] == command


def test_a_word_is_refused_before_anything_is_judged(capsys):
    assert cli.main(["--candidate", WRONG, "--replay", "nonsense"]) == 2
    assert "replay: expected the word that a report printed, got 'nonsense'" in capsys.readouterr().err


def test_a_right_candidate_prints_no_command():
    run = settings(profile="quick", seed=None, dtype="float32", only=None)

    assert "replay" not in examined(IOU, candidate(iou=right), run).detail
