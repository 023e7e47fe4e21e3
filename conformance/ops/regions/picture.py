"""Pictures of regions: anchors, boxes and proposals."""

from __future__ import annotations

from conformance.ops.picture_parts import boxes_placed, results_told

PICTURES = {
    "rpn_anchors": (boxes_placed("anchors", "Anchors"),),
    "encode_deltas": (results_told("Deltas"),),
    "decode_deltas": (boxes_placed("decoded", "Decoded boxes", lambda case: case.anchors),),
    "clip_boxes": (boxes_placed("clipped", "Clipped boxes", lambda case: [(0, 0, *case.image_size[::-1])]),),
    "propose": (
        boxes_placed("rois", "What is proposed", lambda case: case.anchors),
        results_told("Proposals", "pre_nms_topk", "post_nms_topk", "iou_threshold", "min_size"),
    ),
}
