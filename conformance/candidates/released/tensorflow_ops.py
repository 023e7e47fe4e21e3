"""TensorFlow: suppression, which takes y before x, in float32."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from conformance.adapting.arrays import as_arrays


@as_arrays("tensorflow")
class TensorflowOps:
    """The ops of one dialect; arguments and results are those of the protocol."""

    dtypes = ("float32",)
    name = f"tensorflow {tf.__version__}"

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect

    def nms(self, boxes: Any, scores: Any, iou_threshold: float) -> Any:
        turned = tf.gather(boxes, [1, 0, 3, 2], axis=1)
        return tf.image.non_max_suppression(turned, scores, len(boxes), float(iou_threshold))


factory = TensorflowOps
