"""Training loops of the tiny detector on losses in torch, right and wrong, each step recorded and judged.

`python -m conformance.tests.recordings.loops` runs all of them: 10 right runs of 40 steps, and each wrong loss.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from conformance.candidates.dense_torch import DenseTorch
from conformance.example.tiny import DIALECT, Detector, batch
from conformance.recording import recording
from conformance.recordings.files import read
from conformance.recordings.judging import judge


class Transposed(DenseTorch):
    """Anchors run x outer, y inner."""

    def make_anchors(self, feature_shapes):
        points, stride = super().make_anchors(feature_shapes)
        return points.flip(-1), stride


class AlphaDifferentiated(DenseTorch):
    def __init__(self, dialect):
        super().__init__(replace(dialect, constant_alpha=False))


class Leaking(DenseTorch):
    """Claims outside the box are kept."""

    def candidates_in_gts(self, anchor_points, gt_bboxes, mask_gt):
        return super().candidates_in_gts(anchor_points, gt_bboxes + gt_bboxes.new_tensor([-9, -9, 9, 9]), mask_gt)


class OwnedByMetric(DenseTorch):
    def assign(self, *arguments):
        self.owned_by = None
        return super().assign(*arguments)

    def alignment_metric(self, *arguments):
        self.metric, overlaps = super().alignment_metric(*arguments)
        return self.metric, overlaps

    def resolve_conflicts(self, mask_pos, overlaps):
        return super().resolve_conflicts(mask_pos, self.metric)


class ExponentsSwapped(DenseTorch):
    def __init__(self, dialect):
        super().__init__(replace(dialect, alpha=dialect.beta, beta=dialect.alpha))


class FewerClaims(DenseTorch):
    def __init__(self, dialect):
        super().__init__(replace(dialect, topk=dialect.topk - 1))


class NotNormalised(DenseTorch):
    """The metric itself is the target score."""

    def assign(self, scores, boxes, points, labels, gt_bboxes, mask_gt):
        found = list(super().assign(scores, boxes, points, labels, gt_bboxes, mask_gt))
        found[2] = (found[2] > 0) * scores
        return tuple(found)


class NoBatch(DenseTorch):
    def detection_loss(self, feature_maps, targets):
        total, components = super().detection_loss(feature_maps, targets)
        return total / len(feature_maps[0]), components


class Giou(DenseTorch):
    """GIoU in the loss, CIoU in the metric."""

    def bbox_loss(self, *arguments):
        right, self.ciou = self.ciou, self.giou
        try:
            return super().bbox_loss(*arguments)
        finally:
            self.ciou = right


class BinsSwapped(DenseTorch):
    """The left bin has the weight of the right one."""

    def dfl_loss(self, pred_dist, target):
        target = target.clamp(0, self.largest_distance)
        return super().dfl_loss(pred_dist, 2 * target.floor() + 1 - target)


class ScoresDifferentiated(DenseTorch):
    """The target score follows the logit by 1 %."""

    def bce_loss(self, logits, targets):
        return super().bce_loss(logits, targets + 0.01 * targets * (logits - logits.detach()))


class BoxGain(DenseTorch):
    def __init__(self, dialect):
        super().__init__(replace(dialect, box_gain=7.0))


class MeanOfClasses(DenseTorch):
    def bce_loss(self, logits, targets):
        return super().bce_loss(logits, targets) / logits.shape[-1]


class FirstSlotOnly(DenseTorch):
    """Where two boxes claim an anchor, both of their classes are learnt."""

    def assign(self, scores, boxes, points, labels, gt_bboxes, mask_gt):
        found = list(super().assign(scores, boxes, points, labels, gt_bboxes, mask_gt))
        found[2] = found[2] + 0.25 * found[2].roll(1, dims=-1)
        return tuple(found)


WRONG = (
    Transposed, AlphaDifferentiated, Leaking, OwnedByMetric, ExponentsSwapped, FewerClaims, NotNormalised, NoBatch, Giou,
    BinsSwapped, ScoresDifferentiated, BoxGain, MeanOfClasses, FirstSlotOnly,
)  # fmt: skip


class LastTies(DenseTorch):
    """Right: of equal metrics the last is claimed."""

    def select_topk(self, metric, mask_gt):
        return super().select_topk(metric.flip(-1), mask_gt).flip(-1)


CROWDED = (OwnedByMetric,)
"""Wrong where boxes contest anchors, which those of the tiny detector do not."""


def crowded(targets):
    """The labels, each twice: moved by a twelfth of the picture, and of the next class."""
    moved = targets.copy()
    moved[:, 1] = (moved[:, 1] + 1) % DIALECT.num_classes
    moved[:, 2:4] = np.clip(moved[:, 2:4] + 1 / 12, moved[:, 4:] / 2, 1 - moved[:, 4:] / 2)
    both = np.concatenate([targets, moved])
    return both[np.argsort(both[:, 0], kind="stable")]


def steps(kind, folder, *, seed=0, count=40, at=None, dtype=np.float32, contested=False):
    """Train; yields (step, judgement, whether the gradient was wrong) for each recorded step."""
    loss, right, detector, rng = kind(DIALECT), DenseTorch(DIALECT), Detector(seed), np.random.default_rng(seed)
    facts = {"strides": DIALECT.strides, "reg_max": DIALECT.reg_max}
    with recording(loss.detection_loss, folder, range(count) if at is None else at, **facts) as recorded:
        for step in range(count):
            seen = batch(rng, 4)
            maps, kept = detector.forward(seen.pictures)
            labels = crowded(seen.targets) if contested or kind in CROWDED else seen.targets
            targets = torch.from_numpy(labels.astype(dtype))
            gradient = _gradient(recorded, maps, targets, dtype)
            detector.learn(detector.gradients(kept, gradient))
            path = Path(folder) / f"step{step:06d}.npz"
            if path.exists():
                off = np.abs(gradient[0] - _gradient(right.detection_loss, maps, targets, dtype)[0])
                yield step, judge(read(path), DIALECT), bool(off.max() > 1e-3 * np.abs(gradient[0]).max())
                path.unlink()


def _gradient(loss, maps, targets, dtype):
    leaves = [torch.from_numpy(level.astype(dtype)).requires_grad_() for level in maps]
    loss([leaf * 1 for leaf in leaves], targets)[0].backward()
    return [leaf.grad.numpy().astype(np.float64) for leaf in leaves]


def main():
    """Returns how many runs are judged as they should not be."""
    failed = 0
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        for seed in range(10):
            kind, dtype = (DenseTorch, LastTies)[seed % 2], (np.float32, np.float64)[seed % 4 // 2]
            found = list(steps(kind, folder, seed=seed, dtype=dtype, contested=seed % 3 == 0))
            broken = [(step, judged.first.text) for step, judged, _ in found if judged.verdict == "BREAKS"]
            undecided = sum(judged.verdict == "UNDECIDED" for _, judged, _ in found)
            failed += bool(broken)
            print(f"right {kind.__name__} seed {seed} {dtype.__name__}: {len(broken)} accused, {undecided} undecided of {len(found)}", *broken[:1], flush=True)
        for kind in WRONG:
            first = next(((step, judged) for step, judged, wrong in steps(kind, folder, count=40) if wrong), None)
            told = f"step {first[0]}: {first[1].verdict} {first[1].first and first[1].first.text[:150]}" if first else "never wrong"
            failed += first is None or first[1].verdict != "BREAKS"
            print(f"wrong {kind.__name__}: {told}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
