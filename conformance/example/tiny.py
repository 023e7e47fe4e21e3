"""The tiny detector: pictures of coloured rectangles, a network of two layers, and its optimiser.

A cell of 8 px sees the 24 px around it, at half the resolution; one hidden layer; then 4R bin logits and C class logits.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Dict, List, NamedTuple, Tuple

import numpy as np

from refimpl import YOLOV8

SIZE, STRIDE, SEEN, HIDDEN = 64, 8, 24, 96
"""px of a picture, of a cell, and of what a cell sees; units of the hidden layer."""

COLOURS = np.array([[0.9, 0.2, 0.2], [0.2, 0.8, 0.3], [0.2, 0.3, 0.9]])
"""Red, green, blue: the classes."""

DIALECT = replace(YOLOV8, name="TINY", num_classes=len(COLOURS), reg_max=8, strides=(STRIDE,))


class Batch(NamedTuple):
    """pictures (B, 64, 64, 3) in 0 … 1; targets (N, 6): image, class, cx, cy, w, h."""

    pictures: np.ndarray
    targets: np.ndarray


def batch(rng: np.random.Generator, images: int = 8) -> Batch:
    """Draw pictures of one to three rectangles on a dark ground, that do not lie on each other's middle."""
    pictures = rng.uniform(0, 0.15, (images, SIZE, SIZE, 3))
    rows: List[List[float]] = []
    for b in range(images):
        middles: List[np.ndarray] = []
        for _ in range(rng.integers(1, 4)):
            w, h = rng.integers(14, 40, 2)
            x, y = rng.integers(0, SIZE - w + 1), rng.integers(0, SIZE - h + 1)
            middle = np.array([x + w / 2, y + h / 2])
            if any(np.abs(middle - other).max() < 20 for other in middles):
                continue
            middles.append(middle)
            label = int(rng.integers(len(COLOURS)))
            pictures[b, y : y + h, x : x + w] = COLOURS[label] + rng.uniform(-0.1, 0.1, (h, w, 3))
            rows.append([b, label, *(middle / SIZE), w / SIZE, h / SIZE])
    return Batch(np.clip(pictures, 0, 1), np.array(rows))


class Detector:
    """Two layers; `weights` by name.

    Parameters
    ----------
    seed : of the first weights
    """

    def __init__(self, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        inputs, outputs = (SEEN // 2) ** 2 * 3, 4 * DIALECT.reg_max + DIALECT.num_classes
        self.weights: Dict[str, np.ndarray] = {
            "w1": rng.normal(0, np.sqrt(2 / inputs), (inputs, HIDDEN)),
            "b1": np.zeros(HIDDEN),
            "w2": rng.normal(0, np.sqrt(1 / HIDDEN), (HIDDEN, outputs)),
            "b2": np.append(np.ones(outputs - DIALECT.num_classes), np.full(DIALECT.num_classes, -4.0)),
        }
        self._moments = {name: (np.zeros_like(w), np.zeros_like(w)) for name, w in self.weights.items()}
        self._steps = 0

    def forward(self, pictures: np.ndarray) -> Tuple[List[np.ndarray], Tuple[np.ndarray, np.ndarray]]:
        """Maps [(B, 4R + C, 8, 8)] of pictures, and what `gradients` needs."""
        seen, w = _seen(pictures), self.weights
        hidden = np.maximum(seen @ w["w1"] + w["b1"], 0)
        cells = hidden @ w["w2"] + w["b2"]
        side = SIZE // STRIDE
        return [np.moveaxis(cells.reshape(len(pictures), side, side, -1), -1, 1)], (seen, hidden)

    def gradients(self, kept: Tuple[np.ndarray, np.ndarray], of_maps: List[np.ndarray]) -> Dict[str, np.ndarray]:
        """The gradient of the weights, from that of the maps."""
        seen, hidden = kept
        cells = np.moveaxis(of_maps[0], 1, -1).reshape(len(seen), -1)
        of_hidden = (cells @ self.weights["w2"].T) * (hidden > 0)
        return {"w1": seen.T @ of_hidden, "b1": of_hidden.sum(0), "w2": hidden.T @ cells, "b2": cells.sum(0)}

    def learn(self, gradients: Dict[str, np.ndarray], rate: float = 2e-3) -> None:
        """One step of Adam (arXiv:1412.6980)."""
        self._steps += 1
        for name, gradient in gradients.items():
            mean, square = self._moments[name]
            mean += 0.1 * (gradient - mean)
            square += 0.001 * (gradient**2 - square)
            size = np.sqrt(square / (1 - 0.999**self._steps)) + 1e-8
            self.weights[name] -= rate * mean / (1 - 0.9**self._steps) / size


def _seen(pictures: np.ndarray) -> np.ndarray:
    """What each cell sees, (B · 64, 12 · 12 · 3)."""
    half = pictures.reshape(len(pictures), SIZE // 2, 2, SIZE // 2, 2, 3).mean(axis=(2, 4))
    around = (SEEN - STRIDE) // 4
    padded = np.pad(half, ((0, 0), (around, around), (around, around), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (SEEN // 2, SEEN // 2), axis=(1, 2))
    return windows[:, :: STRIDE // 2, :: STRIDE // 2].reshape(len(pictures) * (SIZE // STRIDE) ** 2, -1) - 0.2
