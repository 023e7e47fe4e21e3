"""Faults in what a model answers."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under


def sigmoid(x):
    return 1 / (1 + np.exp(-np.clip(x, -700, 700)))


def swapped(prediction, order):
    return np.concatenate([prediction[:, order], prediction[:, 4:]], axis=1)


def strides_of(self, feature_maps):
    return np.concatenate(
        [np.full(m.shape[2] * m.shape[3], s, float) for m, s in zip(feature_maps, self.dialect.strides)]
    )


@mutant(
    "predict", "boxes are corners, not centre and size", "PRD-1", seen="exports with nms or end2end", convention=True
)
def predict_corners(self, right, feature_maps):
    found = right(feature_maps)
    xy, wh = found[:, :2], found[:, 2:4]
    return np.concatenate([xy - wh / 2, xy + wh / 2, found[:, 4:]], axis=1)


@mutant("predict", "boxes are in grid units: not multiplied by the stride", "PRD-1")
def predict_in_cells(self, right, feature_maps):
    found = right(feature_maps)
    return np.concatenate([found[:, :4] / strides_of(self, feature_maps), found[:, 4:]], axis=1)


@mutant("predict", "boxes are shares of the image", "PRD-1", seen="TFLite and TF.js exports", convention=True)
def predict_shares(self, right, feature_maps):
    found, (h, w) = right(feature_maps), np.array(feature_maps[0].shape[2:]) * self.dialect.strides[0]
    return np.concatenate([found[:, :4] / np.array([w, h, w, h])[:, np.newaxis], found[:, 4:]], axis=1)


@mutant("predict", "classes are given as logits", "PRD-2")
def predict_logits(self, right, feature_maps):
    found = right(feature_maps)
    flat = [m[:, 4 * self.dialect.reg_max :].reshape(len(m), -1, m.shape[2] * m.shape[3]) for m in feature_maps]
    return np.concatenate([found[:, :4], *[np.concatenate(flat, axis=2)]], axis=1)


@mutant("predict", "classes share a softmax instead of a sigmoid each", "PRD-2")
def predict_softmax(self, right, feature_maps):
    found = right(feature_maps)
    flat = [m[:, 4 * self.dialect.reg_max :].reshape(len(m), -1, m.shape[2] * m.shape[3]) for m in feature_maps]
    logits = np.concatenate(flat, axis=2).astype(float)
    mass = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.concatenate([found[:, :4], mass / mass.sum(axis=1, keepdims=True)], axis=1)


@mutant("predict", "the sigmoid is taken twice", "PRD-2", seen="exports that contain it already")
def predict_sigmoid_twice(self, right, feature_maps):
    found = right(feature_maps)
    return np.concatenate([found[:, :4], sigmoid(found[:, 4:])], axis=1)


@mutant("predict", "the strides of the levels are turned round", "PRD-1")
def predict_strides_turned(self, right, feature_maps):
    return under(self, strides=self.dialect.strides[::-1]).predict(feature_maps)


@mutant("predict", "rows of a level run down its columns", "PRD-1", "PRD-2")
def predict_transposed_maps(self, right, feature_maps):
    return right([np.swapaxes(m, 2, 3) for m in feature_maps])


@mutant("predict", "anchors stand on the corners of their cells", "PRD-1")
def predict_from_corners(self, right, feature_maps):
    found = right(feature_maps).copy()
    found[:, :2] -= strides_of(self, feature_maps) / 2
    return found


@mutant("predict", "x and y are swapped", "PRD-1")
def predict_yx(self, right, feature_maps):
    return swapped(right(feature_maps), [1, 0, 3, 2])


@mutant("predict", "the distance is the most probable bin, not the mean", "PRD-1")
def predict_argmax(self, right, feature_maps):
    bins, sharp = 4 * self.dialect.reg_max, []
    for level in feature_maps:
        rows = level[:, :bins].reshape(len(level), 4, self.dialect.reg_max, *level.shape[2:])
        best = (
            np.arange(self.dialect.reg_max)[:, np.newaxis, np.newaxis] == rows.argmax(axis=2)[:, :, np.newaxis]
        ) * 2000.0
        sharp.append(np.concatenate([best.reshape(level[:, :bins].shape), level[:, bins:]], axis=1))
    return right(sharp)


@mutant("predict", "distances are decoded twice: the softmax of the bins goes through another", "PRD-1", seen="exports that contain it already")
def predict_softmax_twice(self, right, feature_maps):
    bins, again = 4 * self.dialect.reg_max, []
    for level in feature_maps:
        rows = level[:, :bins].reshape(len(level), 4, self.dialect.reg_max, *level.shape[2:]).astype(float)
        weight = np.exp(rows - rows.max(axis=2, keepdims=True))
        share = (weight / weight.sum(axis=2, keepdims=True)).reshape(level[:, :bins].shape)
        again.append(np.concatenate([share, level[:, bins:]], axis=1))
    return right(again)


@mutant("predict", "the size is half: distances are not added on both sides", "PRD-1")
def predict_half_size(self, right, feature_maps):
    found = right(feature_maps).copy()
    found[:, 2:4] /= 2
    return found


@mutant("predict", "every image is answered with the first", "PRD-1", "PRD-2")
def predict_first_image(self, right, feature_maps):
    return right([np.broadcast_to(m[:1], m.shape) for m in feature_maps])


@mutant("predict", "predictions are computed in float32 though float64 is given", "PRD-1", "PRD-2")
def predict_in_float32(self, right, feature_maps):
    return right(feature_maps).astype(np.float32)
