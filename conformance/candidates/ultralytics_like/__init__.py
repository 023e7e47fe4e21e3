"""Code shaped like Ultralytics', a fork or a rewrite, as a candidate: `ultralytics-like:my_pkg.utils`.

Every value is computed by the package. What is known here is where its parts are, by their names, and what their callers
hand them (masks as floats; `mask_gt` multiplied in after a step); their signatures may be those of any release. An op is
offered if the parts it needs are there. Nothing is repaired.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping

import torch

from conformance.adapting.calls import quietly, taking
from conformance.adapting.serving import built_in
from conformance.candidates.ultralytics_like.ops import NEEDS, UltralyticsLike, masks_overlaps
from conformance.candidates.ultralytics_like.parts import NAMES, parts


def load(package: str) -> Callable[[Any], Any]:
    """The factory of a package, or of one module, that holds some of `NAMES`.

    Raises
    ------
    ImportError
        If it cannot be imported, or holds none of the names.
    """
    with quietly():
        found = parts(package)
    if not found:
        raise ImportError(f"{package}: expected some of {', '.join(NAMES)}, got none of them")
    return factory_of(found, package)


def factory_of(found: Mapping[str, Any], name: str) -> Callable[[Any], Any]:
    """A factory of the ops whose parts were found; its `dialect` is the one that two small boxes tell apart."""
    missing = {op: None for op, needed in NEEDS.items() if not any(part in found for part in needed)}
    kind = type("UltralyticsLike", (UltralyticsLike,), {**missing, "parts": dict(found), "name": name})

    def factory(dialect: Any) -> Any:
        built_in(dialect, iou_eps=1e-7, inside_eps=1e-9)
        return kind(dialect)

    factory.kind = kind
    if "TaskAlignedAssigner" in found:
        factory.dialect = dialect_of(found)
    return factory


def dialect_of(found: Mapping[str, Any]) -> str:
    """The preset by what the assigner does: whether sides of 4 and of 9 px are widened, and overlaps masked."""
    assigner = found["TaskAlignedAssigner"]()
    points = torch.tensor([[4.0, 4.0]])
    boxes = torch.tensor([[[8.5, 2.0, 12.5, 6.0], [6.0, 0.0, 15.0, 9.0]]])
    step = getattr(assigner, "select_candidates_in_gts", None) or found.get("select_candidates_in_gts")
    if step is None or not hasattr(assigner, "get_box_metrics"):
        return "YOLOV8"  # it does not show its steps
    below_first, below_second = taking(step, points, boxes, mask_gt=torch.ones(1, 2, 1)).flatten().tolist()
    if below_first:
        return "ULTRALYTICS_8_4" if below_second else "ULTRALYTICS_8_4_0"
    return "YOLOV8" if masks_overlaps(assigner) else "YOLOV9"
