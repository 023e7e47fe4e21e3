"""Who imports whom, read from the sources: the reference stands alone, nothing runs in a circle, frameworks wait."""

import ast
import importlib.util
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import NamedTuple, Tuple

import pytest

import conformance
import golden
import refimpl

PACKAGES = {package.__name__: Path(package.__file__).parent for package in (refimpl, conformance, golden)}
OPTIONAL = {"torch", "jax", "jaxlib", "ultralytics", "paddle", "mlx", "mindspore", "tensorflow", "onnx", "onnxruntime"}
ADAPTERS = ("conformance.adapting.bridges.", "conformance.candidates.released.")
"""Where each module may import the package it is for."""

OWNERS = {
    "conformance.calling.frameworks.torch": {"torch"},
    "conformance.calling.frameworks.jax": {"jax"},
    "conformance.candidates.dense_torch": {"torch"},
    "conformance.candidates.dense_jax": {"jax"},
    "conformance.candidates.dense_jax_boxes": {"jax"},
    "conformance.recordings.of_ultralytics": {"ultralytics"},
    "conformance.adapting.torch_operators": {"torch"},
    "conformance.adapting.torch_pairs": {"torch"},
    "conformance.adapting.torch_types": {"torch"},
    "conformance.candidates.onnx_file": {"onnxruntime"},
    "conformance.candidates.ultralytics_like": {"torch"},
    "conformance.candidates.ultralytics_like.ops": {"torch"},
    "conformance.candidates.ultralytics_like.stages": {"torch"},
    "conformance.candidates.variants.torch_assigner": {"torch"},
    "conformance.candidates.variants.torch_around": {"torch"},
    "conformance.candidates.variants.torch_losses": {"torch"},
    "conformance.candidates.variants.torch_overlaps": {"torch"},
    "conformance.candidates.variants.torch_runs": {"torch"},
}
"""The modules that may import an optional package; they are themselves imported only on demand."""

LATE = {"conformance.plugin", "conformance.trial.database"}
"""Modules that import inside functions: the plugin, so that a foreign test run imports nothing of the suite; the database,
whose part of Hypothesis needs an optional package."""


class Import(NamedTuple):
    """What is imported, as dotted names that may be modules; whether inside a function."""

    names: Tuple[str, ...]
    late: bool


def imports(source):
    """All imports of a source, `importlib.import_module("name")` among them."""
    tree, found = ast.parse(source), []
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))]
    inside = {id(node) for function in functions for node in ast.walk(function)}
    for node in ast.walk(tree):
        names = ()
        if isinstance(node, ast.Import):
            names = tuple(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            names = (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            names = tuple(arg.value for arg in node.args if isinstance(arg, ast.Constant))
        if names:
            found.append(Import(names, id(node) in inside))
    return found


def sources(package):
    """Source of every module of a package by dotted name, its tests left out."""
    root, texts = PACKAGES[package], {}
    for path in sorted(root.rglob("*.py")):
        parts = (package, *path.relative_to(root).with_suffix("").parts)
        if "tests" not in parts:
            texts[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text(encoding="utf-8")
    return texts


MODULES = {name: imports(text) for package in PACKAGES for name, text in sources(package).items()}


def tops(found):
    """First parts of the names."""
    return {one.names[0].partition(".")[0] for one in found}


def standard(name):
    """Whether a module comes with Python."""
    origin, library = importlib.util.find_spec(name).origin, sysconfig.get_path("stdlib")
    return origin in ("built-in", "frozen") or (origin.startswith(library) and "site-packages" not in origin)


def edges(modules):
    """module -> modules of ours it imports when it is itself imported."""
    return {
        name: {other for one in found if not one.late for other in _modules(one.names, modules) if other != name}
        for name, found in modules.items()
    }


def _modules(names, modules):
    """The modules among the names; of `from package import module` the module, not the package."""
    found = [name for name in names if name in modules]
    return [name for name in found if len(found) == 1 or not all(other.startswith(name) for other in names)]


def cycle(graph):
    """Modules that import each other in a circle, or None."""
    done = set()

    def visit(name, path):
        if name in path:
            return path[path.index(name) :]
        if name in done:
            return None
        found = next(filter(None, (visit(other, [*path, name]) for other in sorted(graph[name]))), None)
        done.add(name)
        return found

    return next(filter(None, (visit(name, []) for name in sorted(graph))), None)


def test_the_reference_imports_numpy_the_standard_library_and_itself_only():
    own = [name for name in MODULES if name.startswith("refimpl") and not name.startswith("refimpl.oracle")]
    found = set().union(*(tops(MODULES[name]) for name in own))

    assert {name for name in found if not standard(name)} == {"numpy", "refimpl"}


@pytest.mark.parametrize("package, foreign", [("refimpl", {"conformance", "golden"}), ("conformance", {"golden"})])
def test_no_package_imports_one_that_stands_on_it(package, foreign):
    reverse = {name: tops(found) & foreign for name, found in MODULES.items() if name.partition(".")[0] == package}

    assert {name: names for name, names in reverse.items() if names} == {}


def test_no_module_imports_itself_by_a_detour():
    assert cycle(edges(MODULES)) is None


def test_optional_packages_are_imported_by_their_owners_only():
    users = {name: tops(found) & OPTIONAL for name, found in MODULES.items() if not name.startswith(ADAPTERS)}

    assert {name: names for name, names in users.items() if names} == OWNERS


def test_only_owners_import_an_owner_of_an_optional_package_by_name():
    others = {name: found for name, found in MODULES.items() if name not in OWNERS and not name.startswith(ADAPTERS)}
    owners = (*OWNERS, *(name for name in MODULES if name.startswith(ADAPTERS)))
    names = {name: {n for one in found for n in one.names if n in owners} for name, found in others.items()}

    assert {name: owners for name, owners in names.items() if owners} == {}


def test_nothing_is_imported_inside_a_function_but_what_is_optional():
    late = {name for name, found in MODULES.items() for one in found if one.late and not tops([one]) & OPTIONAL}

    assert late <= LATE


def test_the_suite_starts_without_frameworks_and_the_reference_without_the_suite():
    suite = "import conformance.command.cli, conformance.suite.hooks, conformance.suite.examination, conformance.ops.assigner.clauses"
    code = (
        "import sys, refimpl\n"
        "print(sorted({'conformance', 'hypothesis', 'pytest', 'mpmath'} & set(sys.modules)))\n"
        f"{suite}\nprint(sorted({OPTIONAL!r} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=PACKAGES["refimpl"].parent, capture_output=True, text=True)

    assert done.stdout.split("\n")[:2] == ["[]", "[]"], done.stderr


SAMPLE = """
import numpy as np, torch.nn
from conformance.judging import judge
def late():
    from jax import numpy
    importlib.import_module("ultralytics")
"""


def test_every_form_of_import_is_seen():
    assert imports(SAMPLE) == [
        Import(("numpy", "torch.nn"), False),
        Import(("conformance.judging", "conformance.judging.judge"), False),
        Import(("jax", "jax.numpy"), True),
        Import(("ultralytics",), True),
    ]


def test_a_circle_would_be_noticed():
    modules = {"a": imports("import b"), "b": imports("from c import x"), "c": imports("import a")}
    late = {**modules, "c": imports("def f():\n    import a")}

    assert cycle(edges(modules)) == ["a", "b", "c"]
    assert cycle(edges(late)) is None


def test_a_relative_import_would_be_noticed():
    with pytest.raises(AssertionError, match="relative import"):
        imports("from . import judge")
