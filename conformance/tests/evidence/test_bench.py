"""The benchmark runs and says what it found; nobody asserts a time."""

import re
import threading

import numpy as np
import pytest

from conformance.evidence import bench, growth, memory, sides
from conformance.evidence.sides import REFERENCE, Size
from conformance.publishing.readme_sections import ROOT

TINY = ["--images", "1", "--side", "64", "--repeat", "2", "--boxes", "2"]


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch):
    monkeypatch.chdir(ROOT)


def _printed(monkeypatch, capsys, rivals, others=0.0):
    monkeypatch.setattr(sides, "installed", lambda: rivals)
    monkeypatch.setattr(bench.os, "getloadavg", lambda: (0.0, 0.0, 0.0))
    monkeypatch.setattr(bench.Busy, "others", lambda self: others)
    assert bench.main(TINY) == 0
    return capsys.readouterr().out.splitlines()


def test_alone_the_reference_is_timed_per_core_and_on_all(monkeypatch, capsys):
    case, versions, headings, line, load = _printed(monkeypatch, capsys, ())

    assert case.startswith("B 1, 64 x 64, C 80, R 16; ") and f"NumPy {np.__version__} (BLAS " in versions
    assert all(kind in headings for kind in bench.KINDS) and line.split()[:3] == ["2", "refimpl", "float64"]
    assert line.count(" - ") == len(bench.KINDS) and re.search(r"\d+ \(\d+ before\)", line)
    assert load.split() == "2 load 0.00 (before 0.00)".split()


def test_beside_a_rival_both_compute_the_same_loss_and_ratios_are_shown(monkeypatch, capsys):
    pytest.importorskip("torch")

    *_, reference, rival, ratio, _ = _printed(monkeypatch, capsys, ("dense_torch",))

    assert float(rival.split()[-1]) == pytest.approx(float(reference.split()[-1]), rel=1e-3)
    assert "2  refimpl / dense_torch" in ratio and ratio.count(" - ") == len(bench.KINDS)


def test_on_a_busy_machine_no_ratio_of_wall_times_is_told(monkeypatch, capsys):
    pytest.importorskip("torch")

    *_, ratio, load = _printed(monkeypatch, capsys, ("dense_torch",), others=bench.LOAD + 0.1)

    assert ratio.count("(") == 2 and load.endswith("above 1.5, so no ratio of wall times")


def test_what_others_keep_busy_is_not_what_this_process_does():
    busy = bench.Busy()

    bench.seconds(lambda: sum(range(10**6)), lambda: 0.0)

    assert 0 <= busy.others() <= 4 * bench.cores()


def test_a_rival_that_is_not_installed_is_not_looked_for(monkeypatch):
    needs = {"ultralytics": ("conformance",), "dense_torch": ("no_such_package",), "dense_jax": ("conformance", "no_such_package")}
    monkeypatch.setattr(sides, "_NEEDS", needs)

    assert sides.installed() == ("ultralytics",)


def test_a_spread_is_the_median_with_the_ends():
    assert bench._spread([3, 1, 2.5], 1) == "2.5 (1.0 - 3.0)"


def test_both_sides_compute_the_same_loss_alone_and_with_its_gradient():
    pytest.importorskip("torch")
    size = Size(images=1, side=64, boxes=2)

    found = [work() for name in (REFERENCE, "dense_torch") for work in (sides.side(name, size).forward, sides.side(name, size).step)]

    assert found == pytest.approx([found[0]] * 4, rel=1e-4)


def test_per_core_the_reference_begins_no_thread_of_its_own(monkeypatch):
    one, seen = sides.side(REFERENCE, Size(images=2, side=64)), []
    monkeypatch.setattr("refimpl.threads.WORTH_A_THREAD", 0)
    monkeypatch.setattr("refimpl.threads.cores", lambda: 4)
    monkeypatch.setattr("refimpl.threads.ThreadPoolExecutor", lambda count: seen.append(count) or pytest.fail("a thread of its own"))

    one.threads(1)
    one.step()

    assert seen == [] and threading.active_count() >= 1


def test_memory_in_use_before_the_loss_is_part_of_the_peak():
    before, peak = memory.measured(REFERENCE, Size(images=1, side=320))

    assert 0 < before < peak


def test_a_slope_of_one_is_in_proportion():
    assert growth.slope([1, 2, 4], [0.3, 0.6, 1.2]) == pytest.approx(1) and growth.slope([1, 10], [1, 100]) == pytest.approx(2)


def test_the_growth_is_told_by_letter_with_a_bar_for_each_size(monkeypatch):
    monkeypatch.setattr(growth, "_seconds", lambda size: size.images * size.boxes**2 * size.classes * size.side**2)

    told = list(growth.lines())

    assert [line[:1] for line in told if "slope" in line] == ["B", "A", "G", "C"]
    assert "G, boxes: slope 2.00, above 1.05" in told and "C, classes: slope 1.00" in told
    assert told[-1].count("█") == growth.WIDTH
