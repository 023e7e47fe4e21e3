"""Ultralytics, the release that is installed: 8.0.3 and later, YOLOv8 and YOLO26 (`end_to_end_loss`).

Dialects: YOLOV9 up to 8.0.51, YOLOV8 up to 8.3.252, ULTRALYTICS_8_4_0 up to 8.4.127, ULTRALYTICS_8_4 from then on.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from conformance.adapting.calls import quietly
from conformance.candidates import ultralytics_like

with quietly():
    import ultralytics

    if importlib.util.find_spec("ultralytics.utils"):
        found = ultralytics_like.parts("ultralytics.utils")
    else:  # before 8.0.124
        found = ultralytics_like.parts("ultralytics.yolo.utils")
    if "v8DetectionLoss" not in found:  # before 8.0.111
        found["v8DetectionLoss"] = importlib.import_module("ultralytics.yolo.v8.detect.train").Loss

factory = ultralytics_like.factory_of(found, f"ultralytics {ultralytics.__version__}")


def unguarded(dialect: Any) -> Any:
    """The release with torch's default float type left alone, as a call of its own has it."""
    made = factory(dialect)
    made.detection_loss = type(made).detection_loss.__wrapped__.__get__(made)
    return made
