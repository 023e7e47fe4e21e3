"""The pytest plugin: `pytest --pyargs conformance.clauses --candidate NAME` judges a candidate by the suite.

It is loaded in every test run where this package is installed, so without `--candidate` it does nothing, and only that
option has no prefix: names like `--seed` belong to many.
"""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance", "conformance of an implementation of the YOLOv8 training head")
    group.addoption("--candidate", metavar="WORD", help="name, package.module:attr or path/to/file.py:attr to judge")
    group.addoption("--conformance-dialect", metavar="NAME", help="preset to judge it by; default: its factory says")
    group.addoption("--conformance-only", metavar="OP,OP", help="ops to judge; default: all")
    group.addoption("--conformance-profile", metavar="NAME", default="standard", help="quick, standard or soak")
    group.addoption("--conformance-seed", metavar="N", type=int, help="seed of the draws; default: always the same draws")
    group.addoption("--conformance-dtype", metavar="NAME", default="both", help="float32, float64 or both")
    group.addoption("--conformance-database", metavar="WORD", help="folder or redis://… of what broke before, to try it first")
    group.addoption("--conformance-known-failures", metavar="FILE", help="what may fail, a line each: 'CLAUSE OP: reason'")
    group.addoption("--conformance-isolate", action="store_true", help="run it in a process of its own; a program always does")
    group.addoption("--conformance-timeout", metavar="SECONDS", type=float, help="of each isolated call; default: 30")
    group.addoption("--conformance-memory", metavar="MIB", type=int, help="of an isolated process; default: 4096")


def pytest_configure(config: pytest.Config) -> None:
    word = config.getoption("--candidate")
    if word is None:
        return
    # Here, so that nobody's test run imports NumPy and the reference on account of this plugin.
    from conformance.calling import candidate
    from conformance.trial import database
    from conformance.suite import known_failures as known, hooks as suite
    from conformance.suite.run import UnknownName, settings
    from conformance.calling.remote import limits

    option = {name: config.getoption(f"--conformance-{name}") for name in ("profile", "seed", "dtype", "only", "database")}
    try:
        run = settings(**option, known=config.getoption("--conformance-known-failures"))
        isolation = {name: config.getoption(f"--conformance-{name}") for name in ("isolate", "timeout", "memory")}
        judged = candidate.find(word, config.getoption("--conformance-dialect"), limits.limits([word], **isolation))
    except (
        UnknownName, known.KnownError, database.DatabaseError, limits.LimitsError, candidate.CandidateNotFound
    ) as error:  # fmt: skip
        raise pytest.UsageError(str(error)) from error
    config.add_cleanup(judged.close)
    config.pluginmanager.register(suite.Suite(judged, run))
