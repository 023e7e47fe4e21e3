"""The terminal gets colour and a line of progress, a pipe a line for each op."""

import io
from types import SimpleNamespace

import pytest

from conformance.command import terminal
from conformance.suite.report import Report, text
from conformance.judging.verdicts import BREAKS, CONFORMS, Row


class _Screen(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


def test_a_verdict_is_coloured_on_a_terminal_only():
    assert terminal.coloured("ciou BREAKS", io.StringIO()) == "ciou BREAKS"
    assert terminal.coloured("ciou BREAKS", _Screen()) == "ciou \033[1;31mBREAKS\033[0m"


@pytest.mark.parametrize("name, value", [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_a_user_can_ask_for_no_colour(name, value, monkeypatch):
    monkeypatch.setenv(name, value)

    assert terminal.coloured("CONFORMS", _Screen()) == "CONFORMS"
    assert not terminal.is_for_people(_Screen())


def test_colour_changes_no_letter():
    rows = (Row("iou", "IOU-1", BREAKS, 9, 2.0, 0.0, "why"), Row("giou", "IOU-2", CONFORMS, 9, 0.1, 0.0, ""))
    told = text(Report("mine", rows=rows))

    assert terminal._VERDICT.findall(told)
    assert terminal.re.sub(r"\033\[[\d;]*m", "", terminal.coloured(told, _Screen())) == told


def test_progress_is_a_line_that_is_gone_at_the_end():
    screen = _Screen()
    (shown,) = terminal.progress(screen, terminal.ONE_LINE)

    shown.pytest_collection_finish(SimpleNamespace(items=[1, 2, 3, 4]))
    shown.pytest_runtest_logfinish("first")
    shown.pytest_runtest_logstart("test_iou.py::test_iou_is_intersection_over_union[x-quick-float32-lattice]")
    line = screen.getvalue()
    shown.pytest_sessionfinish(None)

    assert line == "\r\033[K 25 %  iou is intersection over union"
    assert screen.getvalue().endswith("\r\033[K")


def test_progress_is_written_now_and_then_and_fits_eighty_columns():
    screen = _Screen()
    (shown,) = terminal.progress(screen, terminal.ONE_LINE)

    for _ in range(100):
        shown.pytest_runtest_logstart("x::test_" + "a" * 200)

    assert len(screen.getvalue()) == len("\r\033[K") + 79


def test_a_pipe_gets_a_line_for_each_op_that_is_done():
    pipe = io.StringIO()
    (shown,) = terminal.progress(pipe, terminal.LINES, "mine")
    tests = [f"x::test_{name}[float32]" for name in ("iou_IOU_1", "iou_IOU_1g", "make_anchors_ANC_2")]

    shown.pytest_collection_finish(SimpleNamespace(items=[SimpleNamespace(nodeid=one) for one in tests]))
    for one, clause, verdict in zip(tests, ("IOU-1", "IOU-1g", "ANC-2"), (BREAKS, CONFORMS, CONFORMS)):
        told = [("conformance", {"clause": clause, "verdict": verdict})]
        shown.pytest_runtest_logreport(SimpleNamespace(nodeid=one, when="call", user_properties=told))
        shown.pytest_runtest_logfinish(one)

    assert pipe.getvalue().splitlines() == [
        "mine: 1 of 2 ops done, iou: IOU-1 BREAKS, IOU-1g CONFORMS",
        "mine: 2 of 2 ops done, make_anchors: ANC-2 CONFORMS",
    ]


def test_who_asks_for_no_progress_gets_none():
    assert terminal.progress(io.StringIO(), terminal.NONE) == []
