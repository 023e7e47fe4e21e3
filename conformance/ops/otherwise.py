"""Who decides otherwise, where no mutant says so already.

Deliberate differences that break a clause are mutants (`Mutant.convention`), each with a candidate to run. Here stand
the others: decisions that change no judged value, that a dialect carries, or that lie outside one op.
"""

from __future__ import annotations

from typing import NamedTuple, Tuple


class Otherwise(NamedTuple):
    """op; the field of a dialect it concerns, or ""; who does what; where that was read; what the suite makes of it."""

    op: str
    field: str
    does: str
    source: str
    judged: str


LICENSED = "equal but for rounding, which its bound allows"
OPEN = "left open: not judged"
FIELD = "a dialect carries it"
OUTSIDE = "another loss: no dialect describes it"

OTHERWISE: Tuple[Otherwise, ...] = (
    Otherwise(
        "make_anchors",
        "",
        "mmyolo, PaddleDetection, YOLOv6 and super-gradients hand out points in px; here the caller scales",
        "mmyolo MlvlPointGenerator, YOLOv6 generate_anchors",
        "an adapter divides by the stride",
    ),
    Otherwise(
        "decode_boxes",
        "reg_max",
        "PaddleDetection, super-gradients and YOLOv6 count reg_max + 1 bins, 0 … 16",
        "PaddleDetection ppyoloe_head.py, YOLOv6 loss.py",
        f"{FIELD}: reg_max is the number of bins",
    ),
    Otherwise(
        "decode_boxes",
        "",
        "mmyolo and MultimediaTechLab YOLO multiply by the stride before they add the point, and decode to px",
        "mmyolo DistancePointBBoxCoder",
        "an adapter divides by the stride",
    ),
    Otherwise(
        "bbox2dist",
        "reg_max",
        "with 17 bins, PaddleDetection, super-gradients and YOLOv6 clamp at 15.99 instead of 14.99",
        "PaddleDetection ppyoloe_head.py",
        FIELD,
    ),
    Otherwise(
        "ciou",
        "",
        "Ultralytics before 8.4.144, mmyolo and YOLOv9 write the denominator of α as v − IoU + (1 + ε)",
        "Ultralytics metrics.py; changed in 8.4.144 for half precision",
        LICENSED,
    ),
    Otherwise(
        "ciou",
        "",
        "LibreYOLO, MultimediaTechLab YOLO and torchvision compute in float32 even where half precision is given",
        "torchvision ops/ciou_loss.py",
        "half precision is not judged",
    ),
    Otherwise(
        "pad_targets",
        "any_target_order",
        "Ultralytics from 8.4.25 on needs its targets sorted by image, and fails on others",
        "Ultralytics #23966",
        FIELD,
    ),
    Otherwise(
        "pad_targets",
        "",
        "some scale centre and size before they take corners, some after",
        "seeds 000 and 001",
        LICENSED,
    ),
    Otherwise(
        "candidates_in_gts",
        "",
        "MultimediaTechLab YOLO and LibreYOLO also want every edge within reach of the bins",
        "MultimediaTechLab YOLO f080104",
        OUTSIDE,
    ),
    Otherwise(
        "alignment_metric",
        "alpha",
        "PaddleDetection, super-gradients, YOLOv6 and mmdet configure α 1 (and k 13)",
        "YOLOv6 tal_assigner.py",
        f"{FIELD}: alpha, beta and topk",
    ),
    Otherwise(
        "select_topk",
        "",
        "yolo-mlx takes the higher index of equal metrics; PyTorch promises none",
        "yolo-mlx tal.py; torch.topk on equal values, run",
        OPEN,
    ),
    Otherwise(
        "select_topk",
        "fewer_anchors_than_topk",
        "mmdet claims all anchors where there are fewer than k; most others raise",
        "mmdet task_aligned_assigner.py",
        FIELD,
    ),
    Otherwise(
        "resolve_conflicts",
        "",
        "of equal overlaps most give the anchor to the first box; on an accelerator it may be any",
        "torch.argmax",
        OPEN,
    ),
    Otherwise(
        "assign",
        "",
        "the label of a background anchor is that of slot 0 in Ultralytics, C in PaddleDetection, −1 in mmdet",
        "Ultralytics #16759; PaddleDetection and mmdet task_aligned_assigner.py",
        OPEN,
    ),
    Otherwise(
        "assign",
        "",
        "LibreYOLO, MultimediaTechLab YOLO, keras-cv and mmdet give no positive to a box whose metrics are all 0",
        "MultimediaTechLab YOLO bounding_box_utils.py",
        "breaks TAL-4",
    ),
    Otherwise(
        "dfl_loss",
        "",
        "Ultralytics from 8.4.104 on gathers from one log-softmax instead of two cross-entropies",
        "Ultralytics loss.py",
        LICENSED,
    ),
    Otherwise(
        "bbox_loss",
        "",
        "mmyolo, MultimediaTechLab YOLO and keras-cv compare boxes in px; here they are in cells",
        "mmyolo yolov8_head.py",
        "CIoU is the same at any scale but for ε; judged in cells",
    ),
    Otherwise(
        "detection_loss",
        "",
        "PaddleDetection and super-gradients sum S over all processes; mmyolo multiplies by their number",
        "PaddleDetection ppyoloe_head.py",
        "one process is judged",
    ),
    Otherwise(
        "detection_loss",
        "",
        "keras-cv and MultimediaTechLab YOLO take the size of the image from the image, not from the first map",
        "keras-cv yolo_v8",
        "equal where the image is a multiple of its strides",
    ),
)
"""In the order of the protocol."""
