"""The proof of the house: families that live in a folder of tests go through everything, with no other file touched."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.tests.conftest import ROOT

HOME = Path(__file__).parent
FAMILIES = ("box_area", "largest_box", "dimmed")
"""Each is named as its one op: numbers with a gradient; a decision; an image of whole numbers and a plain number."""

CLAUSES = {"box_area": {"AREA-1"}, "largest_box": {"LARGE-1"}, "dimmed": {"DIM-1"}}
"""What the wrong candidate breaks."""

BUGS = {"box_area": "area-plus-one", "largest_box": "largest-by-width", "dimmed": "dimmed-wraps-round"}

WRONG, RIGHT = ("conformance.tests.families.candidates:" + name for name in ("Wrong", "Right"))
ONLY = ("--only", ",".join(FAMILIES), "--profile", "quick")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with a package that announces the families, and a way to run Python where it is installed."""
    folder = tmp_path_factory.mktemp("installed")
    info = folder / "outside-1.0.dist-info"
    info.mkdir()
    points = "".join(f"{name} = conformance.tests.families.{name}\n" for name in FAMILIES)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: outside\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[conformance.families]\n{points}")

    def run(*words):
        environment = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}
        return subprocess.run([sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True)

    run.folder = folder
    return run


@pytest.fixture(scope="module")
def report(installed):
    """The record of the wrong candidate, by op."""
    done = installed("-m", "conformance", "--candidate", WRONG, *ONLY, "--report", "report", "--quiet")
    assert done.returncode == 1, done.stderr
    record = json.loads((installed.folder / "report" / "report.json").read_text(encoding="utf-8"))
    return {clause["op"]: clause for clause in record["clauses"] if clause["counterexample"]}


def told(done):
    """The last line of a program that prints JSON."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("op", FAMILIES)
def test_a_fault_breaks_its_clause_is_named_and_made_small(report, op):
    found = report[op]

    assert found["id"] in CLAUSES[op] and BUGS[op] in [bug["id"] for bug in found["counterexample"]["bugs"]]
    assert all(len(call["arguments"]) for call in found["counterexample"]["calls"])
    sizes = [x["shape"] for x in found["counterexample"]["calls"][-1]["arguments"].values() if isinstance(x, dict)]
    assert max(max(shape) for shape in sizes) <= 4


@pytest.mark.parametrize("op", FAMILIES)
def test_what_a_break_needs_is_told_from_what_is_there_by_chance(report, op):
    assert report[op]["counterexample"]["contrast"] and report[op]["counterexample"]["elsewhere"]


def test_a_break_has_its_picture_on_the_page(report, installed):
    page = (installed.folder / "report" / "report.html").read_text(encoding="utf-8")

    assert "box_area" in report and ">The box</title>" in page


@pytest.mark.parametrize("op", FAMILIES)
def test_the_printed_command_judges_the_case_again(report, installed, op):
    words = shlex.split(report[op]["counterexample"]["replay"])

    assert installed(*words[1:]).returncode == 1


def test_the_right_candidate_conforms_here_and_in_a_process_of_its_own(installed):
    for isolated in ([], ["--isolate"]):
        done = installed("-m", "conformance", "--candidate", RIGHT, *ONLY, *isolated)

        assert done.returncode == 0, done.stdout + done.stderr


GOLDEN = f"""
import json, pathlib, tempfile
from conformance.ops import family
from golden import check, draw, generate
from golden.store import HOME
generate.ERRATA = ()
generate.DEFINITIONS = [one for one in family.rows("golden cases") if one.op in {FAMILIES}]
folder = pathlib.Path(tempfile.mkdtemp())
written = generate.write(folder).written
entries, _ = check.read_manifest(folder)
drawn = [draw.svg(entry, check.read_case(folder, entry)) for entry in entries]
print(json.dumps([written, check.problems(folder), len(drawn), generate.write(folder).written]))
"""


def test_golden_cases_are_written_checked_and_drawn(installed):
    written, problems, drawn, again = told(installed("-c", GOLDEN))

    assert {"area-of-three.npz", "largest-of-two.npz", "dimmed-below-zero.npz"} <= set(written)
    assert (problems, drawn, again) == ([], 3, [])


PAGES = """
import json
from conformance.publishing import links, pages
made = pages.everything()
print(json.dumps([{name: made[f"spec/{name}.md"] for name in %r}, made["port.md"], links.dead_links(made)]))
"""


def test_the_pages_of_the_spec_and_the_port_speak_of_them(installed):
    sections, port, dead = told(installed("-c", PAGES % (FAMILIES,)))

    assert dead == [] and all(f"--only {op}\n" in port for op in FAMILIES)
    for op, text in sections.items():
        assert f"## `{op}`" in text and "### Worked example" in text and all(clause in text for clause in CLAUSES[op])
    assert "∂area/∂x2" in sections["box_area"]


KILLS = """
import json
from conformance.evidence import kills
from conformance.suite.run import settings
run = settings(profile="quick", seed=1, dtype="both", only=None)
print(json.dumps({id: kill.clause for op in %r for id, kill in kills._kills_of(run, op).items()}))
"""


def test_every_mutant_of_theirs_is_killed(installed):
    found = told(installed("-c", KILLS % (FAMILIES,)))

    assert set(found) >= set(BUGS.values()) and all(found.values())


def test_no_other_file_knows_of_them():
    texts = {path: path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py") if HOME not in path.parents}

    assert [path for path, text in texts.items() for op in FAMILIES if op in text] == []


def test_what_a_family_leaves_out_is_an_error_that_names_it(installed):
    done = installed("-c", "from conformance.ops import family; family.of('dimmed', 'gradient cases')")

    place = "conformance.tests.families.dimmed.gradients.GRADIENT_CASES"
    assert f"op 'dimmed': expected gradient cases of dimmed in {place}, got none" in done.stderr


NEW = """
from conformance.ops import family, spec
from refimpl.protocol import OPS, op

@op("boxes~: N 4 xyxy px -> middle~: N 2 xy px")
def middle(boxes, *, dialect):
    return (boxes[:, :2] + boxes[:, 2:]) / 2

family.families()[-1].package.OPS += (middle,)
family.families.cache_clear()
spec._properties()
"""


def test_all_that_a_new_op_lacks_is_said_at_once(installed):
    said = installed("-c", NEW).stderr.splitlines()[-1]

    assert "op 'middle': expected a gradient middle_vjp, since boxes~ asks for one, " in said
    assert "cases of middle in conformance.tests.families.dimmed.cases.CASES" in said
    parts = ("gradient cases", "pictures", "worked example", "golden answer", "clauses", "golden cases")
    assert all(f", {part} of middle" in said for part in parts) and said.endswith(", got none")
