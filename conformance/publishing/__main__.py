"""`make spec` writes the pages below docs/ anew; `--check` says which are stale, missing or no longer made."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Dict, List, Sequence

from conformance.publishing import pages
from conformance.publishing.links import dead_links

SUFFIXES = (".md", ".svg")
"""The files below the folder that are ours to write and to remove."""

MADE = "ritten by `make spec`"
"""Marks a page that is."""


def main(argv: Sequence[str] | None = None) -> int:
    """Write the pages, or check them. Returns 0, or 1 for a stale page or a dead link."""
    options = parser().parse_args(argv)
    made = pages.everything()
    problems = [f"{dead}" for dead in dead_links({**by_hand(options.folder), **made})]
    if options.check:
        problems += stale(options.folder, made)
    else:
        write(options.folder, made)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def stale(folder: Path, made: Dict[str, str]) -> List[str]:
    """What differs between the files of a folder and the pages as they are made now."""
    there = {str(path.relative_to(folder).as_posix()): path.read_bytes().decode("utf-8") for path in files(folder)}
    problems = [f"docs/{name}: expected a page, got none; `make spec` writes it" for name in made if name not in there]
    problems += [
        f"docs/{name}: stale; `make spec` writes it anew" for name in made if there.get(name, made[name]) != made[name]
    ]
    return problems + [f"docs/{name}: no longer made; `make spec` removes it" for name in there if name not in made]


def write(folder: Path, made: Dict[str, str]) -> None:
    """Write every page, and remove what is no longer made."""
    for path in files(folder):
        if path.relative_to(folder).as_posix() not in made:
            path.unlink()
    for name, text in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))


def files(folder: Path) -> List[Path]:
    """The pages and pictures below a folder; the pages by hand stand at its top and do not say that they are made."""
    found = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES)
    return [path for path in found if path.parent != folder or MADE in path.read_text(encoding="utf-8")]


def by_hand(folder: Path) -> Dict[str, str]:
    """The pages below a folder that are written by hand, whose links are checked with the others."""
    found = set(folder.glob("*.md")) - set(files(folder))
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in sorted(found)}


def parser() -> argparse.ArgumentParser:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m conformance.publishing", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a page is stale")
    parser.add_argument("--folder", type=Path, default=pages.FOLDER, help="default: docs of the checkout")
    return parser


if __name__ == "__main__":
    sys.exit(main())
