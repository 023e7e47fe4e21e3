"""Tests that fail, or were not seen to run to their end, since all ops came together: they run and are told as open."""

from pathlib import Path

import pytest

OPEN = [line for line in (Path(__file__).parent / "open_tests.txt").read_text(encoding="utf-8").splitlines() if line]
"""Names of tests, or how their names begin; a line leaves when its test passes again."""


def pytest_collection_modifyitems(items):
    for item in items:
        if item.nodeid.startswith(tuple(OPEN)):
            item.add_marker(pytest.mark.xfail(reason="open: see open_tests.txt", strict=False))
