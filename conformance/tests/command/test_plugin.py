"""The pytest plugin in processes of its own: nothing without `--candidate`, the verdict table with it."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conformance import plugin

ROOT = Path(plugin.__file__).parents[1]

PARTLY = "import refimpl\ndef factory(dialect): return Made()\nclass Made:\n    def make_anchors(self, shapes): return {}\n"


@pytest.fixture
def in_pytest(tmp_path):
    """Run pytest with the plugin, as an installed package would load it, in a folder of its own."""

    def run(*words):
        environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
        arguments = [sys.executable, "-m", "pytest", "-p", "conformance.plugin", "-p", "no:cacheprovider", *words]
        return subprocess.run(arguments, cwd=tmp_path, env=environment, capture_output=True, text=True)

    return run


def test_a_foreign_test_run_may_have_the_same_options_and_fixtures_and_imports_nothing(in_pytest, tmp_path):
    names = ("seed", "dtype", "profile", "only", "dialect", "report")
    options = "".join(f"    parser.addoption('--{name}', default='theirs')\n" for name in names)
    fixture = "@pytest.fixture\ndef candidate(request): return request.config.getoption('--seed')\n"
    (tmp_path / "conftest.py").write_text(f"import pytest\ndef pytest_addoption(parser):\n{options}{fixture}")
    (tmp_path / "test_theirs.py").write_text(
        "import sys\n"
        "def test_theirs(candidate):\n"
        "    assert candidate == '3'\n"
        "    assert not {'refimpl', 'conformance.suite.hooks'} & set(sys.modules)\n"
    )

    done = in_pytest("--seed", "3")

    assert done.returncode == 0 and "1 passed" in done.stdout and "conformance" not in done.stdout, done


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_with_a_candidate_the_verdict_table_ends_the_run(in_pytest, tmp_path, workers):
    if workers and importlib.util.find_spec("xdist") is None:
        pytest.skip("needs pytest-xdist")
    words = ("--pyargs", "conformance.clauses", "--conformance-profile", "quick", "--conformance-only", "make_anchors,iou")
    (tmp_path / "partly.py").write_text(PARTLY)
    (tmp_path / "test_theirs.py").write_text("def test_theirs(): open('ran', 'w').close()\n")

    done = in_pytest(*words, *workers, "test_theirs.py", "--candidate", "partly.py:factory")

    table = done.stdout[done.stdout.index("conformance of partly.py:factory to YOLOV8") :].splitlines()
    assert done.returncode == 1
    assert [line.split()[:3] for line in table[2:5]] == [
        ["make_anchors", "ANC-1", "ERROR"],
        ["make_anchors", "ANC-2", "ERROR"],
        ["iou", "IOU-1", "-"],
    ]
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "words, reason",
    [
        (("--candidate", "nobody"), "candidate 'nobody': unknown"),
        (("--candidate", "nobody", "--conformance-only", "nothing"), "only: got 'nothing'. Expected one of make_anchors"),
    ],
)
def test_what_cannot_be_judged_is_a_usage_error(in_pytest, words, reason):
    done = in_pytest(*words)

    assert done.returncode == pytest.ExitCode.USAGE_ERROR and reason in done.stderr, done
