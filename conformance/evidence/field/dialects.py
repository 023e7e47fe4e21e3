"""Dialects of what is judged around the head: decisions that released packages take otherwise and mean.

`--dialect conformance.evidence.field.dialects:ONNXRUNTIME` judges by one.
"""

from __future__ import annotations

from dataclasses import replace

from refimpl import YOLOV8

ONNXRUNTIME = replace(YOLOV8, name="ONNXRUNTIME", nms_sort_corners=True, nms_threshold="float32", roi_bins="float32")
OPENVINO = replace(YOLOV8, name="OPENVINO", nms_sort_corners=True, nms_compare="at_least", nms_threshold="float32")
TENSORFLOW = replace(YOLOV8, name="TENSORFLOW", nms_sort_corners=True, nms_threshold="float32")
OPENCV = replace(YOLOV8, name="OPENCV", nms_threshold="float32")
PADDLE = replace(YOLOV8, name="PADDLE", nms_threshold="float32", roi_bins="float32")
LSNMS = replace(YOLOV8, name="LSNMS", nms_compare="at_least")
ULTRALYTICS = replace(YOLOV8, name="ULTRALYTICS", nms_classes="offset")
