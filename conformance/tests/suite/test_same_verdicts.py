"""One candidate, one table: in the process of the command line, isolated, in pytest, and under xdist."""

import functools
import importlib.util
import os
import re
import subprocess
import sys
import tempfile

import pytest

from conformance.cases.protocol import OPS
from conformance.tests.conftest import ROOT

CANDIDATES = {
    "dense_numpy": "make_anchors,dist2bbox",
    "conformance.ops.mutants:grid_transposed": "make_anchors,bce_loss",
}
ROW = re.compile(rf"^(?:{'|'.join(OPS)}) +[A-Z0-9]+-\d .*$", re.MULTILINE)


@functools.lru_cache(maxsize=None)
def table(word, *way):
    """The rows of the verdict table that are about what is provided."""
    options = {"--profile": "quick", "--dtype": "float32", "--only": CANDIDATES[word]}
    if way[:1] == ("pytest",):
        options = {option.replace("--", "--conformance-"): value for option, value in options.items()}
        words = ["pytest", "-p", "conformance.plugin", "-p", "no:cacheprovider", "--pyargs", "conformance.clauses", *way[1:]]
    else:
        words = ["conformance", *way]
    words += ["--candidate", word, *(part for option in options.items() for part in option)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([sys.executable, "-m", *words], cwd=folder, env=environment, capture_output=True, text=True)
    return [row for row in ROW.findall(done.stdout) if " - -" not in re.sub(" +", " ", row)], done.returncode


@pytest.mark.parametrize("way", [("--isolate",), ("pytest",), ("pytest", "-n", "2"), ("pytest", "--conformance-isolate")], ids=" ".join)
@pytest.mark.parametrize("word", CANDIDATES)
def test_the_verdicts_do_not_depend_on_where_a_candidate_runs(word, way):
    if "-n" in way and importlib.util.find_spec("xdist") is None:
        pytest.skip("needs pytest-xdist")

    found, status = table(word, *way)

    expected, code = table(word)
    if "-n" in way and code == 1:
        # Workers do not know what has broken in another, and look at more examples.
        found, expected = ([row.split()[:4] for row in rows] for rows in (found, expected))
    assert len(expected) >= 3 and (found, status) == (expected, code)
