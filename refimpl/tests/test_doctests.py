"""The examples in the docstrings run."""

import doctest
import importlib
import pkgutil

import pytest

import refimpl

MODULES = ["refimpl", *(f"refimpl.{info.name}" for info in pkgutil.iter_modules(refimpl.__path__) if not info.ispkg)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_are_true(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples_to_run():
    assert sum(doctest.testmod(importlib.import_module(name)).attempted for name in MODULES) > 0
