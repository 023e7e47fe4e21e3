"""Data parallel: the S that all ranks of a step have in common, where the recordings of all of them are at hand."""

from __future__ import annotations

from typing import Dict, List, Sequence, Tuple

import numpy as np

from conformance.recordings.files import Recording
from conformance.recordings.findings import Judgement


def shared(recordings: Sequence[Recording], judged: Sequence[Judgement]) -> List[float | None]:
    """Σ of the target scores over all ranks of the step of each recording; None where one is missing, or is not told."""
    ranks: Dict[Tuple[int, str], Dict[int, float]] = {}
    for recording, found in zip(recordings, judged):
        ranks.setdefault(_step(recording), {})[recording.facts["rank"]] = found.scores
    return [_sum(ranks[_step(recording)], recording.facts["world_size"]) for recording in recordings]


def _step(recording: Recording) -> Tuple[int, str]:
    return recording.facts["step"], recording.facts["branch"]


def _sum(scores: Dict[int, float], ranks: int) -> float | None:
    total = sum(scores.values())
    return total if ranks > 1 and len(scores) == ranks and np.isfinite(total) else None
