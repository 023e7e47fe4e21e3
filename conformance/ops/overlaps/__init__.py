"""The IoU family: IoU, GIoU, DIoU and CIoU of pairs of boxes."""

from refimpl import ciou, diou, giou, iou

TITLE = "The IoU family"
OPS = (iou, giou, diou, ciou)
