"""Golden cases of averages and schedules."""

from __future__ import annotations

import dataclasses
from typing import Any, Dict

import numpy as np

from conformance.cases.case import Case
from conformance.cases.stored import Definition, as_expected
from conformance.judging.rounding import Precision, Rounded
from conformance.ops.training.clauses import lerped
from refimpl import YOLOV8
from refimpl.averages import ema_update

COSINE = dataclasses.replace(YOLOV8, lr_shape="cosine")
EMA = "seed 001, section 2.1"
STEPS = {"steps_per_epoch": 100, "epochs": 100, "batch_size": 16}

GOLDEN = (
    Definition("ema-first-update", "ema_decay", ("EMA-1",), "catches: a constant decay, which keeps the start for thousands of updates",
               "rf-detr 59", {"updates": 1}),
    Definition("ema-after-tau", "ema_decay", ("EMA-1",), "catches: another ramp: 0.9955 of TensorFlow, 0.994 of timm", "run", {"updates": 2000}),
    Definition(
        "seed-001-average", "ema_update", ("EMA-2",), "catches: average and weights swapped, as the seed names them",
        EMA + ", which calls the average w and the weights δ the wrong way round",
        {"average": [1, 2, -8], "value": [3, 10, 4], "decay": 0.75},
    ),
    Definition("ema-ends", "ema_update", ("EMA-3",), "catches: weights that are not taken where nothing is kept", "made up",
               {"average": [1, 2, -8], "value": [3, 10, 4], "decay": 0.0}),
    Definition("rate-of-the-last-epoch", "lr_factor", ("LRS-1",), "catches: a last epoch that reaches the final rate", "Ultralytics lf",
               {"epoch": 99, "epochs": 100}),
    Definition("rate-cosine", "lr_factor", ("LRS-1",), "catches: half a turn for a quarter", "Ultralytics one_cycle",
               {"epoch": 25, "epochs": 100}, COSINE),
    Definition("warm-up-second-epoch", "warmup", ("LRS-2", "LRS-3"), "catches: a line to the first rate; groups swapped; 2.5 rounded up",
               "yolov5 8352", {"step": 150, "epoch": 1, **STEPS}),
    Definition("warm-up-last-step", "warmup", ("LRS-2",), "catches: a warm-up that ends one step short", "Ultralytics before 8.4",
               {"step": 300, "epoch": 3, **STEPS}),
    Definition("sizes-of-half", "training_sizes", ("SIZ-1",), "catches: the largest size left out, one below a stride", "Ultralytics 24394",
               {"size": 96, "share": 0.75, "stride": 32}),
    Definition("scaled-whole-quotient", "scaled_shape", ("SIZ-2",), "catches: one stride too many: 704", "Ultralytics multi_scale, run",
               {"shape": (608, 608), "size": 672, "stride": 32}),
)  # fmt: skip


def _few_units(*names: str) -> Any:
    """So few operations that 16 units of the largest number that takes part cover them."""
    return lambda case, expected, precision: {name: np.array(16 * precision.u) for name in names}


def _updated(case: Case, expected: Any, precision: Precision) -> Dict[str, np.ndarray]:
    average, value = (Rounded(x, precision) for x in (case.average, case.value))
    return {
        "updated": lerped(
            ema_update(average, value, case.decay, dialect=case.dialect), average, value, case.decay
        ).error
    }


BOUNDS = {
    "ema_decay": _few_units("decay"), "ema_update": _updated, "lr_factor": _few_units("factor"),
    "warmup": _few_units("weight_rate", "bias_rate", "momentum"),
}  # fmt: skip
LEGAL_SETS = {
    "warmup": as_expected("accumulate"), "training_sizes": as_expected("sizes"), "scaled_shape": as_expected("scaled"),
}  # fmt: skip
