"""One candidate: loaded, put through the suite by pytest, and reported on."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from dataclasses import replace
from typing import Iterator, Tuple

import pytest

from conformance.calling import candidate
from conformance.calling.remote.limits import Limits
from conformance.cases.describe import dialect_in_words
from conformance.command import replay as replaying, terminal
from conformance.suite import hooks as suite, interrupts, report
from conformance.suite.run import Run
from conformance.suite.parts import Part
from conformance.suite.report import Report

CLAUSES_PACKAGE = "conformance.clauses"
"""The package whose tests are the suite."""

_UNUSED = ("cacheprovider", "terminal", "logging", "unraisableexception", "threadexception")
"""Plugins of pytest that the suite has no use for; some take their time of every test."""

_PYTEST = ["--pyargs", "--noconftest", "-c", os.devnull, *(f"-pno:{name}" for name in _UNUSED)]

_NO_TESTS = pytest.ExitCode.NO_TESTS_COLLECTED

_STORE = "HYPOTHESIS_STORAGE_DIRECTORY"
"""Where Hypothesis keeps what it computes once; unless told, in the current folder."""


def judge(
    word: str, part: Part, run: Run, dialect: str | None, limits: Limits | None, example: str | None, skip: bool,
    progress: str,
) -> Report:  # fmt: skip
    """Load one candidate and put it through the suite, or a part of it. What it prints goes to stderr, or nowhere.

    Parameters
    ----------
    word : names the candidate
    part : of its ops
    dialect, limits : as in `candidate.find`
    example : the word of one example to judge again, None for the whole suite
    skip : whether a candidate whose packages are missing is left out
    progress : how it is shown, as in `terminal.progress`
    """
    run = replace(run, part=part if part.of > 1 else None)
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(sys.stderr))
        try:
            judged = stack.enter_context(contextlib.closing(candidate.find(word, dialect, limits)))
        except candidate.CandidateNotFound as error:
            if skip and error.missing:
                return Report(word, skipped=f"no module named {error.missing}", word=word)
            return Report(word, problems=(str(error),), word=word)
        if example is not None:
            again = replaying.rows(judged, run, example)
            about = tuple((title, "one example, judged again" if title == "run" else told) for title, told in _about(judged, run))
            return Report(judged.name, about, judged.preset.name, "one example", again, word=word)
        plugin = suite.Suite(judged, run)
        with _plain_pytest():
            beside = terminal.progress(sys.stderr, progress, word, run.part)
            status = pytest.main([*_PYTEST, CLAUSES_PACKAGE], plugins=[plugin, *beside])
    interrupted = plugin.interrupted or interrupts.asked()
    if interrupted:
        plugin.problems.append(report.STOPPED)
    elif status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) and not plugin.problems:
        plugin.problems.append(report.NO_TESTS if status == _NO_TESTS else f"pytest ended with {pytest.ExitCode(status).name}")
    return Report(
        judged.name,
        _about(judged, plugin.run),
        judged.preset.name,
        run.profile,
        tuple(plugin.rows()),
        tuple(plugin.problems),
        **{"word": word, "seed": run.seed, "dtypes": plugin.run.dtypes, "only": run.only, "interrupted": interrupted},
        part="" if run.shard is None else str(run.shard),
    )


@contextlib.contextmanager
def nothing_left_behind() -> Iterator[None]:
    """Let Hypothesis keep what it keeps in a folder that is gone afterwards, unless the user has named one."""
    if _STORE in os.environ:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        os.environ[_STORE] = folder
        try:
            yield
        finally:
            del os.environ[_STORE]


@contextlib.contextmanager
def _plain_pytest() -> Iterator[None]:
    """Keep plugins and options that are meant for other test runs (`-x`, random order) out of this one."""
    kept = dict(os.environ)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ.pop("PYTEST_PLUGINS", None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)


def _about(judged: candidate.Candidate, run: Run) -> Tuple[Tuple[str, str], ...]:
    alone = report.ALONE if run.dtypes == judged.dtypes and len(run.dtypes) == 1 else ""
    shard = "" if run.shard is None else str(run.shard)
    notes = tuple(("note", question) for question in judged.misspelt)
    return (
        ("candidate", f"{judged.name} ({judged.framework}, {judged.device})"),
        ("dialect", "; not served: ".join((dialect_in_words(judged.preset), *judged.refused))),
        ("run", report.ran(run.profile, run.dtypes, alone, [run.seed], run.only, shard)),
        ("versions", report.versions()),
        *notes,
    )
