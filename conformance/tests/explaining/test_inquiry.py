"""Inquiry: on which other examples a break shows, and whether it shows by itself or after earlier calls."""

import random
from dataclasses import replace

import pytest

import refimpl
from conformance.command import cli
from conformance.explaining import elsewhere as neighbours
from conformance.suite.run import settings
from conformance.calling.candidate import Candidate
from conformance.explaining.elsewhere import Elsewhere
from conformance.tests.conftest import ROOT
from conformance.tests.examining import IOU, candidate, examined, right
from conformance.judging.verdicts import BREAKS
from refimpl import YOLOV8

REMEMBERING = "conformance.tests.calling.remembering_candidates:"


@pytest.fixture
def run():
    return settings(profile="quick", seed=None, dtype="float32", only=None)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    monkeypatch.setattr(neighbours, "WORK", 10_000)


def line(outcome, name):
    """The line of a name in what the user reads; "" if there is none."""
    return next((x.strip() for x in outcome.detail.splitlines() if x.strip().startswith(f"{name}: ")), "")


def test_the_shorter_list_of_events_is_told():
    only = Elsewhere(10, 3, ("H != W",), ("lattice", "real"))
    other = Elsewhere(10, 9, ("lattice", "real"), ("H != W",))
    many = Elsewhere(30, 10, tuple("abcdefghij"), tuple("klmnopqrstu"))

    assert str(only) == "elsewhere: breaks on 3 of 10 other examples, only with “H != W”"
    assert str(other) == "elsewhere: breaks on 9 of 10 other examples, not with “H != W”"
    assert str(many).endswith("“h” and 2 more")
    assert str(Elsewhere(8, 5, ("lattice", "real"))) == "elsewhere: breaks on 5 of 8 other examples"
    assert str(Elsewhere(5, 5, ("real",))) == "elsewhere: breaks on all of 5 other examples"
    assert str(Elsewhere(5, 0, (), ("real",))) == "elsewhere: breaks on none of 5 other examples"
    assert str(Elsewhere()) == ""


def test_a_fault_that_needs_an_event_is_told_from_one_that_shows_everywhere(run):
    def many(a, b):
        return right(a, b) + (len(a) > 1024)

    found = [examined(IOU, candidate(iou=iou), replace(run), "many pairs") for iou in (many, lambda a, b: right(a, b) + 1)]

    assert line(found[0], "elsewhere").endswith("other examples, only with “many pairs”, “many rows”")
    assert line(found[1], "elsewhere").endswith("other examples, not with “no pairs”")


def test_a_fault_of_every_instance_has_nothing_to_do_with_memory(run):
    assert line(examined(IOU, candidate(iou=lambda a, b: right(a, b) + 1), run), "memory") == ""


class FirstOfItsShape:
    """Answers every call as the first one with as many pairs."""

    def __init__(self, dialect):
        self.first = {}

    def iou(self, boxes1, boxes2):
        return self.first.setdefault(boxes1.shape, refimpl.iou(boxes1, boxes2, dialect=YOLOV8))


def test_the_earlier_call_that_a_break_needs_is_found_and_replayed(run):
    found = examined(IOU, Candidate(FirstOfItsShape, YOLOV8, "word"), replace(run, examples=50))

    assert found.verdict == BREAKS
    assert line(found, "memory").endswith("something is kept between calls, only after the call before it is it wrong")
    assert "asked before:" in found.detail and len(found.counterexample["calls"]) == 2


def test_a_fault_by_chance_is_not_laid_on_an_earlier_call(run):
    dice = random.Random()  # Hypothesis seeds that of the module.
    outcome = examined(IOU, candidate(iou=lambda a, b: right(a, b) + (dice.random() < 0.05)), replace(run, examples=400))

    assert outcome.verdict == BREAKS and len(outcome.counterexample["calls"]) == 1
    # By chance, too, the case may break when it is asked alone.
    assert line(outcome, "memory")[-55:] in ("", "something is kept between calls, or chance has a part in it"[-55:])


def test_what_a_module_keeps_is_seen_from_a_new_process(capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    status = cli.main(["--candidate", REMEMBERING + "by_module", "--only", "iou", "--dtype", "float32", "--profile", "quick"])

    assert status == 1
    assert "memory: asked this alone, a new process answers right" in capsys.readouterr().out


def test_where_arguments_lie_is_not_taken_for_memory(capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    status = cli.main(["--candidate", REMEMBERING + "by_layout", "--only", "iou", "--dtype", "float32", "--profile", "quick"])

    said = capsys.readouterr().out
    assert status == 1 and "transposed in memory" in said and "memory: asked" not in said
