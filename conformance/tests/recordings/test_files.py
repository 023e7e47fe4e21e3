"""The file of a recorded step is written whole or not at all, and read only if it is whole."""

import numpy as np
import pytest

from conformance.recordings import files
from conformance.recordings.files import NoRecording, Recording, read, write


def a_recording(**facts):
    level = np.linspace(-8, 1, 2 * 11 * 2 * 2).reshape(2, 11, 2, 2).astype(np.float32)
    gradient = np.zeros_like(level)
    whole = {"strides": (8.0,), "reg_max": 2, **facts}
    return Recording([level], np.zeros((0, 6), np.float32), np.float32(1), np.float32(1), np.ones(3), [gradient], whole)


def test_what_is_written_is_read(tmp_path):
    given = a_recording(step=7, source="mine")

    found = read(write(tmp_path, given))

    assert (found.maps[0] == given.maps[0]).all() and found.facts["step"] == 7 and found.facts["strides"] == (8.0,)
    assert found.facts["source"] == "mine" and np.isnan(found.facts["normaliser"])


@pytest.mark.parametrize("facts, name", [
    ({"step": 3}, "step000003.npz"),
    ({"step": 3, "rank": 1, "world_size": 4}, "step000003-rank1.npz"),
    ({"step": 3, "branch": "one_to_one"}, "step000003-one_to_one.npz"),
])  # fmt: skip
def test_the_name_tells_step_rank_and_branch(tmp_path, facts, name):
    assert write(tmp_path, a_recording(**facts)).name == name


def test_nothing_is_left_of_a_step_that_cannot_be_written(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError("no space left on device")

    monkeypatch.setattr(files.np, "savez", full)

    with pytest.raises(OSError, match="no space"):
        write(tmp_path, a_recording())
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_cut_off_is_refused(tmp_path):
    path = write(tmp_path, a_recording())
    path.write_bytes(path.read_bytes()[:-200])

    with pytest.raises(NoRecording, match=r"step000000\.npz: expected a \.npz that can be read"):
        read(path)


def test_another_version_or_another_file_is_refused(tmp_path, monkeypatch):
    np.savez(tmp_path / "other.npz", weights=np.zeros(2))
    monkeypatch.setattr(files, "SCHEMA", 2)
    path = write(tmp_path, a_recording())
    monkeypatch.undo()

    with pytest.raises(NoRecording, match="no recorded step; it holds weights"):
        read(tmp_path / "other.npz")
    with pytest.raises(NoRecording, match="expected schema 1, got 2"):
        read(path)


@pytest.mark.parametrize("change, words", [
    ({"schema": np.array("one")}, "expected schema 1, got 'one'"),
    ({"strides": np.zeros(1)}, "strides: expected numbers above 0"),
    ({"gains": np.array(["a", "b", "c"])}, "gains: expected numbers"),
    ({"step": np.zeros(2)}, "step: expected int"),
    ({"targets": np.array([["a"] * 6])}, "targets: expected real numbers"),
    ({"maps.0": np.zeros((2, 11, 2, 2), complex)}, "maps.0: expected real numbers"),
])  # fmt: skip
def test_what_is_no_fact_or_no_number_is_refused_by_name(tmp_path, change, words):
    path = write(tmp_path, a_recording())
    np.savez(path, **{**files.arrays_of(path), **change})

    with pytest.raises(NoRecording, match=words):
        read(path)


def test_a_single_array_is_no_recording(tmp_path):
    with (tmp_path / "one.npz").open("wb") as file:
        np.save(file, np.zeros(3))

    with pytest.raises(NoRecording, match="one.npz: expected a .npz that can be read: it is none, or damaged"):
        read(tmp_path / "one.npz")
