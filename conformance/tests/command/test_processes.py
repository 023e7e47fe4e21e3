"""Processes that judge are forked where that is safe, and started afresh elsewhere, with the same report."""

import sys
from types import ModuleType

import pytest

from conformance.command import options, processes, run, soak, terminal

BRIEFLY = ["--profile", "quick", "--only", "ema_decay", "--quiet"]


def judged():
    """The rows of the one report on a candidate."""
    asked = options.read(["reference32", *BRIEFLY])
    how = run.settings(asked)
    (found,) = processes.each(run.judging(asked, [asked.candidate], how, terminal.NONE), [asked.candidate])
    return found.rows


@pytest.fixture
def loaded_framework(monkeypatch):
    """A framework with threads of its own is loaded, or seems to be."""
    monkeypatch.setitem(sys.modules, "torch", sys.modules.get("torch", ModuleType("torch")))


def test_a_process_is_not_forked_where_a_framework_has_threads(loaded_framework):
    assert not processes._forks()


def test_a_process_that_is_started_afresh_gives_the_same_report(monkeypatch):
    forked = judged()
    monkeypatch.setattr(processes, "_forks", lambda: False)

    assert judged() == forked


def test_a_soak_goes_on_in_processes_that_are_started_afresh(monkeypatch):
    monkeypatch.setattr(processes, "_forks", lambda: False)

    assert soak.main(["reference32", *BRIEFLY, "--rounds", "1"]) == 0
