"""Stands for your code: other names, other orders of arguments, coordinates on the first axis."""

import numpy as np


def boxes_at(points, ltrb):
    return np.concatenate([points - ltrb[..., :2], points + ltrb[..., 2:]], axis=-1)


def complete_iou(a, b, eps):
    (w1, h1), (w2, h2) = ((box[2] - box[0], box[3] - box[1] + eps) for box in (a, b))
    inner = np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0).prod(axis=0)
    iou = inner / (w1 * h1 + w2 * h2 - inner + eps)
    diagonal = np.square(np.maximum(a[2:], b[2:]) - np.minimum(a[:2], b[:2])).sum(axis=0) + eps
    distance = np.square((b[:2] + b[2:] - a[:2] - a[2:]) / 2).sum(axis=0)
    v = 4 / np.pi**2 * np.square(np.arctan(w2 / h2) - np.arctan(w1 / h1))
    return iou - distance / diagonal - v * v / (1 - iou + v + eps)
