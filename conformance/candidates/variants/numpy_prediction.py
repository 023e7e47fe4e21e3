"""What a model answers, in dense NumPy: other orders of scaling, other forms of softmax and sigmoid."""

from __future__ import annotations

import numpy as np

from conformance.candidates.dense_numpy import DenseNumPy
from conformance.candidates.dense_numpy_gradients import sigmoid
from conformance.candidates.variants.variant import variant


class Prediction:
    """Levels joined, decoded and scaled at once."""

    framework = "numpy"

    def __init__(self, dialect):
        self.dialect, self._head = dialect, DenseNumPy(dialect)

    def expected(self, logits):
        """The expected bin of each side: (B, A, 4, R) -> (B, A, 4)."""
        weight = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return (weight * np.arange(logits.shape[-1], dtype=logits.dtype)).sum(axis=-1) / weight.sum(axis=-1)

    def probability(self, logits):
        return sigmoid(logits)

    def boxes(self, sides, points, strides):
        """Distances (B, A, 4) from points (A, 2) as xywh in px."""
        first, last = points - sides[..., :2], points + sides[..., 2:]
        return np.concatenate([(first + last) / 2 * strides, (last - first) * strides], axis=-1)

    def predict(self, feature_maps):
        d, dtype = self.dialect, feature_maps[0].dtype
        flat = np.concatenate([level.reshape(*level.shape[:2], -1) for level in feature_maps], axis=2).swapaxes(1, 2)
        points, strides = (x.astype(dtype) for x in self._head.make_anchors([level.shape[2:] for level in feature_maps]))
        bins = flat[..., : 4 * d.reg_max].reshape(*flat.shape[:2], 4, d.reg_max)
        boxes = self.boxes(self.expected(bins), points, strides)
        return np.concatenate([boxes, self.probability(flat[..., 4 * d.reg_max :])], axis=-1).swapaxes(1, 2)


@variant("a prediction of all levels at once")
class LevelsJoined(Prediction):
    pass


@variant("a prediction level by level, by the products of a softmax's exponentials with the bins")
class LevelByLevel(Prediction):
    def expected(self, logits):
        weight = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return weight @ np.arange(logits.shape[-1], dtype=logits.dtype) / weight.sum(axis=-1)

    def predict(self, feature_maps):
        found = []
        for level, stride in zip(feature_maps, self.dialect.strides):
            one = type(self.dialect)(**{**vars(self.dialect), "strides": (stride,)})
            found.append(Prediction.predict(type(self)(one), [level]))
        return np.concatenate(found, axis=2)


@variant("sides are sums of distances, centres half their difference away; sigmoid by a tanh")
class SumsOfDistances(Prediction):
    def boxes(self, sides, points, strides):
        before, after = sides[..., :2], sides[..., 2:]
        return np.concatenate([(points + (after - before) / 2) * strides, (before + after) * strides], axis=-1)

    def probability(self, logits):
        return (np.tanh(logits / 2) + 1) / 2


@variant("all is scaled to px first; probabilities of bins are exp of a log-softmax")
class PxFirst(Prediction):
    def boxes(self, sides, points, strides):
        first, last = points * strides - sides[..., :2] * strides, points * strides + sides[..., 2:] * strides
        return np.concatenate([(first + last) / 2, last - first], axis=-1)

    def expected(self, logits):
        shifted = logits - logits.max(axis=-1, keepdims=True)
        probable = np.exp(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))
        return (probable * np.arange(logits.shape[-1], dtype=logits.dtype)).sum(axis=-1)
