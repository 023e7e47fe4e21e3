# adapter.py: every op of a torch loss that is one class, by the parts that the class is made of
import head
import torch


BUILT_IN = {"iou_eps": 1e-7, "overlap_eps": 1e-7, "inside_eps": 1e-9, "norm_eps": 1e-9, "widen_gts": "never"}


class Adapter:
    framework = "torch"

    # What the loss does not read from the dialect is declined, not judged.
    def __init__(self, dialect):
        for name, value in BUILT_IN.items():
            if getattr(dialect, name) != value:
                raise NotImplementedError(f"{name} is {value} in the loss")
        gains = (dialect.box_gain, dialect.cls_gain, dialect.dfl_gain)
        self.strides, self.reg_max = dialect.strides, dialect.reg_max
        self.loss = head.Loss(
            dialect.num_classes, dialect.reg_max, dialect.strides, dialect.topk, dialect.alpha, dialect.beta, gains
        )

    # Shapes come as pairs (H, W); the loss makes its grid from maps.
    def make_anchors(self, feature_shapes):
        return head.anchors_of([torch.empty(1, 1, h, w) for h, w in feature_shapes], self.strides)

    # Anchor points and distances come in cells of the feature map, as boxes go out.
    def decode_boxes(self, pred_dist, anchor_points):
        return self.loss.decode(anchor_points, pred_dist)

    # The loss calls it with boxes side by side, (..., 4); so does the judge, with (N, 4).
    def ciou(self, boxes1, boxes2):
        return head.box_ciou(boxes1, boxes2)

    # Targets are rows image, class, cx, cy, w, h in 0…1, image_size is (H, W) px; boxes go out as corners in px.
    def pad_targets(self, targets, batch_size, image_size):
        height, width = image_size
        labels, boxes = self.loss.preprocess(targets, batch_size, targets.new_tensor([width, height]))
        return labels, boxes, boxes.sum(-1, keepdim=True) > 0

    # Everything in px. mask_gt is bool, (B, G, 1); scores are probabilities.
    def assign(self, pd_scores, pd_bboxes, anchor_points, gt_labels, gt_bboxes, mask_gt):
        return self.loss.assigner(pd_scores, pd_bboxes, anchor_points, gt_labels, gt_bboxes, mask_gt)

    # Element by element: the sum, and the division by S, belong to detection_loss.
    def bce_loss(self, logits, targets):
        return torch.nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")

    # Targets past the last bin come, too: dfl_loss clamps by itself. If yours relies on a clamp before it, clamp here.
    def dfl_loss(self, pred_dist, target):
        return self.loss.dfl(pred_dist, target)

    # Boxes and points in cells; target_scores_sum is S. fg_mask is bool, (B, A).
    def bbox_loss(self, pred_dist, pred_bboxes, anchor_points, target_bboxes, target_scores, target_scores_sum, fg_mask):
        return self.loss.box_terms(
            pred_dist, pred_bboxes, anchor_points, target_bboxes, target_scores, target_scores_sum, fg_mask
        )

    # The whole: total and the three components, after gains and before the batch factor.
    def detection_loss(self, feature_maps, targets):
        return self.loss(feature_maps, targets)
