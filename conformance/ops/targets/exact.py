"""Golden answers by the second oracle: padded targets."""

from __future__ import annotations

import numpy as np

from conformance.cases.exact import Arguments, Outputs, floats
from refimpl import Dialect
from refimpl import oracle


def _pad_targets(x: Arguments, dialect: Dialect) -> Outputs:
    images = oracle.pad_targets(x["targets"].tolist(), x["batch_size"], x["image_size"], dialect.target_mask == "all")
    shape = (len(images), max((len(slots) for slots in images), default=0))
    return {
        "gt_labels": np.array([[slot.label for slot in slots] for slots in images], np.int64).reshape(shape + (1,)),
        "gt_bboxes": floats([[slot.box for slot in slots] for slots in images], shape + (4,)),
        "mask_gt": np.array([[slot.valid for slot in slots] for slots in images], bool).reshape(shape + (1,)),
    }


ANSWERS = {"pad_targets": _pad_targets}
