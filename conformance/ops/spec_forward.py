"""Clauses about the values of the ops, in the order of the protocol."""

from conformance.judging.clause import CIOU, GFL, TOOD, YOLOV8, Clause

CLAUSES = (
    # fmt: off
    Clause(
        "ANC-1", ("make_anchors",),
        "An anchor point lies at the centre of each cell: levels as given, then y, then x.",
        "anchor_points[i] = (i mod W + 0.5, ⌊i / W⌋ + 0.5) within each level",
        YOLOV8 + "; seed 000",
    ),
    Clause(
        "ANC-2", ("make_anchors",),
        "Each anchor carries the stride of its level.",
        "stride_tensor[a] = strides[level of a]",
        YOLOV8 + "; seed 000",
    ),
    Clause(
        "DEC-1", ("dist2bbox",),
        "Distances left, top, right and bottom of an anchor point give the corners of its box.",
        "box = (x − l, y − t, x + r, y + b)",
        YOLOV8,
    ),
    Clause(
        "DEC-2", ("bbox2dist",),
        "A box gives the four distances from the anchor point, each clamped to the range of the bins.",
        "ltrb = clamp((x − x1, y − y1, x2 − x, y2 − y), 0, R − 1 − 0.01)",
        YOLOV8 + "; seed 003",
    ),
    Clause(
        "DEC-3", ("decode_boxes",),
        "A predicted distance is the expectation of its R bins under the softmax of their logits.",
        "d = Σ_i i · softmax(logits)_i, sides in the order l, t, r, b, each with R consecutive channels",
        f"{GFL} eq. 4; {YOLOV8}; seed 002",
    ),
    Clause(
        "IOU-1", ("iou",),
        "IoU is intersection over union; ε is added to both heights and to the union.",
        "IoU = I / (w1·h1 + w2·h2 − I + ε), h = y2 − y1 + ε",
        YOLOV8,
    ),
    Clause(
        "IOU-2", ("giou",),
        "GIoU is IoU less the share of the enclosing box that the union leaves empty.",
        "GIoU = IoU − (E − U) / E, E = enclosing area + ε",
        f"arXiv:1902.09630 eq. 1; {YOLOV8}",
    ),
    Clause(
        "IOU-3", ("diou",),
        "DIoU is IoU less the squared centre distance over the squared enclosing diagonal.",
        "DIoU = IoU − ρ² / c², c² = cw² + ch² + ε",
        f"{CIOU} eq. 7; {YOLOV8}",
    ),
    Clause(
        "IOU-4", ("ciou",),
        "CIoU is DIoU less the weighted difference of the aspect ratios; it is not clamped.",
        "CIoU = IoU − ρ²/c² − α·v, v = 4/π² · (atan w2/h2 − atan w1/h1)², α = v / (1 − IoU + v + ε)",
        f"{CIOU} eq. 8–11; {YOLOV8}; seed 003",
    ),
    Clause(
        "TGT-1", ("pad_targets",),
        "Labelled boxes become corners in px: x scales with the width of the image, y with its height.",
        "box = (cx·W − w·W/2, cy·H − h·H/2, cx·W + w·W/2, cy·H + h·H/2)",
        YOLOV8 + "; seed 000",
    ),
    Clause(
        "TGT-2", ("pad_targets",),
        "Each image holds its own boxes and labels, in the order in which they came.",
        "gt_labels[b, i] = class of the i-th target of image b",
        YOLOV8 + "; seed 000",
    ),
    Clause(
        "TGT-3", ("pad_targets",),
        "The mask is 1 for labelled boxes and 0 for padding, and for a box whose coordinates sum to 0 or less.",
        "mask_gt = [x1 + y1 + x2 + y2 > 0]",
        YOLOV8 + "; seed 000",
    ),
    Clause(
        "TAL-1", ("candidates_in_gts", "assign"),
        "An anchor is a candidate of a box only if it lies strictly inside it.",
        "inside = [min(x − x1, y − y1, x2 − x, y2 − y) > inside_eps]; sides < min_gt_side are first widened to it",
        f"{TOOD} section 3.2; {YOLOV8}; seed 000",
    ),
    Clause(
        "TAL-2", ("alignment_metric",),
        "The overlap of a candidate is its CIoU with the ground truth, not below 0; off the mask it is 0.",
        "u = max(0, CIoU(gt, prediction)) where mask, else 0",
        YOLOV8,
    ),
    Clause(
        "TAL-3", ("alignment_metric",),
        "The metric of a candidate is its score for the class of the ground truth times its overlap, as powers.",
        "t = s[label]^α · u^β where mask, else 0",
        f"{TOOD} eq. 1; {YOLOV8}",
    ),
    Clause(
        "TAL-4", ("select_topk", "assign"),
        "Each ground truth claims exactly the k anchors with the largest metric, zero or not; ties are free.",
        "|S| = k, min over S of t ≥ max outside S of t",
        f"{TOOD} section 3.2; {YOLOV8}",
    ),
    Clause(
        "TAL-5", ("resolve_conflicts", "assign"),
        "An anchor claimed by several ground truths goes to the one of all it overlaps most; others keep theirs.",
        "owner = argmax over all g of u[g, a] where Σ_g claimed[g, a] ≥ 2, else the one that claims it",
        YOLOV8,
    ),
    Clause(
        "TAL-6", ("assign",),
        "A foreground anchor carries the label and the box of its owner.",
        "target_labels = gt_labels[owner], target_bboxes = gt_bboxes[owner]",
        YOLOV8,
    ),
    Clause(
        "TAL-7", ("assign",),
        "The target score is the metric scaled to the best overlap of the owner, at the owner's class; 0 elsewhere.",
        "score = t · max_P u / (max_P t + norm_eps), maxima over the anchors the owner ends up with",
        f"{TOOD} section 3.2; {YOLOV8}",
    ),
    Clause(
        "BCE-1", ("bce_loss",),
        "The classification loss is the binary cross-entropy of the logit against a soft target.",
        "BCE = max(x, 0) − x·z + log(1 + exp(−|x|))",
        YOLOV8,
    ),
    Clause(
        "DFL-1", ("dfl_loss",),
        "The loss of a distance is the cross-entropy of its two nearest bins, weighted linearly; mean of four sides.",
        "DFL = ¼ Σ_side [(⌊t⌋ + 1 − t)·CE(⌊t⌋) + (t − ⌊t⌋)·CE(⌊t⌋ + 1)]",
        f"{GFL} eq. 6; {YOLOV8}; seeds 003, 004",
    ),
    Clause(
        "DFL-2", ("dfl_loss",),
        "A target outside the range of the bins is first clamped into it.",
        "t = clamp(target, 0, R − 1 − 0.01)",
        "Ultralytics 8.2.48–8.3.252; seed 004",
    ),
    Clause(
        "BOX-1", ("bbox_loss",),
        "The box loss is 1 − CIoU of the foreground anchors, weighted by their target scores, over S.",
        "box = Σ_fg w · (1 − CIoU) / S, w = Σ_c target_scores",
        YOLOV8,
    ),
    Clause(
        "BOX-2", ("bbox_loss",),
        "The distribution loss is the DFL of the foreground anchors, weighted by their target scores, over S.",
        "dfl = Σ_fg w · DFL(pred_dist, bbox2dist(point, target)) / S",
        YOLOV8,
    ),
    Clause(
        "DET-1", ("detection_loss",),
        "The first component is the box loss of the assigned batch times its gain.",
        "components[0] = box_gain · box, S = max(Σ target_scores, 1)",
        YOLOV8,
    ),
    Clause(
        "DET-2", ("detection_loss",),
        "The second component is the summed classification loss of all anchors and classes over S, times its gain.",
        "components[1] = cls_gain · Σ BCE / S",
        YOLOV8,
    ),
    Clause(
        "DET-3", ("detection_loss",),
        "The third component is the distribution loss of the assigned batch times its gain.",
        "components[2] = dfl_gain · dfl",
        YOLOV8,
    ),
    Clause(
        "DET-4", ("detection_loss",),
        "The total is the sum of the components times the batch size.",
        "total = B · Σ components",
        YOLOV8,
    ),
    # fmt: on
)
