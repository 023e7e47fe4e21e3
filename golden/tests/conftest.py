"""A folder of golden tensors of one's own, to be damaged."""

import shutil

import pytest

from golden.store import CASES, HOME, MANIFEST


@pytest.fixture
def folder(tmp_path):
    """A copy of the golden tensors."""
    shutil.copy(HOME / MANIFEST, tmp_path / MANIFEST)
    shutil.copytree(HOME / CASES, tmp_path / CASES)
    return tmp_path
