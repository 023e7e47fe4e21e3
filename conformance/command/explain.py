"""`conformance explain IOU-4`: what a clause asks, the mistakes that break it, and how they are mended.

Given a file, the verb takes its maps and targets through the reference instead: see `explain_step`.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from pathlib import Path
from typing import Iterator, List, Sequence

from conformance.cases.protocol import OPS
from conformance.command import explain_step, terminal
from conformance.explaining.of_clause import Explained, Mistake, explained
from conformance.ops.spec import CLAUSES
from conformance.paper.nearest import did_you_mean

WIDTH = 100


def main(words: Sequence[str]) -> int:
    """Explain clauses, or all of an op; or a file. Returns 0, or 2 for a word that is none of these."""
    if any(is_file(word) for word in words):
        return explain_step.main(words)
    asked = parser().parse_args(words)
    found: List[str] = []
    for word in asked.words:
        ids = of_word(word)
        if not ids:
            known = [*CLAUSES, *OPS]
            expected = f"explain: expected a clause ({', '.join(list(CLAUSES)[:3])}, …) or an op, got {word!r}."
            print(f"conformance: {expected}{did_you_mean(word, known)} --list lists them", file=sys.stderr)
            return 2
        found += ids
    terminal.say("\n\n".join(text(explained(id)) for id in dict.fromkeys(found)) + "\n")
    return 0


def parser() -> argparse.ArgumentParser:
    """The words it takes."""
    made = argparse.ArgumentParser(prog="conformance explain", description=__doc__.splitlines()[0], allow_abbrev=False)
    made.add_argument("words", metavar="CLAUSE|OP|FILE", nargs="+", help="as IOU-4 or IOU-4g, an op, or a recorded step, .npz")
    return made


def is_file(word: str) -> bool:
    """Whether a word is a path; ids and ops have neither a suffix nor a folder."""
    return not word.startswith("-") and bool(Path(word).suffix or len(Path(word).parts) > 1)


def of_word(word: str) -> List[str]:
    """The clauses that a word names: one by its id in any case, or those of an op."""
    spelt = {id.lower(): id for id in CLAUSES}
    if word.lower() in spelt:
        return [spelt[word.lower()]]
    return [clause.id for clause in CLAUSES.values() if word in clause.ops]


def text(found: Explained) -> str:
    """The explanation of one clause for a terminal."""
    clause = found.clause
    return "\n".join(
        [
            *_wrapped(f"{clause.id}  {clause.sentence}", ""),
            f"  formula  {clause.formula}",
            f"  source   {clause.source}",
            f"  through  {', '.join(clause.ops)}",
            f"  page     docs/clauses/{clause.id}.md",
            *_section("who differs by intent", _differing(found)),
            *_section("mistakes that break it", (line for one in found.mistakes for line in _mistake(one))),
            *_section("commands", (line for command, does in found.commands for line in (command, f"    {does}"))),
        ]
    )


def _section(title: str, lines: Iterator[str]) -> List[str]:
    told = [f"  {line}" for line in lines]
    return ["", f"{title}:", *told] if told else []


def _differing(found: Explained) -> Iterator[str]:
    for what, who, judged in found.differs:
        yield from _wrapped(f"- {what} ({who}{'; ' + judged if judged else ''})", "  ")


def _mistake(one: Mistake) -> Iterator[str]:
    for line in one.told:
        yield from _wrapped(f"- {line}", "  ")
    if one.fix:
        yield from (f"    {name:5}  {line}" for name, line in zip(("torch", "JAX", "C++"), one.fix))


def _wrapped(line: str, indent: str) -> List[str]:
    return textwrap.wrap(line, WIDTH, subsequent_indent=indent, break_on_hyphens=False)
