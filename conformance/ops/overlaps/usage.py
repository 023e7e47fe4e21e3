"""How an op of the reference is called, as the first page shows it."""

from __future__ import annotations

import refimpl
from conformance.ops.overlaps.worked import PAIR
from conformance.paper import markdown


def _in_python() -> str:
    value = markdown.number(refimpl.ciou(*PAIR, dialect=refimpl.YOLOV8)[0])
    lines = [f"{name} = np.array({boxes.tolist()})" for name, boxes in zip(refimpl.OPS["ciou"].arguments, PAIR)]
    call = f"value = refimpl.ciou(boxes1, boxes2, dialect=refimpl.YOLOV8)  # {value}"
    return "\n".join(["```python", "import numpy as np", "import refimpl", "", *lines, call, "```"])


USAGE = (("ciou", _in_python),)
