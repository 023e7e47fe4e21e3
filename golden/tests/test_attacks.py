"""Golden tensors under attack: whatever a file holds, the case is refused by its name, nothing is loaded, nothing is left."""

import io
import json
import os
import pickle
import random
import tracemalloc
import zipfile

import numpy as np
import pytest

from golden import check
from golden.store import CASES, HOME, MANIFEST, describe, digest, json_text, npy, read_npz, sealed

CASE = "ciou-nested"

RUNS = int(os.environ.get("FUZZ_RUNS", 60))
"""Of the fuzz; `make fuzz` asks for 500."""


@pytest.fixture
def alone(tmp_path):
    """A folder with one case and no errata."""
    manifest = json.loads((HOME / MANIFEST).read_text("utf-8"))
    manifest = {**manifest, "errata": [], "cases": [one for one in manifest["cases"] if one["id"] == CASE]}
    (tmp_path / "golden" / CASES).mkdir(parents=True)
    (tmp_path / "golden" / MANIFEST).write_text(json_text(manifest), "utf-8")
    (tmp_path / "golden" / CASES / f"{CASE}.npz").write_bytes((HOME / CASES / f"{CASE}.npz").read_bytes())
    return tmp_path / "golden"


def seal(folder, data, **fields):
    """Put a file in the place of the case, and seal it as if it were right."""
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    entry = {**manifest["cases"][0], "file": {"size": len(data), "sha256": digest(data)}, **fields}
    (folder / MANIFEST).write_text(json_text({**manifest, "cases": [sealed(entry)]}), "utf-8")
    (folder / CASES / f"{CASE}.npz").write_bytes(data)


def zipped(*members, compression=zipfile.ZIP_STORED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name) if compression == zipfile.ZIP_STORED else name, data)
    return stream.getvalue()


def headed(text):
    """A .npy file with a header of one's own."""
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode() + bytes(64)


def overlapping():
    """Many members that share one body, as a bomb without compression does."""
    data = bytearray(zipped(*((f"{i:03}.npy", npy(np.zeros(2))) for i in range(20))))
    start = data.index(b"PK\x01\x02")
    at = start
    while data[at : at + 4] == b"PK\x01\x02":
        data[at + 42 : at + 46] = bytes(4)
        at += 46 + 7
    return bytes(data)


class Trap:
    """Says so when it is unpickled."""

    sprung = []

    def __reduce__(self):
        return (self.sprung.append, ("sprung",))


def trapped():
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.array([Trap()], object), allow_pickle=True)
    return stream.getvalue()


ATTACKS = {
    "pickled array": lambda: zipped(("in.boxes1.npy", trapped())),
    "pickle for a zip": lambda: pickle.dumps(Trap()),
    "zip bomb": lambda: zipped(("in.boxes1.npy", bytes(2**28)), compression=zipfile.ZIP_DEFLATED),
    "overlapping members": overlapping,
    "path traversal": lambda: zipped(("../../in.boxes1.npy", npy(np.zeros(2)))),
    "absolute path": lambda: zipped(("/in.boxes1.npy", npy(np.zeros(2)))),
    "same name twice": lambda: zipped(("a.npy", npy(np.zeros(2))), ("a.npy", npy(np.zeros(2)))),
    "enormous shape": lambda: zipped(("a.npy", headed("{'descr': '<f8', 'fortran_order': False, 'shape': (1099511627776,)}\n"))),
    "negative shape": lambda: zipped(("a.npy", headed("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}\n"))),
    "header without end": lambda: zipped(("a.npy", headed("{'descr': '<f8', 'shape': (1,"))),
    "header that is code": lambda: zipped(("a.npy", headed("__import__('os').abort()\n"))),
    "deep header": lambda: zipped(("a.npy", headed("[" * 5000 + "\n"))),
    "odd type": lambda: zipped(("a.npy", headed("{'descr': [('x', 'O')], 'fortran_order': False, 'shape': (1,)}\n"))),
    "nothing": lambda: b"",
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_hostile_file_that_is_sealed_as_if_right_is_refused_by_its_name(alone, capsys, attack):
    data, Trap.sprung[:] = ATTACKS[attack](), []
    seal(alone, data)
    around = sorted(alone.parent.rglob("*"))

    tracemalloc.start()
    status = check.main(alone)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    said = capsys.readouterr().err
    assert status == 1 and said.startswith(f"golden: {CASE}: "), said
    assert Trap.sprung == [] and most < 2**24
    assert sorted(alone.parent.rglob("*")) == around


def test_a_file_larger_than_any_case_is_refused_before_it_is_read(alone, capsys):
    seal(alone, b"", file={"size": 2**33, "sha256": digest(b"")})
    os.truncate(alone / CASES / f"{CASE}.npz", 2**33)

    assert check.main(alone) == 1
    assert f"golden: {CASE}: expected a file of at most " in capsys.readouterr().err


@pytest.mark.parametrize("id", ["../outside", "/etc/passwd", "..", "a/b", "A b", ""])
def test_an_id_that_leads_elsewhere_is_refused(alone, capsys, id):
    (alone / "outside.npz").write_bytes(b"")
    seal(alone, b"", id=id)

    assert check.main(alone) == 1
    assert "id: expected lower-case words joined by hyphens, got " in capsys.readouterr().err


def test_a_manifest_nested_without_end_is_refused(alone, capsys):
    (alone / MANIFEST).write_text("[" * 100_000)

    assert check.main(alone) == 1
    assert f"golden: {MANIFEST}: expected a readable JSON file" in capsys.readouterr().err


def damaged(data, chance):
    """The bytes with a few random faults."""
    data = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 8])):
        at, length = chance.randrange(len(data) + 1), chance.choice([1, 2, 8, 64])
        kind = chance.randrange(5)
        if kind == 0:
            data[at : at + length] = chance.randbytes(length)
        elif kind == 1:
            data[at : at + 1] = bytes([(data[at] if at < len(data) else 0) ^ 1 << chance.randrange(8)])
        elif kind == 2:
            del data[at : at + length]
        elif kind == 3:
            data[at:at] = data[max(at - length, 0) : at]
        else:
            del data[at:]
    return bytes(data)


def as_json(text):
    """What a manifest says, or None if it is no JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def described(data):
    return {name: describe(array) for name, array in read_npz(data).items()}


@pytest.mark.parametrize("sealing", [False, True])
def test_fuzz_no_damage_passes_and_none_ends_the_check(alone, capsys, sealing):
    path, manifest = alone / CASES / f"{CASE}.npz", alone / MANIFEST
    data, text = path.read_bytes(), manifest.read_bytes()
    right = described(data)

    for run in range(RUNS):
        chance = random.Random(run)
        other = damaged(data, chance)
        path.write_bytes(data), manifest.write_bytes(text)
        if sealing:
            seal(alone, other)
        elif run % 2:
            path.write_bytes(other)
        else:
            manifest.write_bytes(damaged(text, chance))
        unchanged = path.read_bytes() == data and as_json(manifest.read_bytes()) == as_json(text)

        status = check.main(alone)

        said = capsys.readouterr().err
        # Sealed, a zip may say otherwise what is not about its tensors.
        assert status == 1 and said or unchanged or sealing and described(other) == right, (run, said)
        assert sorted(found.name for found in alone.rglob("*")) == sorted([MANIFEST, CASES, f"{CASE}.npz"])
