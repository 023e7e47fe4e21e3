"""`conformance merge A B …`: one report of the parts of a run (`--shard`), or of runs with other seeds."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Sequence

from conformance.command import cli, terminal
from conformance.reporting import comparison, files, record
from conformance.suite.merging import CannotMerge, merged


def main(words: Sequence[str]) -> int:
    """Merge. Returns the exit code of what it makes, or 2 if the reports cannot be merged."""
    asked = _parser().parse_args(words)
    try:
        whole = merged([record.read(comparison.baseline(word)) for word in asked.reports], asked.reports)
        written = record.whole([whole], single=True)
        if asked.report is not None:
            files.folder(asked.report)
            files.write(asked.report, written)
    except (comparison.NoReport, CannotMerge, OSError) as error:
        return cli.refuse(str(error))
    if asked.json:
        terminal.say(files.text(written))
    else:
        terminal.show(whole, asked.quiet, asked.verbose)
    return whole.exit_code


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="conformance merge",
        description="Make one report of many: counts, the largest error/bound, and every break once.",
        epilog="Exit status: as of the run; 2 too where a part is missing, or where the reports cannot be merged.",
        allow_abbrev=False,
    )
    made.add_argument("reports", nargs="+", metavar="REPORT", help="a report.json, or the folder of one")
    made.add_argument("--report", metavar="DIR", type=Path, help="write report.html, report.json and their kin")
    made.add_argument("-v", "--verbose", action="store_true", help="every number of each case, and all that was tried")
    made.add_argument("--quiet", action="store_true", help="print one line")
    made.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    return made
