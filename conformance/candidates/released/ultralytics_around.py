"""What stands around the head in the installed Ultralytics: suppression, letterbox, augmentation, averages of weights.

Every value is computed by the package; where it draws random numbers, it is given those that the op names.
"""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any, Dict, Tuple
from unittest import mock

import numpy as np
import torch

from conformance.adapting.calls import quietly

with quietly():
    import ultralytics
    from ultralytics.data import augment
    from ultralytics.data.base import BaseDataset
    from ultralytics.engine.trainer import BaseTrainer
    from ultralytics.models.yolo.detect import DetectionTrainer
    from ultralytics.utils import ops
    from ultralytics.utils.instance import Instances
    from ultralytics.utils.nms import TorchNMS, non_max_suppression
    from ultralytics.utils.torch_utils import ModelEMA


class UltralyticsAround:
    """The ops of one dialect; arguments and results are those of the protocol, as arrays."""

    framework = "numpy"
    name = f"ultralytics {ultralytics.__version__}, around the head"

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect

    def nms(self, boxes: np.ndarray, scores: np.ndarray, iou_threshold: float) -> np.ndarray:
        return TorchNMS.nms(torch.from_numpy(boxes.copy()), torch.from_numpy(scores.copy()), iou_threshold).numpy()

    def detections(
        self, prediction: np.ndarray, score_threshold: float, iou_threshold: float, max_det: int
    ) -> np.ndarray:
        d = self.dialect
        every = getattr(d, "candidates_per_box", "best") == "every"
        return non_max_suppression(
            torch.from_numpy(prediction.copy())[None], score_threshold, iou_threshold, multi_label=every,
            max_det=max_det, nc=d.num_classes, max_nms=getattr(d, "max_nms", 30000), max_time_img=1000.0,
        )[0].numpy()  # fmt: skip

    def resized_shape(self, shape: Tuple[int, int], size: int) -> np.ndarray:
        dataset = SimpleNamespace(
            ims=[None], im_files=["one"], npy_files=[SimpleNamespace(exists=lambda: False)],
            imgsz=size, augment=False, cache=None, prefix="", channels=3, cv2_flag=1, buffer=[], max_buffer_length=0,
        )  # fmt: skip
        with mock.patch("ultralytics.data.base.imread", lambda *args, **more: np.zeros((*shape, 3), np.uint8)):
            return np.array(BaseDataset.load_image(dataset, 0)[2])

    def _frame(self, shape: Tuple[int, int], new_shape: Tuple[int, int]) -> Tuple[Any, Dict[str, Any]]:
        frame = augment.LetterBox(
            tuple(new_shape), scaleup=getattr(self.dialect, "letterbox_enlarges", True),
            center=getattr(self.dialect, "letterbox_centred", True),
        )  # fmt: skip
        return frame, frame.get_params({"img": np.broadcast_to(np.uint8(0), (*shape, 3))})

    def letterbox_geometry(self, shape: Tuple[int, int], new_shape: Tuple[int, int]) -> Tuple[np.ndarray, ...]:
        found = self._frame(shape, new_shape)[1]
        sides = ("left", "top", "right", "bottom")
        return np.array(found["new_unpad"][::-1]), np.array([found[side] for side in sides]), np.array(found["ratio"][0])

    def letterbox_boxes(self, boxes: np.ndarray, shape: Tuple[int, int], new_shape: Tuple[int, int]) -> np.ndarray:
        frame, found = self._frame(shape, new_shape)
        instances = Instances(boxes.copy(), bbox_format="xyxy", normalized=False)
        labels = frame._update_labels({"instances": instances}, found["ratio"], found["left"], found["top"], shape)
        return labels["instances"].bboxes

    def restore_boxes(
        self, boxes: np.ndarray, network_shape: Tuple[int, int], image_shape: Tuple[int, int]
    ) -> np.ndarray:
        return ops.scale_boxes(network_shape, boxes.copy(), image_shape)

    def denormalise_boxes(self, boxes: np.ndarray, shape: Tuple[int, int], padding: np.ndarray) -> np.ndarray:
        height, width = shape
        return ops.xywhn2xyxy(boxes.copy(), width, height, *padding)

    def flip_boxes(self, boxes: np.ndarray, width: int) -> np.ndarray:
        instances = Instances(boxes.copy(), bbox_format="xyxy", normalized=False)
        instances.fliplr(width)
        return instances.bboxes

    def mosaic_layout(self, shapes: np.ndarray, centre: np.ndarray, size: int) -> Tuple[np.ndarray, ...]:
        images = [{"img": np.broadcast_to(np.uint8(0), (int(h), int(w), 3))} for h, w in shapes]
        x, y = (int(value) for value in centre)
        mosaic = augment.Mosaic(SimpleNamespace(cache=False), imgsz=size)
        drawn = iter((y, x))
        with mock.patch.object(random, "uniform", lambda low, high: next(drawn)), mock.patch.object(
            augment.BaseMixTransform, "get_params", lambda self, labels: {}
        ):
            layout = mosaic.get_params({**images[0], "mix_labels": images[1:]})["layout"]
        boxes = [[[one[f"{side}{end}"] for side in ("x1", "y1", "x2", "y2")] for one in layout] for end in "ab"]
        return np.array(boxes[0]), np.array(boxes[1]), np.array([[one["padw"], one["padh"]] for one in layout])

    def warp_boxes(self, boxes: np.ndarray, matrix: np.ndarray) -> np.ndarray:
        perspective = float(bool((np.asarray(matrix)[2] != (0, 0, 1)).any()))
        return augment.RandomPerspective(perspective=perspective).apply_bboxes(boxes.copy(), np.asarray(matrix))

    def keep_boxes(self, before: np.ndarray, after: np.ndarray) -> np.ndarray:
        limits = {"wh_thr": "keep_side", "area_thr": "keep_area", "ar_thr": "keep_aspect"}
        asked = {name: getattr(self.dialect, field) for name, field in limits.items() if hasattr(self.dialect, field)}
        return augment.RandomPerspective.box_candidates(before.T, after.T, **asked)

    def hsv_tables(self, gains: np.ndarray) -> np.ndarray:
        seen = []
        image = np.zeros((1, 1, 3), np.uint8)
        with mock.patch.object(np.random, "uniform", lambda *args: np.array(gains, dtype=float)), mock.patch.object(
            augment.cv2, "LUT", lambda picture, table: seen.append(table) or picture
        ):
            augment.RandomHSV(1, 1, 1).apply_image({"img": image})
        return np.moveaxis(seen[0][0], -1, 0)

    def mixup(self, image1: np.ndarray, image2: np.ndarray, lam: float) -> np.ndarray:
        labels = {"img": image1, "mix_labels": [{"img": image2}]}
        return augment.MixUp(SimpleNamespace(cache=False)).apply_image(labels, {"r": float(lam)})["img"]

    def _average(self) -> Any:
        d = self.dialect
        return ModelEMA(torch.nn.Identity(), getattr(d, "ema_limit", 0.9999), getattr(d, "ema_tau", 2000))

    def ema_decay(self, updates: int) -> float:
        return np.array(self._average().decay(updates))

    def ema_update(self, average: np.ndarray, value: np.ndarray, decay: float) -> np.ndarray:
        holders = [torch.nn.Module(), torch.nn.Module()]
        for holder, array in zip(holders, (average, value)):
            holder.register_buffer("one", torch.from_numpy(np.array(array)))
        ema = ModelEMA(holders[0])
        ema.decay = lambda updates: float(decay)
        ema.update(holders[1])
        return ema.ema.one.numpy()

    def lr_factor(self, epoch: int, epochs: int) -> np.ndarray:
        d = self.dialect
        args = SimpleNamespace(cos_lr=getattr(d, "lr_shape", "linear") == "cosine", lrf=getattr(d, "lr_final", 0.01))
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
        trainer = SimpleNamespace(args=args, epochs=epochs, optimizer=optimizer)
        BaseTrainer._setup_scheduler(trainer)
        return np.array(trainer.lf(epoch))

    def _batch(self, shape: Tuple[int, int], size: int, share: float, stride: int, drawn: Any) -> Any:
        args = SimpleNamespace(multi_scale=share, imgsz=size)
        trainer = SimpleNamespace(args=args, stride=stride, device=torch.device("cpu"))
        with mock.patch.object(random, "randrange", drawn):
            return DetectionTrainer.preprocess_batch(trainer, {"img": torch.zeros((1, 1, *shape), dtype=torch.uint8)})["img"]

    def training_sizes(self, size: int, share: float, stride: int) -> np.ndarray:
        seen = []
        if not share:
            raise NotImplementedError("share must be more than 0, which switches it off")
        self._batch((1, 1), size, share, stride, lambda low, high: seen.extend((low, high)) or stride)
        return np.unique(np.arange(*seen) // stride * stride)

    def scaled_shape(self, shape: Tuple[int, int], size: int, stride: int) -> np.ndarray:
        if size % stride:
            raise NotImplementedError("size must be a multiple of the stride")
        return np.array(self._batch(shape, size, 0.5, stride, lambda low, high: size).shape[2:])


class KeptAverage(UltralyticsAround):
    """One average for all calls, as a training keeps one; before each the module is given another parameter."""

    name = f"{UltralyticsAround.name}, one average for all calls"

    def __init__(self, dialect: Any) -> None:
        super().__init__(dialect)
        self.module = torch.nn.Module()
        self.ema = None

    def ema_update(self, average: np.ndarray, value: np.ndarray, decay: float) -> np.ndarray:
        self.module.one = torch.nn.Parameter(torch.from_numpy(value.copy()))
        self.ema = self.ema or ModelEMA(self.module)
        self.ema.ema.one.copy_(torch.from_numpy(average))
        self.ema.decay = lambda updates: float(decay)
        self.ema.update(self.module)
        return self.ema.ema.one.numpy().copy()


factory = UltralyticsAround
