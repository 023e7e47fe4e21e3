"""The generated parts of README.md and of the pages beside it: `make readme` writes them anew, `--check` says which are stale.

They stand between `<!-- generated: NAME by `make readme` -->` and `<!-- end -->`. What is the same on every machine is
checked by its text; measured numbers may differ in their last digit, so of those only the rows must be there.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Dict, List, Sequence

from conformance.publishing.readme_sections import FIXED, PAIRS, ROOT, ReadmeError, everything, ultralytics
from conformance.publishing.screen import screen

PAGES = ("README.md", *(f"docs/{name}.md" for name in ("measured", "dialects", "ultralytics", "torch")))
"""The pages that are written by hand and have generated parts."""

PICTURE = "conformance/publishing/break.svg"
"""The screen at the top of the README, beside it."""

TABLES = ("verdicts", "margins")
"""The measured sections that hold a row for each op and clause."""

_SECTION = re.compile(r"(<!-- generated: (\S+) by `make readme` -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def main(argv: Sequence[str] | None = None) -> int:
    """Write the generated sections, or check them. Returns 0, 1 for a stale section, 2 if a section cannot be made."""
    options = _parser().parse_args(argv)
    try:
        before = {name: (options.folder / name).read_text(encoding="utf-8") for name in PAGES}
        if options.check:
            problems = [*stale(before), *_stale_picture(before, options.folder / PICTURE)]
            for problem in problems:
                print(f"{problem}; `make readme` writes it anew")
            return 1 if problems else 0
        made = ultralytics() if options.ultralytics else everything(before["README.md"])
        after = replaced(before, made)
        for name, text in after.items():
            (options.folder / name).write_text(text, encoding="utf-8")
        if not options.ultralytics:
            picture = options.folder / PICTURE
            picture.parent.mkdir(parents=True, exist_ok=True)
            picture.write_text(pictured(after), encoding="utf-8")
    except (ReadmeError, OSError) as error:
        print(f"readme: {error}", file=sys.stderr)
        return 2
    return 0


def sections(pages: Dict[str, str]) -> Dict[str, str]:
    """The text of each generated section, by its name."""
    return {name: text for page in pages.values() for _, name, text, _ in _SECTION.findall(page)}


def stale(pages: Dict[str, str]) -> List[str]:
    """What is out of date: other text where it is the same on every machine, a missing row where it is measured."""
    there = sections(pages)
    problems = [f"section {name} is missing" for name in (*FIXED, *TABLES, "break", "rows") if name not in there]
    problems += [f"section {name} is stale" for name, make in FIXED.items() if there.get(name, make()) != make()]
    for name in TABLES:
        rows = {tuple(re.findall(r"[\w-]+", line)[:2]) for line in there.get(name, "").splitlines()}
        # In a verdict table a gradient shares the row of its value.
        pairs = [(op, id.rstrip("g")) for op, id in PAIRS] if name == "verdicts" else PAIRS
        lost = [" ".join(pair) for pair in dict.fromkeys(pairs) if pair not in rows]
        problems += [f"section {name} has no row for {', '.join(lost)}"] if lost and name in there else []
    return problems


def pictured(pages: Dict[str, str]) -> str:
    """The section `break` as a picture of the terminal."""
    shown = sections(pages).get("break", "")
    return screen(re.sub(r"^```\n?", "", shown, flags=re.MULTILINE), "A run that finds a bug, and names it")


def _stale_picture(pages: Dict[str, str], path: Path) -> List[str]:
    there = path.read_text(encoding="utf-8") if path.is_file() else ""
    return [] if there == pictured(pages) else [f"{PICTURE} does not show the section break"]


def replaced(pages: Dict[str, str], made: Dict[str, str]) -> Dict[str, str]:
    """The pages with the given sections filled anew and all others as they are."""
    names = [name for page in pages.values() for _, name, _, _ in _SECTION.findall(page)]
    for name in made:
        if names.count(name) != 1:
            raise ReadmeError(f"section {name}: expected once, got {names.count(name)} times")
    return {name: _SECTION.sub(lambda m: m[1] + made.get(m[2], m[3]) + m[4], text) for name, text in pages.items()}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m conformance.publishing.readme", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a section is stale")
    parser.add_argument("--ultralytics", action="store_true", help="write the section of the installed release only")
    parser.add_argument("--folder", type=Path, default=ROOT, help="that holds README.md and docs; default: the checkout")
    return parser


if __name__ == "__main__":
    sys.exit(main())
