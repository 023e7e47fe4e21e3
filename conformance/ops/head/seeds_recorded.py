"""Three steps of a real training job, as fixed inputs: yolov8n of Ultralytics 8.4.190 on two pictures of 64 px.

The files are recordings (see `conformance.recording`): beside maps and labels they hold what the job itself answered.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from conformance.cases.stored import Definition
from refimpl import ULTRALYTICS_8_4

FOLDER = Path(__file__).parents[3] / "golden" / "recordings"
DIALECT = dataclasses.replace(ULTRALYTICS_8_4, num_classes=2)
STEPS = (0, 5, 11)


def step(number: int) -> Definition:
    """The inputs of one recorded step."""
    with np.load(FOLDER / f"step{number:06d}.npz", allow_pickle=False) as recording:
        maps = [recording[f"maps.{i}"] for i in range(len(DIALECT.strides))]
        inputs = {"feature_maps": maps, "targets": recording["targets"]}
    why = "catches: what only real maps have: three levels, 16 bins, logits far from any pattern, boxes that share anchors"
    source = f"recorded: yolov8n, Ultralytics 8.4.190, random weights, step {number} on coloured rectangles"
    return Definition(f"recorded-step-{number}", "detection_loss", ("DET-1", "DET-2", "DET-3", "DET-4"), why, source, inputs, DIALECT)


CASES = tuple(map(step, STEPS))
