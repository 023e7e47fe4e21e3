"""The GitHub Action: its script, run as a runner would, passes its inputs on and ends with the status of the command."""

import json
import os
import re
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance.publishing.readme_sections import plug_in
from conformance.tests.conftest import ROOT

TEXT = (ROOT / "conformance" / "action" / "action.yml").read_text(encoding="utf-8")
INSTALL = re.search(r"run: (python -m pip install .*)", TEXT)[1]
SCRIPT = textwrap.dedent(TEXT.rpartition("      run: |\n")[2])
INPUTS = re.findall(r"^        (\w+): \$\{\{ inputs\.([\w-]+) \}\}$", TEXT, re.MULTILINE)
DEFAULTS = dict(re.findall(r'^  ([\w-]+):\n    description: .*\n    default: "?([^"\n]*)"?$', TEXT, re.MULTILINE))


SHARED = re.compile(r"```yaml\n# \.github/workflows/shared\.yml\n(.*?)```", re.DOTALL)
PAGES = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "conformance/action/README.md")]
WORKFLOW = re.compile(r"```yaml\n# \.github/workflows/conformance\.yml\n(.*?)```", re.DOTALL)


def run(folder, **inputs):
    """Run the script as bash on a runner does, with the defaults of what is not given."""
    values = {name: inputs.get(of.replace("-", "_"), DEFAULTS.get(of, "")) for name, of in INPUTS}
    path = f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, **values, "PATH": path, "PYTHONPATH": str(ROOT)}
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", SCRIPT]
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("name, status", [("Right", 0), ("a_little_off", 1), ("nowhere", 2)])
def test_it_ends_with_the_status_of_the_verdict_and_leaves_a_report(tmp_path, name, status):
    candidate = f"conformance.tests.calling.hostile_candidates:{name}"

    done = run(tmp_path, candidate=candidate, profile="quick", only="iou", isolate="true")

    assert done.returncode == status, done
    assert (tmp_path / DEFAULTS["report"] / "report.json").exists()


def test_known_failures_are_passed_on(tmp_path):
    (tmp_path / "known.txt").write_text("IOU-1 iou: ours\n")
    candidate = "conformance.tests.calling.hostile_candidates:a_little_off"

    done = run(tmp_path, candidate=candidate, profile="quick", only="iou", known_failures="known.txt")

    assert done.returncode == 0 and "KNOWN  IOU-1 iou: ours (known.txt:1)" in done.stdout, done


def test_every_input_reaches_the_script_and_none_is_pasted_into_it():
    described = re.findall(r"^  ([\w-]+):\n    description", TEXT, re.MULTILINE)

    assert [of for _, of in INPUTS] == described
    assert "${{" not in SCRIPT and all(f"${name}" in SCRIPT for name, _ in INPUTS)


def test_the_workflow_that_is_told_finds_the_action_in_its_folder_and_judges(tmp_path):
    """As a runner would: a checkout lies in the folder that the workflow names, and the plug-in of the README beside it."""
    told = WORKFLOW.search(PAGES[1])[1]
    (action,) = re.findall(r"uses: \./(\S+)", told)
    inputs = dict(re.findall(r"^ +([\w-]+): (.+)$", told.rpartition("with:")[2], re.MULTILINE))
    (tmp_path / action.partition("/")[0]).symlink_to(ROOT)
    (tmp_path / "my_loss.py").write_text(plug_in(PAGES[0]))

    done = run(tmp_path, **inputs, profile="quick")

    assert "conformance/action" in PAGES[0]
    assert inputs.keys() <= DEFAULTS.keys() | {"candidate"}
    assert (tmp_path / action / "action.yml").read_text(encoding="utf-8") == TEXT
    assert done.returncode == 0 and "MyLoss: CONFORMS" in done.stdout, done


def test_the_workflow_for_several_machines_makes_one_report(tmp_path):
    """Two jobs of the matrix as two processes at once; their folders are all that the last job is given."""
    told = SHARED.search(PAGES[1])[1]
    numbers = json.loads(re.search(r"part: (\[.*\])", told)[1])
    inputs = dict(re.findall(r"^          ([\w-]+): (.+)$", told.partition("upload-artifact")[0].rpartition("with:")[2], re.MULTILINE))
    (merge,) = re.findall(r"run: python -m (conformance merge .*)", told)
    (tmp_path / "my_loss.py").write_text(plug_in(PAGES[0]))
    each = [{name: value.replace("${{ matrix.part }}", str(number)) for name, value in inputs.items()} for number in numbers]

    with ThreadPoolExecutor() as pool:
        judged = list(pool.map(lambda one: run(tmp_path, **one, profile="quick", only="ciou,make_anchors"), each))
    (tmp_path / "parts").mkdir()
    for one in each:
        (tmp_path / one["report"]).rename(tmp_path / "parts" / one["report"])
    words = ["bash", "-c", f"{sys.executable} -m {merge}"]
    done = subprocess.run(words, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)

    assert inputs.keys() <= DEFAULTS.keys() | {"candidate"} and len(judged) == 2
    assert done.returncode == 0 and "MyLoss: CONFORMS" in done.stdout and "missing" not in done.stdout, (judged, done)
    assert (tmp_path / "conformance-report" / "report.html").exists()


def test_the_suite_is_installed_from_the_checkout_the_action_lies_in(tmp_path):
    (tmp_path / "python").write_text('#!/bin/sh\nfor last in "$@"; do :; done; cd "$last" && pwd -P')
    (tmp_path / "python").chmod(0o755)
    environment = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "GITHUB_ACTION_PATH": str(ROOT / "conformance" / "action")}

    done = subprocess.run(["bash", "-e", "-c", INSTALL], env=environment, capture_output=True, text=True)

    assert done.stdout.strip() == str(ROOT.resolve()) and (ROOT / "setup.cfg").exists(), done
