# adapter.py: imports your code, and nothing else
import my_loss


class Adapter:
    framework = "numpy"

    def __init__(self, dialect):
        self.eps = dialect.iou_eps

    def dist2bbox(self, distance, anchor_points):
        return my_loss.boxes_at(anchor_points, distance)

    def ciou(self, boxes1, boxes2):
        return my_loss.complete_iou(boxes1.T, boxes2.T, self.eps)
