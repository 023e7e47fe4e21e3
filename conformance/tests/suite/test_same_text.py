"""The same text every time: what a report says depends on no clock, so a busy machine writes the same report, byte for byte."""

import contextlib
import multiprocessing
import os
import subprocess
import sys

from conformance.tests.conftest import ROOT

WRONG = "conformance.tests.calling.hostile_candidates:a_little_off"


def burn():
    while True:
        sum(range(100_000))


@contextlib.contextmanager
def busy():
    """As many processes that only burn time as there are processors, and one more."""
    burning = [multiprocessing.get_context("spawn").Process(target=burn, daemon=True) for _ in range((os.cpu_count() or 1) + 1)]
    for one in burning:
        one.start()
    try:
        yield
    finally:
        for one in burning:
            one.kill()
            one.join()


def reported(folder):
    """All files of a report on a candidate that breaks, and what was printed, by name; times aside."""
    words = ["--candidate", WRONG, "--only", "iou", "--profile", "quick", "--dtype", "float32", "--seed", "3", "--report", str(folder)]
    done = subprocess.run([sys.executable, "-m", "conformance", *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    return {**files, "printed": done.stdout.encode()}


def differing(idle, loaded):
    """The files that are not the same in two reports."""
    return sorted(name for name in {*idle, *loaded} if idle.get(name) != loaded.get(name))


def test_a_loaded_machine_writes_the_report_of_an_idle_one(tmp_path):
    idle = reported(tmp_path / "idle")
    with busy():
        loaded = reported(tmp_path / "loaded")

    assert len(idle) > 3 and differing(idle, loaded) == []


def test_a_report_that_depends_on_the_clock_would_be_seen():
    assert differing({"report.json": b"1"}, {"report.json": b"2"}) == ["report.json"]
    assert differing({"report.json": b"1"}, {}) == ["report.json"]
