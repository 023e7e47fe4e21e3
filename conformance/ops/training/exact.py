"""Golden answers by the second oracle: averages and schedules."""

from __future__ import annotations

import numpy as np

from conformance.cases.exact import Arguments, Outputs, floats
from refimpl import Dialect
from refimpl.oracle import training


def _ema_update(x: Arguments, dialect: Dialect) -> Outputs:
    pairs = zip(x["average"].ravel().tolist(), x["value"].ravel().tolist())
    found = [training.average(pair, [x["decay"]]) for pair in pairs]
    return {"updated": floats(found, (len(found),)).reshape(x["average"].shape)}


def _warmup(x: Arguments, dialect: Dialect) -> Outputs:
    given = (x[name] for name in ("step", "steps_per_epoch", "epoch", "epochs", "batch_size"))
    *rates, accumulate = training.warm(*given, dialect)
    names = ("weight_rate", "bias_rate", "momentum")
    return {**{name: np.array(float(rate)) for name, rate in zip(names, rates)}, "accumulate": np.array(accumulate)}


ANSWERS = {
    "ema_decay": lambda x, d: {"decay": np.array(float(training.decay(x["updates"], d.ema_limit, d.ema_tau)))},
    "ema_update": _ema_update,
    "lr_factor": lambda x, d: {
        "factor": np.array(float(training.factor(x["epoch"], x["epochs"], d.lr_final, cosine=d.lr_shape == "cosine")))
    },
    "warmup": _warmup,
    "training_sizes": lambda x, d: {"sizes": np.array(sorted(training.sizes(x["size"], x["share"], x["stride"])))},
    "scaled_shape": lambda x, d: {"scaled": np.array(training.scaled(x["shape"], x["size"], x["stride"]))},
}
