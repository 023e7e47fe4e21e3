"""Parts of a package whose whole does not install: the files that compute run, what else they import is stood in for."""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, Iterator, List, Mapping, Sequence


class Anything:
    """What a stand-in has under any name: it can be called, subscripted, inherited from, and decorates without effect."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        decorates = len(args) == 1 and not kwargs and isinstance(args[0], (type, FunctionType))
        return args[0] if decorates else Anything()

    def __getitem__(self, key: Any) -> Any:
        return Anything()

    def __or__(self, other: Any) -> Any:
        return Anything()

    __ror__ = __or__

    def __mro_entries__(self, bases: Any) -> tuple:
        return ()


class StandIn(ModuleType):
    """A module that has anything under any name; first what files below it, which did run, have."""

    __path__: list = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        below = [module for key, module in list(sys.modules.items()) if key.startswith(f"{self.__name__}.")]
        found = [vars(module)[name] for module in below if not isinstance(module, StandIn) and name in vars(module)]
        return found[0] if found else Anything()


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds files that are to run, and a stand-in for everything else below some names."""

    def __init__(self, names: Sequence[str], files: Mapping[str, Path] = {}) -> None:
        self._names, self._files = names, files

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name in self._files:
            return importlib.util.spec_from_file_location(name, self._files[name])
        if any(f"{name}.".startswith(f"{each}.") for each in self._names):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: Any) -> ModuleType:
        return StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


@contextlib.contextmanager
def standing_in(*names: str) -> Iterator[None]:
    """A context for imports in which modules that are not installed, of these names or below them, are stood in for."""
    missing = _Finder(names)
    sys.meta_path.append(missing)
    try:
        yield
    finally:
        sys.meta_path.remove(missing)


def alone(
    package: str, *files: str, absent: Sequence[str] = (), given: Mapping[str, Mapping[str, Any]] = {}
) -> List[ModuleType]:
    """Import some modules of a package, in this order, without the rest of it.

    Parameters
    ----------
    package : name of an installed package, whose `__init__` does not run
    files : dotted names of its modules, without that of the package
    absent : names of other packages, which are stood in for where they are not installed
    given : what stand-ins do have, by the name of the module

    Raises
    ------
    ModuleNotFoundError
        If the package is not installed, or has no such file.
    """
    spec = importlib.machinery.PathFinder.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"No module named {package!r}", name=package)
    root = Path(spec.submodule_search_locations[0])
    found = {f"{package}.{name}": root.joinpath(*name.split(".")).with_suffix(".py") for name in files}
    for name, file in found.items():
        if not file.is_file():
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    for name, values in given.items():
        sys.modules[name] = StandIn(name)
        vars(sys.modules[name]).update(values)
    finder = _Finder((package,), found)
    sys.meta_path.insert(0, finder)
    try:
        with standing_in(*absent):
            return [importlib.import_module(name) for name in found]
    finally:
        sys.meta_path.remove(finder)
