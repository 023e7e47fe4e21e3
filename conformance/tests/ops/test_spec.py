"""The spec as data, and its thread through the tree: clause, reference docstring, suite test and golden case."""

import ast
import importlib
import json
import pkgutil
import re
from pathlib import Path

import pytest

import golden
import refimpl
from conformance.cases.protocol import GRADIENTS, OPS, vjp
from conformance.ops import family
from conformance.ops.spec import CLAUSES, PROPERTIES

BODIES = sorted(Path(family.__file__).parent.glob("*/clauses.py")) + [Path(family.__file__).with_name("bodies.py")]
MANIFEST = Path(golden.__file__).with_name("MANIFEST.json")
CLAUSE = pytest.mark.parametrize("clause", CLAUSES.values(), ids=CLAUSES)


def docstrings():
    """Docstring of every function of the reference, by qualified name."""
    texts = {}
    for module in modules(refimpl):
        for name, value in vars(module).items():
            if callable(value) and getattr(value, "__module__", "") == module.__name__:
                texts[f"{module.__name__}.{name}"] = value.__doc__ or ""
    return texts


def modules(package):
    """The modules of a package, without its sub-packages."""
    names = [info.name for info in pkgutil.iter_modules(package.__path__) if not info.ispkg]
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names]


def cited(text):
    """Clause ids in the brackets of a docstring."""
    return {id for bracket in re.findall(r"\[([^\[\]]*)\]", text) for id in re.findall(r"[A-Z][A-Z0-9]{2}-\d+g?", bracket)}


def judged():
    """What each test of the suite judges: (clause id, op)."""
    return [(judged.clause, judged.op) for judged in PROPERTIES]


def golden_cases():
    """(clause id, op) of every golden case."""
    if not MANIFEST.exists():
        pytest.skip("golden/MANIFEST.json is not written yet: make golden")
    entries = json.loads(MANIFEST.read_text(encoding="utf-8"))["cases"]
    return {(id, entry["op"]) for entry in entries for id in entry["clauses"]}


@CLAUSE
def test_a_clause_is_well_formed(clause):
    assert re.fullmatch(r"[A-Z][A-Z0-9]{2}-[1-9]\d*g?", clause.id)
    assert re.fullmatch(r"[A-Z].*\.", clause.sentence) and "\n" not in clause.sentence
    assert clause.formula and clause.source
    assert clause.ops and set(clause.ops) <= set(OPS)


def test_no_two_clauses_say_or_are_called_the_same():
    assert len({clause.sentence for clause in CLAUSES.values()}) == len(CLAUSES)
    assert [clause.id for clause in CLAUSES.values()] == list(CLAUSES)
    assert len(family.rows("clauses")) == len(CLAUSES)


def test_clauses_are_numbered_without_gaps():
    numbers = {}
    for id in CLAUSES:
        group, _, number = id.rstrip("g").partition("-")
        numbers.setdefault(group, set()).add(int(number))

    assert all(found == set(range(1, len(found) + 1)) for found in numbers.values())


def functions(clause):
    """Names of the reference's functions that a clause is about."""
    return {vjp(op) if clause.gradient else op for op in clause.ops}


@pytest.mark.parametrize("op", [*OPS, *map(vjp, GRADIENTS)])
def test_every_op_of_the_protocol_and_every_gradient_has_a_clause(op):
    assert any(op in functions(clause) for clause in CLAUSES.values())


@CLAUSE
def test_a_clause_stands_in_the_docstring_of_the_reference_function_of_each_of_its_ops(clause):
    for function in functions(clause):
        assert clause.id in cited(getattr(refimpl, function).__doc__), function


def test_the_reference_cites_no_clause_that_is_not_in_the_spec():
    unknown = {name: cited(text) - set(CLAUSES) for name, text in docstrings().items()}

    assert {name: ids for name, ids in unknown.items() if ids} == {}


@CLAUSE
def test_a_clause_is_judged_once_through_each_of_its_ops(clause):
    assert sorted(op for id, op in judged() if id == clause.id) == sorted(clause.ops)


@CLAUSE
def test_a_clause_is_shown_by_a_golden_case_of_each_of_its_ops(clause):
    cases = golden_cases()

    assert {op for id, op in cases if id == clause.id} == functions(clause)


def test_golden_cases_show_no_clause_that_is_not_in_the_spec():
    assert {id for id, _ in golden_cases()} <= set(CLAUSES)


TOLERANCES = {"rtol", "atol", "rel_tol", "abs_tol", "allclose", "isclose", "assert_allclose", "approx", "tolerance", "decimal"}
"""Names by which a tolerance gets into a test."""


def tolerances(source):
    """Literal tolerances in a source: names of them, and numbers that are not whole."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names = [getattr(node, field, None) for field in ("id", "attr", "arg", "name")]
        found += [name for name in names if isinstance(name, str) and (name in TOLERANCES or "almost" in name.lower())]
        if isinstance(node, ast.Constant) and isinstance(node.value, float) and node.value % 1:
            found.append(repr(node.value))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and "-" in ast.unparse(node.right):
            found.append(ast.unparse(node))
    return found


@pytest.mark.parametrize("path", BODIES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_clause_is_judged_with_a_literal_tolerance(path):
    assert tolerances(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line, found",
    [
        ("assert np.allclose(got, expected)", ["allclose"]),
        ("np.testing.assert_allclose(got, expected, rtol=1e-5)", ["assert_allclose", "rtol", "1e-05"]),
        ("assert got == pytest.approx(expected)", ["approx"]),
        ("assert abs(got - expected) < 0.001", ["0.001"]),
        ("assert abs(got - expected) < 2**-20", ["2 ** (-20)"]),
        ("from math import isclose", ["isclose"]),
        ("self.assertAlmostEqual(got, expected)", ["assertAlmostEqual"]),
        ("assert_array_almost_equal(got, expected)", ["assert_array_almost_equal"]),
        ("judge.values('iou', got, expected, span=640)", []),
    ],
)
def test_a_literal_tolerance_would_be_noticed(line, found):
    assert sorted(tolerances(line)) == sorted(found)


def test_a_clause_that_is_cited_nowhere_would_be_noticed():
    assert cited("Text.  [TAL-1, TAL-4, arXiv:2108.07755 eq. 1]") == {"TAL-1", "TAL-4"}
    assert cited("Text about TAL-1, without brackets.") == set()
