"""The check, seen to fail on every kind of damage, each time with the name of the case."""

import io
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from golden import check, rules
from golden.store import CASES, HOME, MANIFEST, describe, digest, json_text, npz, read_npz, sealed

CASE = "ciou-nested"


def fails(folder, capsys, *words):
    """The check fails, and says all these words."""
    assert check.main(folder) == 1
    said = capsys.readouterr().err
    assert all(word in said for word in words), said


def rewrite(folder, change, case=CASE):
    """Apply a change to the case's entry (dict) and its tensors, and seal both as if that were right."""
    path, manifest = folder / CASES / f"{case}.npz", json.loads((folder / MANIFEST).read_text("utf-8"))
    tensors = read_npz(path.read_bytes())
    (at,) = [i for i, entry in enumerate(manifest["cases"]) if entry["id"] == case]
    entry = manifest["cases"][at]
    data = change(entry, tensors)
    data = npz(tensors) if data is None else data
    path.write_bytes(data)
    entry["file"] = {"size": len(data), "sha256": digest(data)}
    entry["tensors"] = {name: describe(array) for name, array in tensors.items()}
    manifest["cases"][at] = sealed(entry)
    (folder / MANIFEST).write_text(json_text(manifest), "utf-8")


def test_the_cases_in_the_tree_stand(capsys):
    assert check.main() == 0
    assert "cases verified" in capsys.readouterr().out


def test_any_altered_byte_is_seen(folder, capsys):
    path = folder / CASES / f"{CASE}.npz"
    data = path.read_bytes()

    for at in range(0, len(data), 211):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        fails(folder, capsys, CASE, "SHA-256")


def test_a_truncated_and_a_longer_file_are_seen_by_their_size(folder, capsys):
    path = folder / CASES / f"{CASE}.npz"
    size = path.stat().st_size

    os.truncate(path, size - 1)
    fails(folder, capsys, CASE, f"expected a file of {size} bytes, got {size - 1}")
    os.truncate(path, 2**33)
    fails(folder, capsys, CASE, f"got {2**33}")


def test_a_missing_and_an_extra_file_are_seen(folder, capsys):
    (folder / CASES / f"{CASE}.npz").rename(folder / CASES / "another.npz")
    (folder / CASES / "notes.txt").write_text("")

    fails(folder, capsys, f"{CASE}: expected the file", "another: expected no such file", "notes.txt: expected no such file")


def test_two_swapped_cases_are_seen(folder, capsys):
    one, other = (folder / CASES / f"{name}.npz" for name in ("iou-plain", "ciou-plain"))
    a, b = one.read_bytes(), other.read_bytes()
    one.write_bytes(b), other.write_bytes(a)

    fails(folder, capsys, "ciou-plain", "\ngolden: ciou-plain: expected")


@pytest.mark.parametrize("old, new", [
    ('"why": "catches: v', '"why": "catches v'), ('"beta": 6.0', '"beta": 6.5'), ('"seed_says": "3.58"', '"seed_says": "3.59"'),
], ids=["a word", "a hyperparameter", "an erratum"])
def test_an_altered_manifest_is_seen(folder, capsys, old, new):
    text = (folder / MANIFEST).read_text("utf-8")
    assert old in text

    (folder / MANIFEST).write_text(text.replace(old, new), "utf-8")

    fails(folder, capsys, "SHA-256")


@pytest.mark.parametrize("text, word", [("", "readable JSON"), ("[]", "fields"), ('{"format": 1, "format": 1}', "once")])
def test_a_manifest_that_is_none_is_seen(folder, capsys, text, word):
    (folder / MANIFEST).write_text(text)

    fails(folder, capsys, MANIFEST, word)


@pytest.mark.parametrize("field, value, word", [
    ("extra", 1, "expected the fields"), ("op", "siou", "expected one of"), ("clauses", ["BCE-1"], "expected ids of clauses"),
    ("clauses", ["IOU-4g"], "expected ids of clauses"),
    ("clauses", [], "expected ids of clauses"), ("why", 3, "expected str"), ("dialect", {"name": "x"}, "dialect"),
], ids=["extra field", "unknown op", "clause of another op", "clause of the gradient", "no clause", "wrong type", "half a dialect"])  # fmt: skip
def test_an_entry_that_is_not_one_is_seen(folder, capsys, field, value, word):
    rewrite(folder, lambda entry, tensors: entry.update({field: value}))

    fails(folder, capsys, CASE, word)


