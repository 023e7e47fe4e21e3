"""Growth: how the time of the reference grows with images, anchors, boxes and classes, as slopes of log time to log size."""

from __future__ import annotations

import time
from typing import Dict, Iterator, List, Sequence, Tuple

import numpy as np

from conformance.evidence import sides
from conformance.evidence.sides import REFERENCE, Size

SMALL = Size(images=4, side=320, boxes=16)
"""Where one size grows, the others stay at these."""

GROWN: Dict[str, Tuple[str, Tuple[int, ...]]] = {
    "B, images": ("images", (2, 4, 8, 16)),
    "A, anchors": ("side", (256, 384, 512, 768)),
    "G, boxes": ("boxes", (10, 30, 100, 300)),
    "C, classes": ("classes", (20, 80, 300, 1000)),
}
"""Letter -> the field that grows, and its sizes."""

LIMIT = 1.05
"""A slope above this is worse than in proportion."""

WIDTH, PASSES = 40, 3


def lines() -> Iterator[str]:
    """For each letter the slope, and a bar of the time at each size."""
    yield f"\ngrowth of loss with gradient per core; the others at B {SMALL.images}, {SMALL.side} px, G {SMALL.boxes}, C {SMALL.classes}"
    for letter, (field, sizes) in GROWN.items():
        counts = [_count(field, size) for size in sizes]
        taken = [_seconds(SMALL._replace(**{field: size})) for size in sizes]
        found = slope(counts, taken)
        yield f"{letter}: slope {found:.2f}{'' if found <= LIMIT else f', above {LIMIT}'}"
        yield from plot(counts, taken)


def slope(sizes: Sequence[float], taken: Sequence[float]) -> float:
    """Of the straight line through log time over log size, by least squares: 1 is in proportion."""
    return float(np.polyfit(np.log(sizes), np.log(taken), 1)[0])


def plot(sizes: Sequence[int], taken: Sequence[float]) -> List[str]:
    """A bar for each size, as long as its time."""
    return [f"  {size:6}  {seconds:8.4f} s  {'█' * max(1, round(WIDTH * seconds / max(taken)))}" for size, seconds in zip(sizes, taken)]


def _count(field: str, size: int) -> int:
    """Of anchors, where the side of an image grows."""
    return sum((size // stride) ** 2 for stride in SMALL.dialect.strides) if field == "side" else size


def _seconds(size: Size) -> float:
    """CPU time of the quickest of several passes, on one thread."""
    one = sides.side(REFERENCE, size)
    one.threads(1)
    taken = []
    for _ in range(PASSES):
        begun = time.process_time()
        one.step()
        taken.append(time.process_time() - begun)
    return min(taken)
