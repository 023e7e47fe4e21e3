"""`explain FILE`: maps and targets of a recording, or of any `.npz`, through the reference stage by stage."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np

from conformance.calling import dialects
from conformance.calling.errors import CandidateNotFound
from conformance.recordings import explaining, stages
from conformance.recordings.files import NoRecording, arrays_of, check_numbers, check_strides

_MAP = re.compile(r"(?:in\.)?(?:feature_)?maps?[._]?(\d+)$")


def main(words: Sequence[str]) -> int:
    """Run the command. Returns 0 if nothing is wrong, 1 if something is, 2 if the file cannot be read."""
    asked = _parser().parse_args(words)
    try:
        dialect = dialects.named(asked.dialect)
        maps, targets, facts = _read(asked.file)
    except (CandidateNotFound, NoRecording, OSError) as error:
        return _refuse(str(error))
    if asked.image is not None and not 0 <= asked.image < len(maps[0]):
        return _refuse(f"image: expected 0 … {len(maps[0]) - 1}, got {asked.image}")
    found = stages.explained(maps, targets, dialect, **facts)
    page = explaining.text(found, asked.image)
    print(page)
    return int(not page.startswith(explaining.NOTHING))


def _read(path: Path) -> Tuple[List[np.ndarray], np.ndarray, Dict[str, Any]]:
    """Maps, targets, and strides and bins where they are told."""
    arrays = arrays_of(path)
    numbered = {int(found[1]): key for key in arrays if (found := _MAP.match(key))}
    name = "targets" if "targets" in arrays else "in.targets"
    if not numbered or name not in arrays:
        raise NoRecording(f"{path}: expected maps.0, maps.1, … and targets, got {', '.join(sorted(arrays)[:8]) or 'nothing'}")
    for key in (*numbered.values(), name):
        check_numbers(path, key, arrays[key])
        if arrays[key].ndim != (2 if key == name else 4):
            raise NoRecording(f"{path}: {key}: expected shape {'(N, 6)' if key == name else '(B, channels, H, W)'}, got {arrays[key].shape}")
    facts: Dict[str, Any] = {}
    if "strides" in arrays and arrays["strides"].size:
        facts["strides"] = tuple(float(s) for s in arrays["strides"].ravel())
        check_strides(path, facts["strides"])
    if "reg_max" in arrays:
        facts["reg_max"] = int(arrays["reg_max"])
    return [arrays[numbered[i]] for i in sorted(numbered)], arrays[name], facts


def _refuse(reason: str) -> int:
    print(f"conformance: {reason}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="conformance explain",
        description="Take maps and targets through the reference, stage by stage, and say what is wrong with them.",
        epilog="Exit status: 0 nothing is wrong, 1 something is, 2 the file cannot be read.",
        allow_abbrev=False,
    )
    made.add_argument("file", type=Path, metavar="FILE", help="a recording, or a .npz with maps.0, maps.1, … and targets")
    made.add_argument("--image", type=int, metavar="N", help="tell of this image alone")
    made.add_argument("--dialect", metavar="NAME", default="YOLOV8", help="preset, or FILE.py:NAME, to explain by; default: YOLOV8")
    return made
