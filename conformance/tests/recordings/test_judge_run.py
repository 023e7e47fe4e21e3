"""`judge-run`: exit codes, the first line, JSON and the report."""

import json

import numpy as np
import pytest

from conformance.command import cli
from conformance.recordings.files import write
from conformance.recordings.judging import judge
from conformance.tests.recordings.test_judging import DIALECT, a_crowd, a_recording
from dataclasses import replace
from refimpl import PRESETS


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    monkeypatch.setitem(PRESETS, "TINY", DIALECT)


def test_a_step_that_conforms_ends_with_0(tmp_path, capsys):
    write(tmp_path, a_recording())

    assert cli.main(["judge-run", str(tmp_path), "--dialect", "TINY"]) == 0
    assert capsys.readouterr().out.startswith("CONFORMS: 1 step, step 0\n")


def test_a_break_is_said_in_the_first_line_with_its_step(tmp_path, capsys):
    for step, gain in ((0, 7.5), (4, 7.0)):
        recording = a_recording(replace(DIALECT, box_gain=gain))
        recording.facts["step"] = step
        write(tmp_path, recording)

    code = cli.main(["judge-run", str(tmp_path), "--dialect", "TINY", "--report", str(tmp_path / "report"), "--json"])

    told = json.loads(capsys.readouterr().out)
    assert code == 1 and told["headline"] == "BREAKS at step 4: box gain in force is 7, the dialect's is 7.5"
    assert [one["verdict"] for one in told["recordings"]] == ["CONFORMS", "BREAKS"]
    assert told["recordings"][1]["in_force"]["box"] == pytest.approx(7, rel=1e-4)
    assert "box gain in force is 7" in (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8")) == told


def test_a_file_that_cannot_be_read_does_not_keep_the_others_from_being_judged(tmp_path, capsys):
    write(tmp_path, a_recording())
    (tmp_path / "torn.npz").write_bytes(b"PK")

    code = cli.main(["judge-run", str(tmp_path), "--dialect", "TINY"])

    out, err = capsys.readouterr()
    assert code == 2 and out.startswith("CONFORMS: 1 step, step 0\n")
    assert f"not judged: {tmp_path / 'torn.npz'}: expected a .npz that can be read" in err


def test_one_judges_by_a_dialect_of_ones_own(tmp_path, capsys):
    recording = a_recording(replace(DIALECT, box_gain=5.0, class_weights=(1.0, 2.0, 3.0)))
    recording.facts["gains"] = (5.0, 0.5, 1.5)
    path = write(tmp_path, recording)
    own = "from conformance.example.tiny import DIALECT\nimport dataclasses\n"
    own += "MINE = dataclasses.replace(DIALECT, name='MINE', box_gain=5.0, class_weights=(1.0, 2.0, 3.0))\n"
    (tmp_path / "own.py").write_text(own)

    assert cli.main(["judge-run", str(path), "--dialect", f"{tmp_path}/own.py:MINE"]) == 0
    assert capsys.readouterr().out.startswith("CONFORMS: 1 step")
    assert cli.main(["judge-run", str(path), "--dialect", "TINY"]) == 1
    assert "box gain in force is 5, as the job says, the dialect's is 7.5" in capsys.readouterr().out


def of_ranks(folder, by):
    """The recordings of two ranks, whose gradients are those by an S of their own, or by that of both."""
    whole, ranks = [], [a_recording(seed=seed) for seed in (0, 4)]
    own = [judge(one, DIALECT).scores for one in ranks]
    for rank, (one, s) in enumerate(zip(ranks, own)):
        factor = {"own": 1.0, "both": s / sum(own), "none": 0.5}[by]
        facts = {**one.facts, "rank": rank, "world_size": 2}
        scaled = [np.float32(factor) * part for part in (one.total, one.components)]
        whole.append(one._replace(total=scaled[0], components=scaled[1], gradients=[np.float32(factor) * g for g in one.gradients], facts=facts))
    return [write(folder, one) for one in whole]


@pytest.mark.parametrize("by, verdict, words", [
    ("both", "CONFORMS", ", of all 2 ranks"),
    ("own", "CONFORMS", ", of this rank alone: its images do not weigh as those of the others; of all ranks it is "),
    ("none", "BREAKS", "the whole gradient is 0.5 times what it is to be"),
])  # fmt: skip
def test_ranks_divide_by_an_s_of_their_own_or_by_that_of_all(tmp_path, capsys, by, verdict, words):
    of_ranks(tmp_path, by)

    cli.main(["judge-run", str(tmp_path), "--dialect", "TINY"])

    told = capsys.readouterr().out
    assert told.startswith(verdict) and words in told


def test_the_dialect_by_which_a_step_conforms_stands_in_the_first_line(tmp_path, capsys):
    made_by = replace(PRESETS["YOLOV9"], num_classes=3, strides=(8,), box_gain=7.0)
    write(tmp_path, a_crowd(made_by, 3, boxes=10, sides=(0.1, 0.6), images=1))

    assert cli.main(["judge-run", str(tmp_path), "--dialect", "TINY"]) == 1
    first = capsys.readouterr().out.split("\n")[0]
    assert first.startswith("BREAKS") and "(the step conforms to YOLOV9; then box gain in force is 7" in first


def test_illegal_owners_are_drawn(tmp_path):
    write(tmp_path, a_recording(replace(DIALECT, topk=6), seed=1))

    cli.main(["judge-run", str(tmp_path), "--dialect", "TINY", "--report", str(tmp_path / "report")])

    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "anchor whose owner is illegal" in page and "<svg" in page


@pytest.mark.parametrize("words, told", [
    (["nothing.npz"], "nothing.npz: expected a .npz that can be read"),
    (["nothing.npz", "--dialect", "YOLOV0"], "dialect 'YOLOV0': unknown; known: YOLOV8"),
])  # fmt: skip
def test_without_a_recording_there_is_no_verdict(tmp_path, monkeypatch, capsys, words, told):
    monkeypatch.chdir(tmp_path)

    assert cli.main(["judge-run", *words]) == 2
    assert told in capsys.readouterr().err
