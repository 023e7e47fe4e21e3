"""The benchmark runs and says what it found; nobody asserts a time."""

import numpy as np
import pytest

from conformance.evidence import bench
from conformance.publishing.readme_sections import ROOT

TINY = ["--images", "1", "--repeat", "1", "--threads", "1"]


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch):
    monkeypatch.chdir(ROOT)


def test_alone_the_reference_is_timed_for_each_number_of_boxes(monkeypatch, capsys):
    monkeypatch.setattr(bench, "RIVALS", ())

    status = bench.main(TINY)

    case, headings, *lines = capsys.readouterr().out.splitlines()
    assert status == 0 and case.startswith("B 1, 640 x 640, C 80, R 16; 1 threads, 1 rounds")
    assert headings.split() == [word for heading in bench._HEADINGS for word in heading.split()]
    assert [line.split()[:3] for line in lines] == [[str(boxes), "refimpl", "float64"] for boxes in bench.BOXES]
    assert all(line.count(" - ") == len(bench._HEADINGS) - 3 for line in lines)


def test_beside_a_rival_both_compute_the_same_loss_and_a_ratio_is_shown(monkeypatch, capsys):
    pytest.importorskip("torch")
    monkeypatch.setattr(bench, "RIVALS", ("dense_torch",))
    monkeypatch.setattr(bench, "BOXES", (3,))

    bench.main(TINY)

    reference, rival, ratio = capsys.readouterr().out.splitlines()[2:]
    assert float(rival.split()[-1]) == pytest.approx(float(reference.split()[-1]), rel=1e-3)
    assert "3  refimpl / dense_torch" in ratio and ratio.count(" - ") == len(bench._SECONDS)
    assert all(float(shown.split()[0]) > 0 for shown in ratio.split("dense_torch")[1].split(")")[:-1])


def test_a_rival_that_is_not_installed_is_not_looked_for():
    assert bench._installed("conformance") and not bench._installed("no_such_package")


def test_a_spread_is_the_median_with_the_ends():
    assert bench._spread([3, 1, 2.5], 1) == "2.5 (1.0 - 3.0)"


def test_both_sides_compute_the_same_gradient():
    pytest.importorskip("torch")
    sides = [bench._side(name, *bench._batch(boxes=2, images=1), threads=1) for name in ("refimpl", "dense_torch")]

    reference, rival = ([np.asarray(level) for level in gradient(forward())] for _, forward, gradient, _ in sides)

    for expected, got in zip(reference, rival):
        np.testing.assert_allclose(got, expected, atol=1e-4 * abs(expected).max())


def test_both_passes_are_timed_apart_and_together():
    run = bench._process("refimpl", 1, bench._parser().parse_args(TINY))

    assert min(run[key] for key in bench._SECONDS) > 0


def test_memory_in_use_before_the_loss_is_part_of_the_peak():
    run = bench._process("refimpl", 1, bench._parser().parse_args(TINY))

    assert 0 < run["start"] <= run["peak"]
