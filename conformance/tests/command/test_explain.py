"""`conformance explain`: what a clause asks, and how the mistakes that break it are mended."""

import ast
import subprocess
import sys

import pytest

from conformance.command import cli, explain
from conformance.explaining.of_clause import explained
from conformance.ops.fix import fixes
from conformance.ops.mutants import MUTANTS
from conformance.ops.spec import CLAUSES


def test_a_clause_is_explained_by_formula_mistakes_and_fixes(capsys):
    status = cli.main(["explain", "iou-4"])

    told = capsys.readouterr().out
    assert status == 0 and told.startswith("IOU-4  CIoU is DIoU less")
    assert CLAUSES["IOU-4"].formula in told and "page     docs/clauses/IOU-4.md" in told
    assert "- v is squared" in told and "      JAX    alpha = jax.lax.stop_gradient(v / (1 - iou + v + eps))" in told
    assert "python -m conformance my_loss.py:MyLoss --only ciou" in told


def test_an_op_stands_for_all_its_clauses(capsys):
    assert cli.main(["explain", "make_anchors", "ANC-1"]) == 0

    told = capsys.readouterr().out
    assert [line[:5] for line in told.splitlines() if line[:4] == "ANC-"] == ["ANC-1", "ANC-2"]


def test_a_word_that_is_neither_is_answered_with_a_question(capsys):
    assert cli.main(["explain", "cioo"]) == 2

    assert "got 'cioo'. Did you mean 'ciou'?" in capsys.readouterr().err


def test_a_file_is_taken_through_the_reference_instead(capsys):
    assert cli.main(["explain", "nowhere/step.npz", "--image", "0"]) == 2

    assert "nowhere/step.npz" in capsys.readouterr().err and not explain.is_file("IOU-4g")


@pytest.mark.parametrize("id", CLAUSES)
def test_every_mistake_that_breaks_a_clause_is_told(id):
    found = explained(id)

    told = [m.id for one in found.mistakes for m in one.mutants]
    assert sorted(told) == sorted(m.id for m in MUTANTS.values() if id in m.breaks and (not m.convention or m.id in fixes()))
    assert explain.text(found).count("\n- ") == 0


def test_every_fix_is_of_a_known_mistake_and_its_python_can_be_parsed():
    assert set(fixes()) <= set(MUTANTS)
    for fix in fixes().values():
        ast.parse(fix.torch), ast.parse(fix.jax)


def test_help_starts_neither_numpy_nor_hypothesis_nor_pytest():
    code = (
        "import sys\nfrom conformance.command import cli\n"
        "try: cli.main(['--help'])\nexcept SystemExit: pass\n"
        "print(sorted({'numpy', 'hypothesis', 'pytest'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert done.stdout.endswith("[]\n") and "CANDIDATE" in done.stdout
