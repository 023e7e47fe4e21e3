"""The IoU family: IoU, GIoU, DIoU and CIoU of pairs of boxes."""
