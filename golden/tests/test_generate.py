"""Generating: idempotent, atomic, the same on every machine."""

import functools
import importlib
import os
import subprocess
import sys

import numpy as np
import pytest

from conformance.judging.rounding import PRECISIONS
from golden import check, generate, store
from golden.bounds import derived, upward
from golden.definitions import DEFINITIONS
from conformance.cases.stored import input_tensors, pattern, printed_tensors
from golden.rules import arguments


TENSORS = {one.id: functools.lru_cache(None)(functools.partial(generate.tensors_of, one)) for one in DEFINITIONS}


@pytest.fixture
def computed_once(monkeypatch):
    """The tensors of a case are the same in each of the tests that are about files."""
    monkeypatch.setattr(generate, "tensors_of", lambda definition: TENSORS[definition.id]())


def contents(folder):
    """Bytes and time of writing of every file."""
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_cases_in_the_tree_are_those_that_are_defined(folder, capsys, computed_once):
    before = contents(folder)

    assert generate.main(folder) == 0

    assert contents(folder) == before
    assert capsys.readouterr().out == f"golden: {len(DEFINITIONS)} cases, 0 files written, 0 removed\n"


def test_cases_written_from_nothing_are_the_same_bytes(folder, tmp_path, computed_once):
    generate.main(tmp_path / "new")

    assert (tmp_path / "new" / store.MANIFEST).read_bytes() == (folder / store.MANIFEST).read_bytes()
    for path in (folder / store.CASES).iterdir():
        assert (tmp_path / "new" / store.CASES / path.name).read_bytes() == path.read_bytes()


def test_a_processor_with_fewer_instructions_writes_the_same_bytes(folder, tmp_path):
    core = importlib.import_module("numpy._core" if hasattr(np, "_core") else "numpy.core")
    dispatched = core._multiarray_umath
    environment = {**os.environ, "NPY_DISABLE_CPU_FEATURES": " ".join(dispatched.__cpu_dispatch__)}
    code = "import pathlib, sys; from golden import generate; generate.main(pathlib.Path(sys.argv[1]))"

    subprocess.run([sys.executable, "-W", "ignore", "-c", code, tmp_path / "new"], env=environment, cwd=store.HOME.parent, check=True)

    assert (tmp_path / "new" / store.MANIFEST).read_bytes() == (folder / store.MANIFEST).read_bytes()


def test_altered_missing_and_obsolete_files_are_put_right(folder, computed_once):
    cases, before = folder / store.CASES, {path.name: path.read_bytes() for path in (folder / store.CASES).iterdir()}
    damaged = cases / "ciou-nested.npz"
    damaged.write_bytes(damaged.read_bytes()[:10] + b"\1" + damaged.read_bytes()[11:])  # a date in the zip, no tensor
    (cases / "bce-saturated.npz").unlink()
    (cases / "obsolete.npz").write_bytes(b"")
    (cases / ".new-left-over").write_bytes(b"")

    changes = generate.write(folder)

    assert sorted(changes.written) == ["bce-saturated.npz", "ciou-nested.npz"]
    assert sorted(changes.removed) == [".new-left-over", "obsolete.npz"]
    assert {path.name: path.read_bytes() for path in cases.iterdir()} == before


def test_an_interrupted_run_leaves_whole_files(folder, computed_once):
    for path in (folder / store.CASES).iterdir():
        path.write_bytes(b"old")
    moved = []

    def interrupted(source, target):
        if len(moved) == 2:
            raise KeyboardInterrupt
        moved.append(target)
        os.rename(source, target)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(store.os, "replace", interrupted)
        generate.write(folder)

    sizes = {path.name: path.stat().st_size for path in (folder / store.CASES).iterdir()}
    assert not [name for name in sizes if name.startswith(".")]
    assert sorted(size != 3 for size in sizes.values()) == [False] * (len(sizes) - 2) + [True] * 2
    assert generate.main(folder) == check.main(folder) == 0


def test_a_bound_is_rounded_up_to_six_bits_and_by_little():
    errors = np.array([0.0, 1e-7, 2.0**-24, 1 / 3, np.inf, 3e-308])

    rounded = upward(errors)

    assert rounded[0] == 0 and rounded[4] == np.inf
    finite = np.isfinite(errors) & (errors > 0)
    assert (rounded[finite] > errors[finite]).all() and (rounded[finite] <= errors[finite] * 1.04).all()
    assert (np.ldexp(np.frexp(rounded[finite])[0], 6) % 1 == 0).all()


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.id)
def test_no_bound_lies_so_near_a_step_that_another_machine_could_round_it_elsewhere(definition):
    given = arguments(definition.op, input_tensors(definition.op, definition.inputs))
    answer = generate.expected(definition.op, given, definition.dialect)

    for precision in PRECISIONS.values():
        for error in derived(definition.op, given, definition.dialect, answer, precision).values():
            for factor in (1 - 1e-7, 1 + 1e-7):
                np.testing.assert_array_equal(upward(error * factor), upward(error))


def test_printed_digits_carry_half_a_unit_of_their_last_place():
    tensors = printed_tensors({"x": [["5.3", "1.7856e+02"], ["80.", ""], ["0.0000e+00", "0.0000"]]})

    np.testing.assert_array_equal(tensors["printed.x"], [[5.3, 178.56], [80, np.nan], [0, 0]])
    np.testing.assert_array_equal(tensors["printed.x.half"], [[0.05, 0.005], [0.5, np.nan], [0, 0.00005]])


def test_patterns_are_on_a_lattice_and_differ_by_start():
    one, other = pattern((4, 50), 1), pattern((4, 50), 2)

    assert np.abs(one).max() == 3 and (one * 8 % 1 == 0).all() and (one != other).any()
