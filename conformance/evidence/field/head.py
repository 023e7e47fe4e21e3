"""Bugs of the head: decoding, assigner and losses of released packages."""

from __future__ import annotations

from typing import Any, List, Sequence, Tuple

import numpy as np

from conformance.evidence.field.bug import Bug

RELEASED = "conformance.candidates.released"
SMALL = {"num_classes": 1, "strides": (8,), "topk": 1}
NONE: Any = np.zeros((0, 6))
ONE = [[0, 0, 0.5, 0.5, 0.5, 0.5]]
HIGH = [[0, 0, 0.5, 0.25, 0.75, 0.5]]


def maps(channels: int, *shapes: Tuple[int, int]) -> List[np.ndarray]:
    """Maps of logits 0."""
    return [np.zeros((1, channels, *shape)) for shape in shapes]


def peak(bins: int, logit: float) -> List[List[List[float]]]:
    """Bins of one anchor whose last logit stands out, on each of the four sides."""
    side: Sequence[float] = [0.0] * (bins - 1) + [logit]
    return [[list(side) * 4]]


BUGS = (
    Bug(
        "paddledet-no-boxes", "paddledet", "2.6.0", f"{RELEASED}.paddledet:factory", "detection_loss",
        {"feature_maps": maps(69, (1, 1)), "targets": NONE},
        "a batch without boxes: the assigner returns three values, where its caller takes four",
        "One anchor, p = σ(0) = ½, no box: ¾ · p² · ln 2 = 0.75 · 0.25 · 0.6931 = 0.1300, over max(0, 1).\n"
        "It raises at `a, b, c, d = assigner(…)`, which has a, b, c.",
        "PPYOLOE", SMALL,
    ),
    Bug(
        "mlx-dfl", "yolo-mlx", "0.4.0", f"{RELEASED}.yolo_mlx:factory", "bbox_loss",
        {
            "pred_dist": peak(4, 0.0), "pred_bboxes": [[[0.0, 0.0, 2.0, 2.0]]], "anchor_points": [[1.0, 1.0]],
            "target_bboxes": [[[0.0, 0.0, 2.0, 2.0]]], "target_scores": [[[1.0]]], "target_scores_sum": np.array(1.0),
            "fg_mask": [[True]],
        },
        "the distribution loss cannot run for any number of bins: it takes the mean over all anchors, and reshapes that",
        "Four equal bins, target 1: −ln ¼ = 1.3863 on every side, weight 1: dfl = 1.3863.\n"
        "`.mean(axis=-1)` of the (4·N,) losses leaves one number, which has no shape (B, N, 4).",
        "YOLO_MLX", {**SMALL, "strides": (8, 16), "reg_max": 4},
    ),
    Bug(
        "mlx-one-stride", "yolo-mlx", "0.4.0", f"{RELEASED}.yolo_mlx:YoloMlx", "candidates_in_gts",
        {"anchor_points": [[4.0, 4.0]], "gt_bboxes": [[[0.0, 0.0, 8.0, 8.0]]], "mask_gt": [[[True]]]},
        "a head of one level raises IndexError: the in-box test reads the second stride",
        "(4, 4) lies 4 px from every edge: inside.\n`self.stride[1]` of [8] does not exist.",
        "YOLO_MLX", SMALL,
    ),
    Bug(
        "keras-cv-mask", "keras-cv", "0.9.0", f"{RELEASED}.keras_cv:ReturnedMask", "assign",
        {
            "pd_scores": [[[0.5], [0.5]]], "pd_bboxes": [[[0.0, 0.0, 8.0, 8.0], [8.0, 0.0, 16.0, 8.0]]],
            "anchor_points": [[4.0, 4.0], [12.0, 4.0]], "gt_labels": [[[0]]], "gt_bboxes": [[[0.0, 0.0, 8.0, 8.0]]],
            "mask_gt": [[[True]]],
        },
        "the mask of matched anchors is true for every anchor: an index is compared with −1 after the −1 has been taken out",
        "(4, 4) lies in the box, (12, 4) does not: foreground 1, 0.\nargmax ≥ 0 always, so argmax > −1 everywhere: 1, 1.",
        "KERAS_CV", SMALL,
    ),
    Bug(
        "mindyolo-float16", "mindyolo", "0.5.0", f"{RELEASED}.mindyolo:factory", "decode_boxes",
        {"pred_dist": peak(16, 3.0), "anchor_points": [[0.5, 0.5]]},
        "the expected bin is summed in float16",
        "p₁₅ = e³/(15 + e³) = 0.57246, others 0.028502: 105 · 0.028502 + 15 · 0.57246 = 11.580, left 0.5 − 11.580 = −11.080.\n"
        "float16 has a step of 2⁻⁷ = 0.0078 between 8 and 16.",
        "MINDYOLO", {**SMALL, "reg_max": 16},
    ),
    Bug(
        "mindyolo-assigner", "mindyolo", "0.5.0 with mindspore 2.10.0", f"{RELEASED}.mindyolo:as_released", "assign",
        {
            "pd_scores": [[[0.5]]], "pd_bboxes": [[[0.0, 0.0, 8.0, 8.0]]], "anchor_points": [[4.0, 4.0]],
            "gt_labels": [[[0]]], "gt_bboxes": [[[0.0, 0.0, 8.0, 8.0]]], "mask_gt": [[[True]]],
        },
        "the assigner raises beside the MindSpore that is released: `Tensor.max(axis)` answers values and indices there",
        "One anchor in its box, u = 1: score 1.\n`x.max(-2).expand_dims(-1)` asks a tuple.",
        "MINDYOLO", SMALL,
    ),
    Bug(
        "libreyolo-anchor-count", "libreyolo", "1.6.0", f"{RELEASED}.libreyolo:factory", "detection_loss",
        {"feature_maps": maps(17, (5, 5), (3, 3)), "targets": ONE},
        "an image whose side is no multiple of a stride raises: anchors are counted as `W // s * H // s`",
        "40 px at stride 16: points at 8, 24, 40 px, 3 · 3 = 9 of them.\n40 // 16 * 40 // 16 = 2 · 40 // 16 = 5 strides.",
        "LIBREYOLO9", {"num_classes": 1, "strides": (8, 16), "topk": 1, "reg_max": 4},
    ),
    Bug(
        "luxonis-stale-anchors", "luxonis-train", "0.6.0", f"{RELEASED}.luxonis_train:OneLoss", "detection_loss",
        {"feature_maps": maps(17, (4, 1)), "targets": HIGH},
        "anchors and image size are kept from the first batch: a batch of another shape is judged by the old ones",
        "4 × 1 cells at stride 8 are 8 px wide and 32 px high: the box is x 1…7, y 0…16 px, around two points.\n"
        "After a batch of 1 × 4 cells, 32 px wide and 8 px high, it is taken for x 4…28, y 0…4 px, around none.",
        "LUXONIS", {**SMALL, "reg_max": 4}, before=({"feature_maps": maps(17, (1, 4)), "targets": HIGH},),
    ),
    Bug(
        "yolov6-float64", "yolov6detect", "0.4.1", f"{RELEASED}.yolov6detect:factory", "decode_boxes",
        {"pred_dist": peak(4, 0.0), "anchor_points": [[0.5, 0.5]]},
        "boxes cannot be decoded in float64: the bins' numbers are float32",
        "Four equal bins: (0 + 1 + 2 + 3)/4 = 1.5, box (0.5 ∓ 1.5) = (−1, −1, 2, 2).\n"
        "float64 probabilities times float32 numbers raise in torch.",
        "YOLOV6", {**SMALL, "reg_max": 4}, dtype="float64",
    ),
    Bug(
        "ultralytics-float64", "ultralytics", "8.4.190", f"{RELEASED}.ultralytics:unguarded", "detection_loss",
        {"feature_maps": maps(17, (2, 2)), "targets": [[0, 0, 0.3, 0.3, 0.5, 0.5]]},
        "the detection loss cannot run in float64: overlaps are written by index into a tensor of another float type",
        "One box, one claim: any finite number.\nIts `preprocess` makes float32 boxes, the predictions are float64.",
        "ULTRALYTICS_8_4", {**SMALL, "reg_max": 4}, dtype="float64",
    ),
    Bug(
        "ultralytics-unsorted-targets", "ultralytics", "8.4.190", f"{RELEASED}.ultralytics:factory", "pad_targets",
        {
            "targets": [[1, 0, 0.5, 0.5, 0.2, 0.2], [0, 0, 0.25, 0.5, 0.2, 0.2], [1, 0, 0.75, 0.5, 0.2, 0.2]],
            "batch_size": 2, "image_size": (10, 10),
        },
        "targets that are not sorted by image are put into the wrong slot, or raise; before 8.4.25 any order was right",
        "Image 1 has rows 0 and 2: slots 0 and 1.\nSlot = row − rows of images before = 0 − 1 = −1, and 2 − 1 = 1 of two slots.",
        "YOLOV8_ANY_ORDER",
    ),
)  # fmt: skip
