"""Tightness: the smallest change of each number that the suite sees, and how near to its bound a right answer comes.

A number is a float of the dialect that an op reads, one that a family names in its formula, or a result as a whole: it is
made larger by a share of itself, a power of two, and that share is halved as long as some clause still breaks. `make
tightness` writes it, as JSON and as a page.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Sequence, Tuple

import numpy as np

from conformance.calling.candidate import Candidate
from conformance.cases.protocol import GRADIENTS, OPS, fields_read, vjp
from conformance.evidence.panel import Round, rounds, sights
from conformance.judging.rounding import PRECISIONS
from conformance.ops import family
from conformance.ops.made_of import parts
from conformance.ops.right import Right
from conformance.ops.spec import CLAUSES
from conformance.paper.markdown import table
from conformance.suite.report import versions
from conformance.suite.run import settings
from refimpl import YOLOV8
from refimpl.decisions import NUMBERS

STORED = Path(__file__).with_suffix(".json")
PAGE = Path(__file__).parents[2] / "docs" / "tightness.md"

SEED = 1000081
"""Of the examples, used for nothing else."""

FINEST = 52
"""The smallest share that is tried is two to minus so much."""

Larger = Callable[[float], type]
"""From a share to a candidate in which a number is larger by it."""


class Tightness(NamedTuple):
    """A number in an op, or in its gradient: the clause and the smallest share it breaks at, 0 if at none, by float type."""

    op: str
    number: str
    seen: Dict[str, Tuple[str, float]]


class Met(NamedTuple):
    """A clause through an op: the largest error of a right answer, in parts of its bound, by float type."""

    op: str
    clause: str
    worst: Dict[str, float]


def numbers(function: str) -> Iterator[Tuple[str, Larger]]:
    """The numbers of an op, or of its gradient `<op>_vjp`, each with a candidate in which it is larger."""
    op = OPS[function.replace("_vjp", "")]
    touched = {clause.id for clause in CLAUSES.values() if {*parts(op.name)} & {*clause.judged}}
    for name in fields_read(op):
        if name in NUMBERS and not NUMBERS[name].whole and {*NUMBERS[name].clauses} & touched:
            yield name, _with_field(function, name)
    for name, larger in (family.of(op.name, "numbers", function) or {}).items():
        yield name, lambda share, larger=larger: type("Larger", (Right,), {function: larger(share)})
    if function != op.name or any(not o.plain and o.kind not in ("mask", "index", "label", "image") for o in op.gives):
        yield "the result as a whole", _scaled(function)


def _with_field(function: str, name: str) -> Larger:
    """The reference, which reads every field."""
    op = OPS[function.replace("_vjp", "")]
    answer = op.function if function == op.name else op.vjp

    def larger(share: float) -> type:
        def method(self: Right, *arguments: Any) -> Any:
            return answer(*arguments, dialect=replace(self.dialect, **{name: getattr(self.dialect, name) * (1 + share)}))

        return type("Larger", (Right,), {function: method})

    return larger


def _scaled(function: str) -> Larger:
    def larger(share: float) -> type:
        def scaled(x: Any) -> Any:
            if isinstance(x, (tuple, list)):
                each = [scaled(one) for one in x]
                return type(x)(*each) if hasattr(x, "_fields") else type(x)(each)
            return x * (1 + share) if np.asarray(x).dtype.kind == "f" else x

        return type("Larger", (Right,), {function: lambda self, *arguments: scaled(getattr(Right(self.dialect), function)(*arguments))})

    return larger


class Panel:
    """The examples of an op or its gradient in one float type, with what is expected; those that told most stand first."""

    def __init__(self, drawn: Sequence[Round]) -> None:
        self._looks: List[Tuple[Round, List[Dict[str, Any]]]] = [(one._replace(cases=(c,)), [{}]) for one in drawn for c in one.cases]

    def worst(self) -> Dict[str, float]:
        """By clause, the largest error of the right candidate in parts of its bound."""
        right, found = Candidate(Right, YOLOV8, "right"), {}
        for look, expected in self._looks:
            for seen in sights(look, right, expected):
                found[seen.clause] = max(found.get(seen.clause, 0.0), seen.outcome.worst)
        return found

    def breaks(self, factory: type) -> str:
        """The first clause that breaks; "" if none does."""
        candidate = Candidate(factory, YOLOV8, "larger")
        for i, (look, expected) in enumerate(self._looks):
            clause = next((seen.clause for seen in sights(look, candidate, expected) if seen.reason and seen.clause), "")
            if clause:
                self._looks.insert(0, self._looks.pop(i))
                return clause
        return ""

    def smallest(self, larger: Larger) -> Tuple[str, float]:
        """The clause that breaks at the smallest share, and the share; ("", 0) if none breaks at a half."""
        clause, coarse, fine = self.breaks(larger(0.5)), 1, FINEST + 1
        while clause and fine - coarse > 1:
            middle = (coarse + fine) // 2
            broken = self.breaks(larger(2.0**-middle))
            clause, coarse, fine = (broken, middle, fine) if broken else (clause, coarse, middle)
        return (clause, 2.0**-coarse) if clause else ("", 0.0)


def measured(ops: Sequence[str]) -> Iterator[Tuple[List[Tightness], List[Met]]]:
    """Of each op, what is seen of its numbers and those of its gradient, and how near bounds are met."""
    run = settings(profile="quick", seed=SEED, dtype="both", only=None)
    served = Candidate(Right, YOLOV8, "right").served
    for op in ops:
        drawn = list(rounds(run, served, [op]))
        for function in (op, *((vjp(op),) if op in GRADIENTS else ())):
            gradient = function != op
            panels = {d: Panel([one for one in drawn if (one.gradient, one.dtype) == (gradient, d)]) for d in run.dtypes}
            worst = {dtype: panel.worst() for dtype, panel in panels.items()}
            met = [Met(op, clause, {d: worst[d].get(clause, 0.0) for d in worst}) for clause in next(iter(worst.values()))]
            found = [
                Tightness(function, name, {dtype: panel.smallest(larger) for dtype, panel in panels.items()})
                for name, larger in numbers(function)
            ]
            yield found, met


def text(found: Dict[str, Any]) -> str:
    """The page."""
    tight = [Tightness(*row) for row in found["numbers"]]
    met = [one for one in (Met(*row) for row in found["bounds"]) if any(one.worst.values())]
    return "\n\n".join([
        "# Tightness",
        "How small a change of a number the suite sees at the quick profile. Each number is made larger by a share of itself, "
        "down to 2⁻⁵²; told is the smallest share at which some clause breaks, and in units of the rounding of the float type. "
        "A dash: not even half of it more is seen through this op alone. "
        f"Written by `make tightness`, {found['when']}, {found['with']}, in {found['seconds']} s.",
        table(["op", "number", *PRECISIONS], [[f"`{t.op}`", t.number, *map(_told, t.seen.items())] for t in tight]),
        "## How near bounds are met",
        "The largest error of the right candidate in parts of its bound, over the same examples; clauses without a bound are left out.",
        table(["op", "clause", *PRECISIONS], [[f"`{m.op}`", m.clause, *(f"{m.worst[d]:.2g}" for d in PRECISIONS)] for m in met]),
    ]) + "\n"  # fmt: skip


def _told(seen: Tuple[str, Tuple[str, float]]) -> str:
    dtype, (clause, share) = seen
    return f"{share:.1e}, {share / PRECISIONS[dtype].u:.2g} u ({clause})" if clause else "–"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure the ops that are named, or all, and write. Returns 0."""
    begun, ops = time.perf_counter(), (sys.argv[1:] if argv is None else argv) or list(OPS)
    tight, met = [], []
    for numbers_of_op, bounds in measured(ops):
        for one in numbers_of_op:
            print(one.op, one.number, *map(_told, one.seen.items()), sep="  ", flush=True)
        tight, met = tight + numbers_of_op, met + bounds
    made = {"when": time.strftime("%Y-%m-%d", time.gmtime()), "with": versions(), "seconds": round(time.perf_counter() - begun)}
    found = {**made, "numbers": tight, "bounds": met}
    if len(ops) == len(OPS):
        STORED.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        PAGE.write_text(text(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
