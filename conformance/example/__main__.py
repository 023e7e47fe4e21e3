"""`python -m conformance.example [DIR]`: train, record, judge, draw."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import List

import numpy as np

from conformance.example.picture import drawn
from conformance.example.tiny import DIALECT, Detector, batch
from conformance.recording import recording
from conformance.recordings import told
from conformance.recordings.files import read
from conformance.recordings.judging import judge
from refimpl import detection_loss_and_gradient

STEPS = 300
RECORDED = (0, 10, 100, STEPS - 1)


def main(words: List[str]) -> int:
    """Returns 0 if the detector has learned and its recorded steps conform."""
    folder = Path(words[0] if words else "build/example")
    rng, detector = np.random.default_rng(0), Detector()
    shown = batch(np.random.default_rng(1), 4)
    before = detector.forward(shown.pictures)[0]
    losses = train(detector, rng, folder / "steps")
    picture = folder / "detector.svg"
    picture.write_text(drawn(shown, before, detector.forward(shown.pictures)[0]), encoding="utf-8")
    paths = sorted((folder / "steps").glob("*.npz"))
    judged = [told.Judged(path, one, judge(one, DIALECT)) for path, one in ((path, read(path)) for path in paths)]
    print(f"loss of an image: {losses[0]:.2f} at first, {np.mean(losses[-20:]):.2f} after {STEPS} steps")
    print(told.headline(judged))
    print(f"labels, before and after: {picture}")
    return int(any(one.judgement.verdict != "CONFORMS" for one in judged) or not np.mean(losses[-20:]) < losses[0] / 2)


def train(detector: Detector, rng: np.random.Generator, folder: Path) -> List[float]:
    """Train by the gradient of the reference; returns the loss of each step, by image."""
    losses = []

    def loss_and_gradient(maps, targets):
        return detection_loss_and_gradient(maps, targets, dialect=DIALECT)

    gains = (DIALECT.box_gain, DIALECT.cls_gain, DIALECT.dfl_gain)
    facts = {"strides": DIALECT.strides, "reg_max": DIALECT.reg_max, "gains": gains, "source": "the tiny detector"}
    with recording(loss_and_gradient, folder, RECORDED, **facts) as loss_and_gradient:
        for _ in range(STEPS):
            seen = batch(rng)
            maps, kept = detector.forward(seen.pictures)
            loss, gradients = loss_and_gradient(maps, seen.targets)
            detector.learn(detector.gradients(kept, gradients))
            losses.append(float(loss.total) / len(seen.pictures))
    return losses


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
