"""The example database of Hypothesis, shared: what broke in one process or on one machine is tried first in the next."""

from __future__ import annotations

import functools
import importlib
from pathlib import Path

from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase

REDIS = "redis://"
"""Begins a word that names a database on a server."""


class DatabaseError(ValueError):
    """A database that cannot be used."""


@functools.lru_cache(maxsize=None)
def opened(word: str) -> ExampleDatabase:
    """The database that a word names.

    Parameters
    ----------
    word : a folder, which several processes may share; or `redis://host:port/number`, which several machines may

    Raises
    ------
    DatabaseError
        If the folder cannot be made, the package for such a server is not installed, or the server does not answer.
    """
    try:
        if word.startswith(REDIS):
            return _on_server(word)
        Path(word).mkdir(parents=True, exist_ok=True)
        return DirectoryBasedExampleDatabase(Path(word).resolve())
    except (OSError, ImportError, ValueError) as error:
        raise DatabaseError(f"database {word!r}: {error}") from error


def _on_server(word: str) -> ExampleDatabase:
    """A database on a server, which is asked for a sign of life: without one, no clause would come to a verdict."""
    redis = importlib.import_module("redis")
    client = redis.Redis.from_url(word)
    try:
        client.ping()
    except redis.RedisError as error:
        raise ConnectionError(str(error)) from error
    return importlib.import_module("hypothesis.extra.redis").RedisExampleDatabase(client)
