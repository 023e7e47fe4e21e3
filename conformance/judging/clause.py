"""What a clause is, and the sources that many of them share."""

from __future__ import annotations

from typing import NamedTuple, Tuple

YOLOV8 = "Ultralytics 8.0.52–8.3.252; seed 001"
TOOD = "arXiv:2108.07755"
GFL = "arXiv:2006.04388"
CIOU = "arXiv:1911.08287"


class Clause(NamedTuple):
    """id; ops through which it is judged; the requirement as one sentence; its formula; where it comes from."""

    id: str
    ops: Tuple[str, ...]
    sentence: str
    formula: str
    source: str

    @property
    def gradient(self) -> bool:
        """Whether it is about the gradient of its ops, not their values."""
        return self.id.endswith("g")
