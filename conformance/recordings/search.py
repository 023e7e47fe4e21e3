"""Search: the presets, and the fields one after another, that bring the reference nearer to a step."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any, Dict, Iterator, List, NamedTuple, Sequence, Tuple

from conformance.explaining.distance import Changes
from conformance.explaining.nearness import Nearness
from conformance.judging.verdicts import BREAKS, CONFORMS
from conformance.recordings.files import Recording
from conformance.recordings.findings import IN_FORCE, Judgement
from conformance.recordings.judging import judge
from conformance.recordings.likeness import Likeness
from conformance.recordings.step import dialect_of
from refimpl import PRESETS, Dialect
from refimpl.decisions import DECISIONS

HEAD = ("TGT", "IOU", "TAL", "BOX", "DET")
"""Families of the clauses that a loss touches."""

FIELDS = tuple(d.field for d in DECISIONS.values() if any(clause.startswith(HEAD) for clause in d.clauses))
"""Decisions that a step may show."""

PAIRED = tuple(f for f in FIELDS if {"TAL-4", "TAL-5", "TAL-7"} & {*DECISIONS[f].clauses} and f != "overlap")
"""Decisions of which two may help where one does not."""

NUMBERS = ("topk", "alpha", "beta", "overlap_eps", "inside_eps", "norm_eps", "iou_eps")

FACTORS = ("box_gain", "cls_gain", "dfl_gain")

MOST_CLAIMS = 20
"""Largest k that is tried."""

STEPS, JUDGED = 4, 3
"""Fields changed at most, and ways judged in one round."""

TIED = 0.05
"""Share of anchors that ties may leave apart in what is right; beyond it no verdict is asked for."""


class Found(NamedTuple):
    """preset that explains a step, "" for none; the fields that do; what is in force with them, in words; why no more can be said."""

    preset: str
    changes: Changes
    in_force: Tuple[str, ...]
    unjudged: str = ""

    def __str__(self) -> str:
        if self.unjudged:
            return self.unjudged
        fields = ", ".join(f"{field}={value!r}" for field, value in sorted(self.changes.items()))
        besides = f"; then {'; '.join(self.in_force)}" if self.in_force else ""
        return f"the step conforms {f'to {self.preset}' if self.preset else f'with {fields}'}{besides}"


def only_in_force(found: Judgement) -> bool:
    """Whether nothing is wrong but factors, and a total that follows from them."""
    broken = [finding for finding in found.findings if finding.verdict == BREAKS]
    followed = any("batch factor" in finding.text for finding in broken)
    return all(finding.what in IN_FORCE or (followed and finding.what == "total") for finding in broken)


class Search:
    """Ways to change a dialect, told by how far a few images are from the reference under each."""

    def __init__(self, recording: Recording, dialect: Dialect, seen: List[Likeness], powers: List[Changes]) -> None:
        self._recording, self._dialect, self._seen, self._powers = recording, dialect, seen, powers
        self._nearness = Nearness(len(seen), lambda i, changes: seen[i].far(replace(dialect, **changes)))

    def far(self, changes: Changes) -> float:
        """How far, 0 … 1; ∞ if there is no such dialect."""
        return self._nearness.far(changes) / len(self._seen)

    def of_presets(self) -> Found | None:
        """The first preset that is as near as any, and by which the step conforms; one that leaves nothing in force, if there is one."""
        changes = {name: self._of(preset) for name, preset in PRESETS.items() if preset.cls_loss == self._dialect.cls_loss}
        least = min(self.far(way) for way in changes.values())
        if least >= self.far({}) or least > TIED:
            return None
        near = [name for name, way in changes.items() if self.far(way) <= least]
        found = None
        for name in _unlike(near, changes)[:JUDGED]:
            left = self._left(changes[name])
            if left == ():
                return Found(name, changes[name], left)
            found = found or (None if left is None else Found(name, changes[name], left))
        return found

    def of_fields(self) -> Found | None:
        """Fields changed one after another, from the dialect asked for or the nearest preset."""
        starts = [{}, *map(self._of, PRESETS.values())]
        changes = min(starts, key=self.far)
        if changes and self.far(changes) <= TIED:
            way = self._without_the_needless(changes)
            left = self._left(way)
            return None if left is None else Found("", way, left)
        for _ in range(STEPS):
            nearer = self._nearer(changes, self._singly(changes)) or self._nearer(changes, self._in_pairs(changes))
            if not nearer:
                return None
            for way in map(self._without_the_needless, (way for way in nearer if self.far(way) <= TIED)):
                left = self._left(way)
                if left is not None:
                    return Found("", way, left)
            changes = nearer[0]
        return None

    def _nearer(self, changes: Changes, ways: Sequence[Changes]) -> List[Changes]:
        """The nearest of the ways that are nearer, on the image that is farthest and on all."""
        farthest = max(range(len(self._seen)), key=lambda i: self._nearness.of(i, changes))
        helping = [way for way in ways if self._nearness.of(farthest, way) < self._nearness.of(farthest, changes)]
        return sorted((way for way in helping if self.far(way) < self.far(changes)), key=self.far)[:JUDGED]

    def _of(self, preset: Dialect) -> Changes:
        """The fields in which a preset is another."""
        preset = dialect_of(self._recording, preset)
        return {f: getattr(preset, f) for f in (*FIELDS, *NUMBERS, *FACTORS) if getattr(preset, f) != getattr(self._dialect, f)}

    def _values(self) -> Iterator[Changes]:
        """Every other value of every field, and the exponents that the scores show."""
        yield from self._powers
        for field in FIELDS:
            yield from ({field: known.value} for known in DECISIONS[field].values)
        for field in NUMBERS:
            yield from ({field: value} for value in dict.fromkeys(getattr(preset, field) for preset in PRESETS.values()))
        yield from ({"topk": 1, "topk2": None}, {"topk2": None}) if self._dialect.topk2 else ()
        yield from ({"topk": k} for k in range(1, MOST_CLAIMS + 1))

    def _singly(self, changes: Changes) -> List[Changes]:
        return [{**changes, **one} for one in self._values()]

    def _in_pairs(self, changes: Changes) -> List[Changes]:
        values = [(field, known.value) for field in PAIRED for known in DECISIONS[field].values]
        now = replace(self._dialect, **changes)
        others = [(field, value) for field, value in values if getattr(now, field) != value]
        return [{**changes, **dict(pair)} for pair in itertools.combinations(others, 2) if pair[0][0] != pair[1][0]]

    def _without_the_needless(self, changes: Changes) -> Changes:
        changes = {field: value for field, value in changes.items() if value != getattr(self._dialect, field)}
        for field in list(changes):
            fewer = {name: value for name, value in changes.items() if name != field}
            changes = fewer if self.far(fewer) <= self.far(changes) else changes
        return changes

    def _left(self, changes: Changes) -> Tuple[str, ...] | None:
        """What is in force that the changed dialect does not have, in words; None if more than that breaks, or it is undecided."""
        found = judge(self._recording, replace(self._dialect, **changes))
        if found.verdict == CONFORMS:
            return ()
        words = tuple(finding.text for finding in found.findings if finding.verdict == BREAKS and finding.what in IN_FORCE)
        return words if found.verdict == BREAKS and only_in_force(found) else None


def _unlike(names: Sequence[str], changes: Dict[str, Changes]) -> List[str]:
    """The first of each few presets that change the same."""
    found: Dict[Any, str] = {}
    for name in names:
        found.setdefault(tuple(sorted(changes[name].items(), key=repr)), name)
    return list(found.values())
