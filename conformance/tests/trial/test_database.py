"""The shared example database: what broke in one process is the first thing that another one is asked."""

import os
import shutil
import socket
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


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture(params=["folder", "server"])
def shared(request, tmp_path):
    """The word for an empty database."""
    if request.param == "folder":
        yield "shared"
        return
    redis, program = pytest.importorskip("redis"), shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    port = free_port()
    server = subprocess.Popen([program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""], stdout=subprocess.DEVNULL, cwd=tmp_path)
    try:
        redis.Redis(port=port, retry=redis.retry.Retry(redis.backoff.ConstantBackoff(0.1), 100)).ping()
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait()


def test_what_broke_in_one_process_is_asked_first_in_another(tmp_path, shared):
    (tmp_path / "candidates.py").write_text(CANDIDATES)
    assert judge(tmp_path, "WrongIfWide", "--database", shared).returncode == 1

    without, having = first_widths(tmp_path), first_widths(tmp_path, "--database", shared)

    # The smallest box that is too wide, which a run of its own does not begin with.
    assert (having[0], without[0] == 6) == (6, False)


def test_a_server_that_does_not_answer_is_told_before_the_run(tmp_path):
    pytest.importorskip("redis")
    (tmp_path / "candidates.py").write_text(CANDIDATES)
    word = f"redis://127.0.0.1:{free_port()}/0"

    done = judge(tmp_path, "Right", "--database", word)

    assert done.returncode == 2 and done.stderr.startswith(f"conformance: database {word!r}: ") and done.stdout == "", done


@pytest.mark.parametrize("word", ["redis://localhost:1/0", "file.txt/inside"])
def test_a_database_that_cannot_be_used_is_refused(tmp_path, word):
    (tmp_path / "candidates.py").write_text(CANDIDATES)
    (tmp_path / "file.txt").write_text("")
    blocked = "import sys; sys.modules['redis'] = None; from conformance.command import cli; sys.exit(cli.main())"

    words = ["--candidate", "candidates.py:Right", "--database", word]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", blocked, *words], cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert done.returncode == 2 and f"database {word!r}: " in done.stderr, done
