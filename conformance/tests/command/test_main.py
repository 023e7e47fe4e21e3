"""`python -m conformance` on the real suite."""

import subprocess
import sys
from pathlib import Path

import conformance

ROOT = Path(conformance.__file__).parents[1]


def _real(*words):
    arguments = [sys.executable, "-m", "conformance", "--profile", "quick", "--only", "make_anchors", *words]
    return subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True)


def test_the_reference_conforms_to_the_real_suite():
    done = _real("--candidate", "conformance.candidates.reference32:factory")

    assert done.returncode == 0 and "ANC-1  CONFORMS" in done.stdout, done


def test_a_transposed_grid_breaks_the_real_suite(tmp_path):
    (tmp_path / "transposed.py").write_text(
        "import refimpl\n"
        "class Transposed:\n"
        "    def __init__(self, dialect): self.dialect = dialect\n"
        "    def make_anchors(self, shapes):\n"
        "        points, strides = refimpl.make_anchors(shapes, dialect=self.dialect)\n"
        "        return points[:, ::-1], strides\n"
    )

    done = _real("--candidate", f"{tmp_path}/transposed.py:Transposed")

    assert done.returncode == 1 and "ANC-1  BREAKS" in done.stdout and "ANC-2  CONFORMS" in done.stdout, done
