"""The shared example database: what broke in one process is the first thing that another one is asked."""

import os
import subprocess
import sys

import pytest

from conformance.tests.conftest import ROOT

CANDIDATES = '''
import numpy as np
import refimpl

class Right:
    def __init__(self, dialect): self.dialect = dialect
    def iou(self, boxes1, boxes2): return np.asarray(refimpl.iou(boxes1, boxes2, dialect=self.dialect)).astype(boxes1.dtype)

class WrongIfWide(Right):
    def iou(self, boxes1, boxes2): return super().iou(boxes1, boxes2) + (boxes1[:, 2] - boxes1[:, 0] > 5)

class TellsItsFirstCall(Right):
    def iou(self, boxes1, boxes2):
        with open("calls.txt", "a") as file: file.write(f"{boxes1[0, 2] - boxes1[0, 0] if len(boxes1) else 0:g} ")
        return super().iou(boxes1, boxes2)
'''


def judge(folder, name, *words):
    """Judge a candidate in a process of its own."""
    words = ["--candidate", f"candidates.py:{name}", "--only", "iou", "--profile", "quick", "--dtype", "float32", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "conformance", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def first_widths(folder, *words):
    """The widths of the first boxes of all calls in a run."""
    (folder / "calls.txt").unlink(missing_ok=True)
    assert judge(folder, "TellsItsFirstCall", *words).returncode == 0
    return [float(width) for width in (folder / "calls.txt").read_text().split()]


def test_what_broke_in_one_process_is_asked_first_in_another(tmp_path):
    (tmp_path / "candidates.py").write_text(CANDIDATES)
    broken = judge(tmp_path, "WrongIfWide", "--database", "shared")
    assert broken.returncode == 1 and any(path.is_file() for path in (tmp_path / "shared").rglob("*")), broken

    without, having = first_widths(tmp_path), first_widths(tmp_path, "--database", "shared")

    # The smallest box that is too wide, which a run of its own does not begin with.
    assert (having[0], without[0] == 6) == (6, False)


@pytest.mark.parametrize("word", ["redis://localhost:1/0", "file.txt/inside"])
def test_a_database_that_cannot_be_used_is_refused(tmp_path, word):
    (tmp_path / "candidates.py").write_text(CANDIDATES)
    (tmp_path / "file.txt").write_text("")
    blocked = "import sys; sys.modules['redis'] = None; from conformance import cli; sys.exit(cli.main())"

    words = ["--candidate", "candidates.py:Right", "--database", word]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", blocked, *words], cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert done.returncode == 2 and f"database {word!r}: " in done.stderr, done
