"""Pictures of pooling: the map and its regions, in cells."""

from __future__ import annotations

import numpy as np

from conformance.ops.picture_parts import boxes_drawn, numbers, results_told
from conformance.ops.subject import Subject
from conformance.paper.markup import Markup


def regions(subject: Subject, key: str) -> Markup | None:
    """The map as a box, and the region that is wrong over it."""
    case = subject.case
    height, width = case.features.shape[1:]
    k = min(subject.image, max(len(case.rois) - 1, 0))
    cells = case.rois[k : k + 1] * case.spatial_scale
    told = [f"a map of {height} by {width} cells, {case.output_size} by {case.output_size} bins"]
    told += [f"region {k}: {numbers(cell)} cells" for cell in cells]
    return boxes_drawn(key, "A region on its map", ([(0, 0, width, height)], np.clip(cells, -1e4, 1e4), []), told)


PICTURES = {
    "roi_max_pool": (regions, results_told("Largest values", "output_size", "spatial_scale")),
    "roi_align": (regions, results_told("Means of samples", "output_size", "sampling_ratio", "aligned")),
}
