"""Shared by the tests of loading and of the command line: installed packages, and a stand-in for the suite.

The stand-in has one test of one clause, in which what the candidate's `iou` returns decides its verdict.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import conformance

ROOT = Path(conformance.__file__).parents[1]

STANDIN = """
from types import SimpleNamespace
from conformance.calling.errors import CandidateError
from conformance.judging.rounding import PRECISIONS
from conformance.judging.verdicts import BREAKS, ERROR, NOT_PROVIDED, Outcome

def test_iou(candidate, run, dtype, event, request):
    outcome, said = Outcome("IOU-1", "iou", dtype, event, examples=run.examples, values=1), None
    try:
        said = candidate.call("iou", candidate.preset, (), PRECISIONS[dtype])[0] if "iou" in candidate.ops else 3
        outcome.undecided_values = int(said == 2)
        outcome.verdict = {1: BREAKS, 3: NOT_PROVIDED}.get(int(said), outcome.verdict)
        outcome.detail = "iou: 1 of 2 wrong ± ε"
    except CandidateError as error:
        outcome.verdict, outcome.detail = ERROR, str(error)
    if said != 4:
        request.node.user_properties.append(("conformance", outcome.as_dict()))
    assert said != 5, "a bug in the suite"

asked = SimpleNamespace(large=(), alike=(), few=())
test_iou.conformance = SimpleNamespace(clause="IOU-1", op="iou", events=("first", "second"), cases=asked)
"""

CANDIDATES = """
import os, signal, time
from types import SimpleNamespace

def saying(number):
    return lambda dialect: SimpleNamespace(iou=lambda: number)

conforms, breaks, undecided, silent, bug = saying(0), saying(1), saying(2), saying(4), saying(5)
def nearly(dialect): return SimpleNamespace(iou=lambda: 0, bce_los=print)
def not_provided(dialect): return SimpleNamespace(giou=print)
def raises(dialect): return SimpleNamespace(iou=lambda: {}["key"])
def interrupts(dialect): return SimpleNamespace(iou=interrupt)
def interrupt(): raise KeyboardInterrupt
def interrupts_second(dialect, answers=[]): return SimpleNamespace(iou=lambda: interrupt() if answers else answers.append(0) or 0)
def terminate(): os.kill(os.getpid(), signal.SIGTERM) or time.sleep(9)
def terminates_second(dialect, answers=[]): return SimpleNamespace(iou=lambda: terminate() if answers else answers.append(0) or 0)
def fails(dialect): raise ValueError("no room")
def needs(dialect): import no_such_package
def serves_16(dialect):
    if dialect.reg_max != 16: raise NotImplementedError("reg_max must be 16")
    return conforms(dialect)
def prints(dialect):
    print("out of the factory")
    return SimpleNamespace(iou=lambda: print("out of the op") or 0)
"""


@pytest.fixture
def announce(tmp_path):
    """Announce entry points of one group as a package installed in `tmp_path` does."""

    def write(group, **points):
        info = tmp_path / "somewhere-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: somewhere\nVersion: 1.0\n")
        lines = "".join(f"{name} = {value}\n" for name, value in points.items())
        (info / "entry_points.txt").write_text(f"[{group}]\n{lines}")

    return write


@pytest.fixture
def command(tmp_path):
    """Run the command line on the stand-in, in a folder with the candidates."""
    (tmp_path / "standin").mkdir()
    (tmp_path / "standin" / "__init__.py").write_text("")
    (tmp_path / "standin" / "test_standin.py").write_text(STANDIN, encoding="utf-8")
    (tmp_path / "made.py").write_text(CANDIDATES)
    start = (
        "import sys; from conformance.calling import loading; from conformance.command import cli, one_candidate\n"
        "one_candidate.CLAUSES_PACKAGE, loading.GROUP = 'standin', 'standin.candidates'; sys.exit(cli.main())"
    )

    def run(*words, **environment):
        environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}", **environment}
        arguments = [sys.executable, "-c", start, *words]
        if "|" in words:
            arguments = ["bash", "-c", f"{shlex.join([sys.executable, '-c', start])} {' '.join(words)}"]
        return subprocess.run(arguments, cwd=tmp_path, env=environment, capture_output=True, text=True)

    return run
