"""Suppression and what a model answers: of boxes that overlap, the one of highest score stays."""

from refimpl import batched_nms, detections, nms, predict

TITLE = "Prediction and suppression"
OPS = (predict, nms, batched_nms, detections)
