"""Released packages that are judged: version, adapter, preset, and what installs them on a CPU."""

from __future__ import annotations

from typing import NamedTuple, Tuple

_OWN = "conformance.evidence.field.dialects:"
_TORCH = "torch, then without its dependencies "


class Package(NamedTuple):
    """A release, the word of its adapter, the preset it implements ("" for none), and how it is installed beside numpy,
    hypothesis and pytest."""

    name: str
    version: str
    candidate: str
    preset: str
    install: str

    @property
    def word(self) -> str:
        """As `--candidate` takes it."""
        return f"conformance.candidates.released.{self.candidate}"


PACKAGES: Tuple[Package, ...] = (
    Package("ultralytics", "8.4.190", "ultralytics:factory", "ULTRALYTICS_8_4", "ultralytics, opencv-python-headless"),
    Package("ultralytics", "8.4.0", "ultralytics:factory", "ULTRALYTICS_8_4_0", "ultralytics==8.4.0, setuptools<80"),
    Package("ultralytics", "8.3.0", "ultralytics:factory", "YOLOV8", "ultralytics==8.3.0, setuptools<80"),
    Package("ultralytics", "8.0.40", "ultralytics:factory", "YOLOV9", "ultralytics==8.0.40, setuptools<80, thop"),
    Package("yolov9pip", "0.0.4", "yolov9pip:factory", "YOLOV9", f"{_TORCH}yolov9pip, torchvision; IPython, pandas, setuptools<80"),
    Package("mmyolo", "0.6.0", "mmyolo:factory", "MMYOLO", f"{_TORCH}mmyolo, mmdet, mmengine, mmcv-lite; six, pycocotools"),
    Package("mmdet", "3.3.0", "mmdet:factory", f"{_OWN}MMDET", "as mmyolo"),
    Package("mmdet", "3.3.0", "mmdet:losses", f"{_OWN}MMDET_LOSSES", "as mmyolo"),
    Package("libreyolo", "1.6.0", "libreyolo:factory", "LIBREYOLO9", f"{_TORCH}libreyolo, torchvision; scipy"),
    Package("libreyolo", "1.6.0", "libreyolo:yolonas", "PPYOLOE", "the same"),
    Package("luxonis-train", "0.6.0", "luxonis_train:factory", "LUXONIS", f"{_TORCH}luxonis-train, torchvision; pillow"),
    Package("yolov6detect", "0.4.1", "yolov6detect:factory", "YOLOV6", f"{_TORCH}yolov6detect, torchvision; setuptools<80"),
    Package("paddledet", "2.6.0", "paddledet:factory", "PPYOLOE", "paddlepaddle==3.3.1, paddledet without its dependencies"),
    Package("super-gradients", "3.7.1", "super_gradients:factory", "PPYOLOE", f"{_TORCH}super-gradients"),
    Package("keras-cv", "0.9.0", "keras_cv:factory", "KERAS_CV", f"{_TORCH}keras-cv; keras 3"),
    Package("torchvision", "0.28.0", "torchvision:factory", f"{_OWN}TORCHVISION", f"{_TORCH}torchvision"),
    Package("mindyolo", "0.5.0", "mindyolo:factory", "MINDYOLO", "mindspore==2.10.0, numpy<2, mindyolo without its dependencies"),
    Package("yolo-mlx", "0.4.0", "yolo_mlx:factory", "YOLO_MLX", "mlx[cpu], yolo-mlx without its dependencies"),
)
"""In the order of the page."""

