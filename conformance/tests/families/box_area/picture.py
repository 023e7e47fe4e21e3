"""Picture of an area."""

from __future__ import annotations

from conformance.paper.marks import corners, framed, picture, short, words


def _box(subject, key):
    if not len(subject.case.boxes):
        return None
    box = subject.case.boxes[min(subject.image, len(subject.case.boxes) - 1)]
    frame, tall = framed(corners([box]))
    lines = [f"box: {', '.join(map(short, box))}"]
    text, end = words(tall, lines)
    return picture(f"{key}-box", "The box", lines[0], tall + end, frame.box(box, "box"), text)


PICTURES = {"box_area": (_box,)}
