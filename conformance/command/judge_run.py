"""`judge-run FILES`: judge recorded steps of a training job."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import List, Sequence, Tuple

from conformance.calling import dialects
from conformance.calling.errors import CandidateNotFound
from conformance.command import terminal
from conformance.judging.verdicts import BREAKS, CONFORMS, UNDECIDED
from conformance.recordings import data_parallel, fields, told
from conformance.recordings.files import NoRecording, Recording, read
from conformance.recordings.judging import judge
from conformance.recordings.page import page
from conformance.recordings.told import Judged
from conformance.reporting import files
from refimpl import Dialect

CODES = {CONFORMS: 0, BREAKS: 1, UNDECIDED: 2}


def main(words: Sequence[str]) -> int:
    """Run the command. Returns 0 if all steps conform, 1 if one breaks, 2 if there is no verdict on one."""
    asked = _parser().parse_args(words)
    try:
        dialect = dialects.named(asked.dialect)
        if asked.report is not None:
            files.folder(asked.report)
        recordings, unread = _read(_files(asked.files))
    except (CandidateNotFound, NoRecording, OSError) as error:
        return _refuse(str(error))
    judged = _all_judged(recordings, dialect)
    for reason in unread:
        print(f"conformance: not judged: {reason}", file=sys.stderr)
    whole = {**told.data(judged, asked.dialect), "not_judged": unread}
    if asked.report is not None:
        files.write_whole(asked.report / "report.json", json.dumps(whole, indent=2) + "\n")
        files.write_whole(asked.report / "report.html", page(judged, dialect))
    if asked.json:
        print(json.dumps(whole, indent=2))
    else:
        lines = [whole["headline"], *(told.text(one, asked.dialect) for one in judged)]
        print(terminal.coloured("\n\n".join(lines), sys.stdout))
    return CODES[whole["verdict"]] or CODES[UNDECIDED] * bool(unread)


def _read(paths: Sequence[Path]) -> Tuple[List[Tuple[Path, Recording]], List[str]]:
    """The recordings, and why a file is none; raises NoRecording if there is none at all."""
    found, unread = [], []
    for path in paths:
        try:
            found.append((path, read(path)))
        except (NoRecording, OSError) as error:
            unread.append(str(error))
    if not found:
        raise NoRecording("; ".join(unread))
    return found, unread


def _all_judged(recordings: Sequence[Tuple[Path, Recording]], dialect: Dialect) -> List[Judged]:
    """All steps in their order, each by the S of its ranks where all of these are among the files."""
    ordered = sorted(recordings, key=lambda one: (one[1].facts["step"], one[1].facts["rank"]))
    found = [judge(recording, dialect) for _, recording in ordered]
    shared = data_parallel.shared([recording for _, recording in ordered], found)
    found = [one if s is None else judge(recording, dialect, s) for one, s, (_, recording) in zip(found, shared, ordered)]
    otherwise = [fields.differing(recording, dialect, one) for one, (_, recording) in zip(found, ordered)]
    return [Judged(path, recording, one, str(other or "")) for (path, recording), one, other in zip(ordered, found, otherwise)]


def _files(words: Sequence[Path]) -> List[Path]:
    """The files; of a folder its recordings."""
    found = [path for word in words for path in (sorted(word.glob("*.npz")) if word.is_dir() else [word])]
    if not found:
        raise NoRecording(f"{', '.join(map(str, words))}: expected recordings (*.npz), got none")
    return found


def _refuse(reason: str) -> int:
    print(f"conformance: {reason}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="conformance judge-run",
        description="Judge recorded steps of a training job (see conformance.recording).",
        epilog="Exit status: 0 every step conforms, 1 one breaks, 2 no verdict could be formed.",
        allow_abbrev=False,
    )
    made.add_argument("files", nargs="+", type=Path, metavar="FILES", help="recordings, or folders of them")
    made.add_argument("--dialect", metavar="NAME", default="YOLOV8", help="preset, or FILE.py:NAME, to judge them by; default: YOLOV8")
    made.add_argument("--report", metavar="DIR", type=Path, help="write report.html and report.json")
    made.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    return made
