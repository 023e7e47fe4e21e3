"""Dialects of one's own: named by file and name, judged by, and refused in words."""

import shlex

import pytest

from conformance.calling import dialects
from conformance.calling.candidate import CandidateNotFound, find
from conformance.command import cli
from conformance.evidence.panel import rounds, sights
from conformance.reporting.reproduce import built
from conformance.tests.drawn import found
from conformance.judging.rounding import FLOAT64
from conformance.suite.run import settings
from refimpl import YOLOV8

OWN = "from dataclasses import replace\nfrom refimpl import YOLOV8\nMINE = replace(YOLOV8, name='MINE', nms_compare='at_least')\nPI = 3\n"

WRONG = "conformance.tests.calling.hostile_candidates:a_little_off"

RIGHT = """
import functools, sys, types
import refimpl
sys.path.append({folder!r})
from own import MINE
def factory(dialect):
    return types.SimpleNamespace(nms=functools.partial(refimpl.nms, dialect=MINE))
"""


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "own.py"
    path.write_text(OWN)
    return path


def test_a_preset_is_named_and_any_other_is_held_by_a_file(own):
    assert dialects.named("YOLOV8") is YOLOV8
    assert dialects.named(f"{own}:MINE").nms_compare == "at_least"


def test_the_command_that_judges_again_names_the_dialect_as_it_was_named(own, capsys):
    words = ["--candidate", WRONG, "--dialect", f"{own}:MINE", "--only", "iou", "--dtype", "float32", "--profile", "quick", "-v"]
    assert cli.main(words) == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  replay: ")]

    status = cli.main(shlex.split(line)[4:])

    assert status == 1 and "BREAKS" in capsys.readouterr().out


def test_a_candidate_is_made_for_a_dialect_of_ones_own(own):
    assert find("conformance.candidates.reference32:factory", f"{own}:MINE").preset.name == "MINE"


@pytest.mark.parametrize(
    "word, said",
    [("YOLOV9000", "dialect 'YOLOV9000': unknown; known: YOLOV8"), ("own.py:NONE", "NONE"), ("own.py:PI", "expected a refimpl.Dialect, got int"), ("gone.py:MINE", "no file")],
)
def test_what_is_no_dialect_is_refused_by_name(own, monkeypatch, word, said):
    monkeypatch.chdir(own.parent)

    with pytest.raises(CandidateNotFound, match=said):
        dialects.named(word)


@pytest.mark.parametrize("named, clauses", [("YOLOV8", {"NMS-7"}), ("MINE", set())])
def test_a_right_candidate_of_another_dialect_breaks_by_the_usual_one_and_conforms_by_its_own(own, named, clauses):
    (own.parent / "right.py").write_text(RIGHT.format(folder=str(own.parent)))
    judged = find(f"{own.parent}/right.py:factory", YOLOV8.name if named == "YOLOV8" else f"{own}:MINE")
    run = settings(profile="quick", seed=1, dtype="float64", only=None)
    (examples,) = (r for r in rounds(run, judged.served, ["nms"]) if r.event == "overlap equals the threshold")

    seen = sights(examples, judged, [{} for _ in examples.cases])

    assert {one.clause for one in seen if one.reason} == clauses


def test_the_program_of_a_case_tells_a_dialect_of_ones_own_by_what_differs(own):
    case = found("nms", "lattice", FLOAT64)[0].under(dialects.named(f"{own}:MINE"))

    assert 'replace(refimpl.PRESETS["YOLOV8"], name=\'MINE\', nms_compare=\'at_least\')' in built(case)
