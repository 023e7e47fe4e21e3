"""The house: a room stands above all that it imports, no room is part of a circle, and none imports a test."""

import ast
import re

import pytest

from conformance.cases.protocol import OPS
from conformance.tests.test_imports import PACKAGES, sources

ORDER = (
    "refimpl", "refimpl.oracle", "conformance.paper", "conformance.judging", "conformance.cases", "conformance.adapting",
    "conformance.candidates", "conformance.calling", "conformance.ops", "conformance.trial", "golden",
    "conformance.explaining", "conformance.suite", "conformance.reporting", "conformance.evidence",
    "conformance.recordings", "conformance.command", "conformance.publishing", "conformance.example",
)  # fmt: skip
"""The rooms, from the ground up."""

LOOSE = {"conformance", "conformance.__main__", "conformance.clauses", "conformance.plugin", "conformance.recording"}
"""Modules outside the rooms, for those who come from outside; no room imports one, but for what `FROM_OUTSIDE` says."""

FROM_OUTSIDE = dict.fromkeys(("conformance.recordings", "conformance.example"), {"conformance.recording"})

BY_NAME = ("import_module", "run_module", "run_path", "__import__")
"""Calls that import what a name says."""

SOURCES = {name: text for package in PACKAGES for name, text in sources(package).items()}


def room(module):
    """The room of a module; None for a loose one, or one of somebody else's."""
    return max((room for room in ORDER if f"{module}.".startswith(f"{room}.")), key=len, default=None)


def imported(source):
    """All modules that a source names in an import; of `from package import name` the name, too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in BY_NAME and node.args:
            yield from _by_name(node.args[0])


def _by_name(word):
    """The beginning of a name that stands in the source, as far as it is a constant; of others nothing is known."""
    if isinstance(word, ast.Constant) and isinstance(word.value, str):
        yield word.value
    if isinstance(word, ast.JoinedStr) and isinstance(word.values[0], ast.Constant):
        yield word.values[0].value


def upward(modules):
    """Each import of a room that stands above, as module and what it imports."""
    found = []
    for module, source in modules.items():
        own = room(module)
        for name in imported(source) if own else ():
            other = room(name)
            if other and ORDER.index(other) > ORDER.index(own):
                found.append((module, name))
    return found


def of_tests(modules):
    """Each import of a test by something else."""
    return [(module, name) for module, source in modules.items() for name in imported(source) if "tests" in name.split(".")]


def loose(modules):
    """Each import of a loose module by one in a room."""
    return [
        (module, name)
        for module, source in modules.items()
        for name in imported(source)
        if room(module) and any(name in (one, f"{one}.") or name.startswith(f"{one}.") for one in LOOSE - {"conformance"})
        and not any(name.startswith(one) for one in FROM_OUTSIDE.get(room(module), ()))
    ]


def circle(modules):
    """Two rooms that import each other, through however many others; None if there are none."""
    above = {own: set() for own in ORDER}
    for module, source in modules.items():
        if room(module):
            above[room(module)] |= {room(name) for name in imported(source)} - {None, room(module)}
    for start in ORDER:
        reached, new = set(), set(above[start])
        while new - reached:
            reached |= new
            new = {further for one in reached for further in above[one]}
        if start in reached:
            return start
    return None


def test_every_module_has_a_room_but_for_the_few_that_are_named():
    assert {module for module in SOURCES if room(module) is None} == LOOSE


def test_every_room_is_there_and_says_what_it_is_for():
    lost = [one for one in ORDER if not (ast.get_docstring(ast.parse(SOURCES.get(one, ""))) or "")]

    assert lost == []


def test_no_room_imports_one_that_stands_above_it():
    assert upward(SOURCES) == []


def test_no_room_is_part_of_a_circle():
    assert circle(SOURCES) is None


def test_nothing_but_a_test_imports_a_test():
    assert of_tests(SOURCES) == []


def test_no_room_imports_what_stands_outside():
    assert loose(SOURCES) == []


@pytest.mark.parametrize(
    "source",
    [
        "from conformance.suite import hooks",
        "import conformance.suite.hooks",
        "def late():\n    import golden.check",
        "import runpy\nrunpy.run_module('golden.draw')",
        "importlib.import_module(f'conformance.suite.{name}')",
        "importlib.import_module('conformance.suite')",
    ],
)
def test_an_import_upward_would_be_seen(source):
    assert upward({"conformance.judging.judge": source})
    assert upward({"conformance.publishing.pages": source}) == []


def test_a_circle_of_rooms_would_be_seen():
    both = {"conformance.paper.svg": "import conformance.cases.case", "conformance.cases.case": "import conformance.paper.svg"}

    assert circle(both) == "conformance.paper"


def test_an_import_of_a_test_or_of_what_stands_outside_would_be_seen():
    assert of_tests({"golden.check": "from golden.tests import judging"})
    assert loose({"conformance.suite.hooks": "from conformance import clauses"})


OP = re.compile(rf"\b({'|'.join(sorted(OPS, key=len, reverse=True))})(_vjp)?\b")

MAY_NAME_OPS = ("refimpl", "conformance.ops", "conformance.candidates", "conformance.adapting")
"""Who knows ops by their names: the reference, the families, and whoever offers ops."""

FACTS = ("conformance.recordings", "conformance.recording", "conformance.example", "conformance.evidence.field")
"""Users of the reference: a step of a training of this head, recorded, judged and shown; and bugs of released packages,
each a call of one op, which are data about candidates."""


def named_ops(source):
    """The names of ops in a source, as identifiers and in strings that are no docstrings."""
    tree = ast.parse(source)
    scopes = [node for node in ast.walk(tree) if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))]
    docs = {id(one.value) for scope in scopes for one in scope.body if isinstance(one, ast.Expr)}
    words = []
    for node in ast.walk(tree):
        words += [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs else []
        words += [getattr(node, field, None) for field in ("id", "attr", "arg")]
        words += [node.name] if isinstance(node, (ast.alias, ast.FunctionDef)) else []
    return sorted({found[0] for word in words if isinstance(word, str) for found in OP.finditer(word)})


def test_no_room_but_those_of_the_ops_names_one():
    others = {
        name: named_ops(source)
        for name, source in SOURCES.items()
        if not any(f"{name}.".startswith(f"{one}.") for one in (*MAY_NAME_OPS, *FACTS))
    }

    assert {name: found for name, found in others.items() if found} == {}


@pytest.mark.parametrize(
    "source",
    [
        'TABLE = {"iou": 1}',
        "refimpl.iou(a, b)",
        "from refimpl import iou",
        "def iou(): pass",
        'f"only {x} iou_vjp"',
        "call(iou=1)",
    ],
)
def test_a_name_of_an_op_would_be_seen(source):
    assert named_ops(source) in (["iou"], ["iou_vjp"])
    assert named_ops('"""About iou."""') == []