def test_two_entries_of_one_id_are_seen(folder, capsys):
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    manifest["cases"].append(manifest["cases"][0])
    (folder / MANIFEST).write_text(json_text(manifest), "utf-8")

    fails(folder, capsys, manifest["cases"][0]["id"], "expected one entry")


@pytest.mark.parametrize("change, words", [
    (lambda e, t: t.update({"out.values": t["out.values"] + 1e-13}), ("reference values[0]", "±")),
    (lambda e, t: t.update({"in.boxes1": t["in.boxes1"] + 1}), ("reference values[0]",)),
    (lambda e, t: t.update({"out.values": t["out.values"][:, None]}), ("expected shape (1, 1), got (1,)",)),
    (lambda e, t: t.update({"in.boxes1": t["in.boxes1"][0]}), ("boxes1: expected shape (N, 4), got (4,)",)),
    (lambda e, t: t.update({"printed.values": t["printed.values"] + 1e-4}), ("printed 0.61131",)),
    (lambda e, t: t.update({"out.more": t["out.values"]}), ("out.more",)),
    (lambda e, t: t.update({"more": t["out.values"]}), ("'more'",)),
    (lambda e, t: t.pop("out.values.bound32") is None or None, ("got ['bound64']",)),
    (lambda e, t: t.pop("in.boxes2") is None or None, ("expected the inputs",)),
    (lambda e, t: t.pop("printed.values.half") is None or None, ("half unit",)),
], ids=["value", "input", "shape", "input shape", "print", "output", "name", "bound", "no input", "no half"])  # fmt: skip
def test_content_that_is_sealed_but_wrong_is_seen(folder, capsys, change, words):
    def change_only(entry, tensors):
        change(entry, tensors)

    rewrite(folder, change_only)

    fails(folder, capsys, CASE, *words)


def test_a_decision_outside_its_own_legal_set_and_a_legal_but_different_one_are_seen(folder, capsys):
    def other(entry, tensors):
        tensors["out.claimed"] = tensors["out.claimed"][..., ::-1].copy()

    rewrite(folder, other, "topk-minute")
    fails(folder, capsys, "topk-minute: stored claimed", "topk-minute: reference claimed")
    rewrite(folder, other, "x3-topk-all-zero")
    fails(folder, capsys, "x3-topk-all-zero: reference claimed")


def saved(*args, **kwargs):
    stream = io.BytesIO()
    np.savez_compressed(stream, **kwargs) if args else np.savez(stream, **kwargs)
    return stream.getvalue()


@pytest.mark.parametrize("data, word", [
    (saved(**{"in.boxes1": np.array([{}], object)}), "plain numbers"),
    (saved("compressed", **{"in.boxes1": np.zeros(4)}), "without compression"),
    (saved(**{"in.boxes1": np.zeros(4, np.float16)}), "numbers of one of the types"),
    (b"no zip", "expected a zip"),
], ids=["pickled", "compressed", "half precision", "no zip"])
def test_files_that_are_not_plain_are_refused(folder, capsys, data, word):
    rewrite(folder, lambda entry, tensors: data)

    fails(folder, capsys, CASE, word)


def test_a_reference_that_drifted_is_seen(folder, capsys, monkeypatch):
    real = rules.FUNCTIONS["ciou"]
    drifted = real._replace(function=lambda *args, **named: real.function(*args, **named) * (1 + 1e-12))
    monkeypatch.setitem(rules.FUNCTIONS, "ciou", drifted)

    fails(folder, capsys, f"{CASE}: reference values[0]")


def test_an_erratum_that_the_stored_number_does_not_confirm_is_seen(folder, capsys):
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    manifest["errata"] = [sealed({**erratum, "right": erratum["right"].replace("4.74", "4.84")}) for erratum in manifest["errata"]]
    (folder / MANIFEST).write_text(json_text(manifest), "utf-8")

    fails(folder, capsys, "seed-002-distances", "erratum")


def test_the_check_needs_neither_mpmath_nor_hypothesis():
    code = "import sys; sys.modules.update(dict.fromkeys(('mpmath', 'hypothesis', 'pytest'))); import golden.check as c; c.main()"

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=HOME.parent)

    assert "cases verified" in ran.stdout, ran.stderr
