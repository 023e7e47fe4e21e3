"""Who decides otherwise, where no mutant says so already."""

from conformance.ops.otherwise import FIELD, OPEN, OUTSIDE, Otherwise

OTHERWISE = (
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
)
