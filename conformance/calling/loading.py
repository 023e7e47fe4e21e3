"""Loading: from the word that names a candidate to its factory."""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
import importlib.util
import sys
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any, Callable, Dict

from conformance.calling import errors as foreign
from conformance.calling.ways_in import WAYS_IN
from conformance.cases.protocol import entries
from conformance.paper.nearest import did_you_mean
from conformance.calling.errors import CandidateError, CandidateNotFound, NotServed

GROUP = "conformance.candidates"
"""The entry-point group in which installed packages announce their candidates."""

ADAPTED = {"ultralytics-like:": "conformance.candidates.ultralytics_like", "onnx:": "conformance.candidates.onnx_file"}
"""Prefixes of what is judged without an adapter, and the module whose `load` makes a factory of the rest of the word."""


def known() -> Dict[str, metadata.EntryPoint]:
    """The candidates that installed packages announce, by name."""
    return dict(sorted(entries(GROUP).items()))


def load(word: str) -> Callable[[Any], Any]:
    """Find the factory that a word names.

    Parameters
    ----------
    word : the name of an entry point, `package.module:attr` or `path/to/file.py:attr`, attr may be dotted;
        `ultralytics-like:package` or `onnx:model.onnx`

    Raises
    ------
    CandidateNotFound
        If there is no such candidate, or importing it fails. Says what was tried, or which names are known.
    """
    adapted = next((prefix for prefix in ADAPTED if word.startswith(prefix)), None)
    target, _, name = _location(word).rpartition(":")
    try:
        if adapted:
            return foreign.run(f"candidate {word!r}", _adapted, ADAPTED[adapted], word[len(adapted) :])
        factory = foreign.run(f"candidate {word!r}", attribute, target, name)
    except (CandidateError, NotServed) as error:
        missing = foreign.missing_package(error.__cause__)
        raise CandidateNotFound(str(error), "" if missing == target.partition(".")[0] else missing) from error
    if not callable(factory):
        raise CandidateNotFound(f"candidate {word!r}: expected a factory(dialect), got {type(factory).__name__}")
    return factory


def _adapted(module: str, word: str) -> Callable[[Any], Any]:
    return importlib.import_module(module).load(word)


def _location(word: str) -> str:
    """`target:attr` as it stands, or that of an entry point."""
    if ":" in word:
        return word
    if word.endswith(".py"):
        raise CandidateNotFound(f"candidate {word!r}: expected {word}:attr, {_attributes(Path(word))}")
    installed = known()
    if word not in installed:
        names, near = ", ".join(installed) or "none is installed", did_you_mean(word, installed)
        raise CandidateNotFound(f"candidate {word!r}: unknown. Known names: {names}. Or give {WAYS_IN}.{near}")
    return f"{installed[word].module}:{installed[word].attr}"


def attribute(target: str, name: str) -> Any:
    """What a module, or a file that ends in .py, calls by a name, which may be dotted."""
    module = _file(Path(target)) if target.endswith(".py") else importlib.import_module(target)
    return functools.reduce(_part, name.split("."), module)


def _attributes(path: Path) -> str:
    """What a file has to offer, in words."""
    if not path.is_file():
        return f"and there is no file {path}"
    made = (ast.ClassDef, ast.FunctionDef)
    with contextlib.suppress(SyntaxError):
        names = [node.name for node in ast.parse(path.read_bytes()).body if isinstance(node, made) and node.name[0] != "_"]
        return f"where attr is one of {', '.join(names)}" if names else "and it has neither a class nor a function"
    return "and it is no Python"


def _part(owner: Any, name: str) -> Any:
    try:
        return getattr(owner, name)
    except AttributeError as error:
        raise AttributeError(f"{error}.{did_you_mean(name, dir(owner))}") from None


def _file(path: Path) -> ModuleType:
    """Import one file, with the modules that lie beside it within reach."""
    path = path.resolve()
    if not path.is_file():
        raise FileNotFoundError(f"no file {path}")
    name = f"conformance_candidate_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    # At the end: a neighbour called numpy.py must not take NumPy's place.
    sys.path.append(str(path.parent))
    spec.loader.exec_module(module)
    return module
