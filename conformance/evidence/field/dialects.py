"""Dialects of packages that are judged in part: overlaps, or what is around the head, as they take it and mean it.

`--dialect conformance.evidence.field.dialects:ONNXRUNTIME` judges by one.
"""

from __future__ import annotations

from dataclasses import replace

from refimpl import YOLOV8

MMDET = replace(YOLOV8, name="MMDET", side_eps="none", union_eps="max", enclosing_eps="max", negative_hull="zero")
MMDET_LOSSES = replace(
    YOLOV8, name="MMDET_LOSSES", side_eps="aspect", negative_hull="zero", alpha_rule="gated", ciou_range=(-1, 1)
)
TORCHVISION = replace(YOLOV8, name="TORCHVISION", side_eps="none", union_eps="none", enclosing_eps="none", nan_is=0)
ONNXRUNTIME = replace(YOLOV8, name="ONNXRUNTIME", nms_sort_corners=True, nms_threshold="float32", roi_bins="float32")
OPENVINO = replace(YOLOV8, name="OPENVINO", nms_sort_corners=True, nms_compare="at_least", nms_threshold="float32")
TENSORFLOW = replace(YOLOV8, name="TENSORFLOW", nms_sort_corners=True, nms_threshold="float32")
OPENCV = replace(YOLOV8, name="OPENCV", nms_threshold="float32")
PADDLE = replace(YOLOV8, name="PADDLE", nms_threshold="float32", roi_bins="float32")
LSNMS = replace(YOLOV8, name="LSNMS", nms_compare="at_least")
ULTRALYTICS = replace(YOLOV8, name="ULTRALYTICS", nms_classes="offset")
