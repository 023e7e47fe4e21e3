"""`--compare A B`: judge two candidates, or read the reports saved on them, and print both side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

from conformance.command import terminal
from conformance.suite.report import Report
from conformance.reporting import comparison, files, record, since

Each = Callable[[List[str]], Iterator[Report]]


def run(each: Each, words: List[str], folder: Path | None, as_json: bool, quiet: bool) -> int:
    """Compare. Returns 0, 1 if B breaks a clause that A does not, or 2 if there is no verdict on one of them.

    Parameters
    ----------
    each : the reports on candidates, by their words
    words : of A and of B: of a candidate, or the path of a report.json or of its folder
    folder : to write a report on both to, or None

    Raises
    ------
    NoReport
        If a file holds no report of one candidate.
    """
    known = [comparison.saved(word) for word in words]
    judged = each([word for word, found in zip(words, known) if found is None])
    a, b = (record.record(_complete(next(judged))) if found is None else found for found in known)
    found = since.as_json(a, b)
    code = 2 if 2 in (a["exit_code"], b["exit_code"]) else int(bool(found[since.NEW]))
    whole: Dict[str, Any] = {"schema_version": record.VERSION, "exit_code": code, "candidates": [a, b], "comparison": found}
    if as_json:
        terminal.say(files.text(whole))
    else:
        problems = [f"{one['candidate']}: {problem}\n" for one in (a, b) for problem in one["problems"]]
        terminal.say("\n".join([since.sentence(found) if quiet else comparison.text(a, b), *problems]).rstrip() + "\n")
    if folder is not None:
        files.write(folder, whole)
    return code


def _complete(report: Report) -> Report:
    """A report that was not interrupted."""
    if report.interrupted:
        raise KeyboardInterrupt
    return report