AROUND: Tuple[Package, ...] = (
    Package("ultralytics", "8.4.190", "ultralytics_around:factory", f"{_OWN}ULTRALYTICS", "as above"),
    Package("onnxruntime", "1.32", "onnxruntime_nodes:factory", f"{_OWN}ONNXRUNTIME", "onnx, onnxruntime"),
    Package("onnx", "1.23.2", "onnx_reference:factory", f"{_OWN}ONNXRUNTIME", "onnx"),
    Package("opencv", "5.0", "opencv:factory", f"{_OWN}OPENCV", "opencv-python-headless"),
    Package("openvino", "2026.4", "openvino_ops:factory", f"{_OWN}OPENVINO", "openvino"),
    Package("paddlepaddle", "3.3.1", "paddle_ops:factory", f"{_OWN}PADDLE", "paddlepaddle==3.3.1"),
    Package("tensorflow", "2.21", "tensorflow_ops:factory", f"{_OWN}TENSORFLOW", "tensorflow-cpu"),
    Package("torchvision", "0.28.0", "torchvision_regions:factory", "", f"{_TORCH}torchvision"),
    Package("supervision", "0.31.2", "supervision:factory", "", "supervision"),
    Package("lsnms", "0.5.0", "lsnms:factory", f"{_OWN}LSNMS", "lsnms"),
    Package("torch", "2.13.0", "averages:factory", "", "torch"),
    Package("timm", "1.0.31", "timm:factory", "", f"{_TORCH}timm, torchvision"),
)
"""For the ops around the head."""

WHY = {
    "libreyolo 1.6.0 libreyolo:factory": (
        "ANC-1 where a stride is odd: 5 / 2 / 5 = 0.5, but 5 // 2 / 5 = 0.4. DET: 8 × 16 px have 2 cells at stride 8 and 1 at stride 16, "
        "but `W // s * H // s` counts (16 // 16 · 8) // 16 = 0 strides for the last, 2 for 3 anchors, and it raises."
    ),
    "yolov6detect 0.4.1 yolov6detect:factory": (
        "IOU-4 of identical boxes in float32: v = 0, IoU = 1 and 1 + 1e-10 = 1, so α = 0 / (0 − 1 + 1) is not a number, where 0 / (1e-10) = 0. "
        "DET-2 at a logit of 80: ¾ · ln(1 + e⁸⁰) = 60, but σ(80) is 1 in float32, ln 0 is cut at −100, and ¾ · 100 = 75; a logit that is cut learns 0."
    ),
    "yolo-mlx 0.4.0 yolo_mlx:factory": (
        "DFL, BOX, DET: the loss of N anchors is 4N numbers; its mean is one, which `reshape(B, N, 4)` cannot take, and it raises."
    ),
    "mmdet 3.3.0 mmdet:losses": (
        "IOU-4 of a box with itself: IoU = 1 and v = 0, so α = v / (1 − IoU + v) = 0 / 0 is not a number, where it times v is 0."
    ),
    "torchvision 0.28.0 torchvision:factory": (
        "IOU-1 … IOU-3 of two boxes without area: I / U = 0 / 0 is not a number. IOU-4g of a box without height: the slope of atan(w/h) by h is "
        "1 / (1 + (w/h)²) · (−w/h²) = 0 · ∞, where −w / (w² + h²) = −1/w is finite."
    ),
    "luxonis-train 0.6.0 luxonis_train:factory": (
        "The gradients of two boxes without area: the value 0 / 0 is made 0, a constant, its slope 0 · ∂(0/0) = 0 · NaN stays."
    ),
    "ultralytics 8.4.190 ultralytics_around:factory": (
        "SIZ-1 is no bug: a share of 0 switches the change of sizes off there, and the adapter refuses it."
    ),
    "opencv 5.0 opencv:factory": (
        "NMS-3 and NMS-4 alike: class 1 is moved by the largest coordinate and 1, here 2, from (−2, −2, −1, −1) onto (0, 0, 1, 1) of class 0."
    ),
    "paddlepaddle 3.3.1 paddle_ops:factory": (
        "RPN-3 where the least size is 0: a box that is clipped to no area is left out, as a least size below 1 is taken for 1. Judged with "
        "`--isolate`: in one process it ended that by SIGABRT, once in one run."
    ),
    "ultralytics 8.4.0 ultralytics:factory": (
        "TAL and DET with one level: strides (8,) have no `stride[1]`: IndexError (its PR 23369)."
    ),
}
"""What breaks, by the arithmetic by which it was checked by hand."""
