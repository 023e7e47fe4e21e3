"""The parts of a package that is shaped like Ultralytics, by their names."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any, Dict

NAMES = (
    *("TaskAlignedAssigner", "BboxLoss", "DFLoss", "v8DetectionLoss", "E2ELoss"),
    *("bbox_iou", "make_anchors", "dist2bbox", "bbox2dist", "select_candidates_in_gts", "select_highest_overlaps"),
)
"""What is looked for; the last two were functions in early releases and are methods of the assigner since 8.1."""


def parts(package: str) -> Dict[str, Any]:
    """The parts by name, each from the first module, shallow ones first, whose source defines it."""
    if not package:
        raise ImportError("ultralytics-like: expected the name of a package, got ''")
    module = importlib.import_module(package)
    if not hasattr(module, "__path__"):
        return {name: getattr(module, name) for name in NAMES if hasattr(module, name)}
    found: Dict[str, str] = {}
    for place in module.__path__:
        for file in sorted(Path(place).rglob("*.py"), key=lambda file: (len(file.parts), file)):
            inner = file.relative_to(place).with_suffix("").parts
            name = ".".join((package, *inner[: -1 if inner[-1] == "__init__" else None]))
            for part in re.findall(r"^(?:class|def) (\w+)", file.read_text(encoding="utf-8", errors="replace"), re.M):
                found.setdefault(part, name)
    return {name: getattr(importlib.import_module(found[name]), name) for name in NAMES if name in found}
