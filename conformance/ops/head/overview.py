"""Picture of the whole: what goes from op to op, from the outputs of the network to the loss."""

from __future__ import annotations

from typing import Dict, List, NamedTuple, Tuple

from conformance.paper.svg import Picture, arrow, label, rectangle


class Node(NamedTuple):
    """A box with words: its middle and its width, px, and what it is: an input, a step or the end."""

    x: float
    y: float
    width: float
    kind: str = "a"


HEIGHT = 30

NODES: Dict[str, Node] = {
    "targets": Node(190, 205, 80, "off"),
    "make_anchors": Node(215, 120, 120),
    "decode_boxes": Node(350, 55, 120),
    "pad_targets": Node(320, 205, 100),
    "candidates_in_gts": Node(490, 145, 150),
    "alignment_metric": Node(490, 185, 150),
    "select_topk": Node(490, 225, 150),
    "resolve_conflicts": Node(490, 265, 150),
    "bbox_loss": Node(690, 55, 110, "b"),
    "bce_loss": Node(690, 355, 110, "b"),
    "detection_loss": Node(800, 205, 120, "c"),
}
"""What is drawn as a box of its own; the feature maps and the assigner are larger boxes around."""

MAPS, ASSIGNER = (20, 30, 110, 350), (405, 100, 170, 190)
"""x, y, width and height of the two larger boxes, px."""


def picture() -> Picture:
    """The flow of a batch."""
    shapes = [rectangle(*MAPS, "off"), rectangle(*ASSIGNER, "grid")]
    shapes += [label(75, 200, "feature", "middle"), label(75, 218, "maps", "middle")]
    shapes += [label(490, 120, "assign", "middle")]
    shapes += [shape for name, node in NODES.items() for shape in _node(name, node)]
    shapes += [arrow(edge[:2], edge[2:]) for edge in _edges()]
    notes = (
        (140, 47, "bins"), (140, 347, "class logits"), (498, 338, "σ"), (420, 47, "boxes"), (498, 85, "in px"),
        (640, 130, "boxes, weights"), (640, 293, "target scores"), (622, 32, "ciou, bbox2dist, dfl_loss"),
    )  # fmt: skip
    shapes += [label(x, y, words, "small") for x, y, words in notes]
    described = (
        "The bins of the feature maps become boxes, the class logits scores; with the padded targets they go to the "
        "assigner, which says what each anchor is to learn. Two losses compare, and detection_loss adds them up. Nothing "
        "flows back through the assigner."
    )
    return Picture("flow", "How the ops fit together", described, (880, 400), tuple(shapes))


def _node(name: str, node: Node) -> Tuple[str, str]:
    left, top = node.x - node.width / 2, node.y - HEIGHT / 2
    return rectangle(left, top, node.width, HEIGHT, node.kind), label(node.x, node.y + 5, name, "middle")


def _edges() -> List[Tuple[float, float, float, float]]:
    """Start and end of each arrow, px."""
    return [
        (130, 55, 290, 55), (215, 105, 290, 66), (410, 55, 635, 55), (490, 55, 490, 100),
        (230, 205, 270, 205), (370, 205, 405, 205), (130, 355, 635, 355), (490, 355, 490, 290),
        *((490, y, 490, y + 10) for y in (160, 200, 240)),
        (575, 160, 675, 70), (575, 240, 675, 340), (720, 70, 785, 190), (720, 340, 785, 220),
    ]  # fmt: skip


OVERVIEW = (picture,)
