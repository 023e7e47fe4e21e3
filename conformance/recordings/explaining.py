"""The page of `explain`: what is wrong first, then labels, assignment and loss, on one page of a terminal."""

from __future__ import annotations

from typing import List

import numpy as np

from conformance.recordings.stages import Explained, Label

NOTHING = "nothing is wrong with these maps and labels"

SHOWN = 6
"""Labels and images told one by one at most."""

SMALL = 0.5
"""Share of the labels from which on what befalls them is a cause, and stands above."""


def text(e: Explained, image: int | None = None) -> str:
    """The page.

    Parameters
    ----------
    image : to tell of that image alone; None for all
    """
    labels = [label for label in e.labels if image is None or label.image == image]
    parts = ["\n".join(causes(e, labels)), _inputs(e)]
    if e.losses.size:
        parts += [_labels(labels), _losses(e, image)]
    return "\n\n".join(part for part in parts if part)


def causes(e: Explained, labels: List[Label]) -> List[str]:
    """What is likely to be wrong, the gravest first; one line to say so if nothing is."""
    found = [fault.text for fault in e.faults]
    if not e.losses.size:
        return found
    found += [f"first number that is not finite: {e.broken}"] if e.broken else []
    found += _of_labels(e, labels)
    return found or [NOTHING]


def _of_labels(e: Explained, labels: List[Label]) -> List[str]:
    found = []
    if not labels:
        return ["there are no labels: every anchor is background, box and dfl are 0"]
    whole = [label for label in labels if np.isfinite(label.box).all()]
    found += [words for words in (_corners(whole, e.size) or _turned(whole, e.size), _widened(e, whole)) if words]
    small = [label for label in whole if label.dropped.startswith("no anchor")]
    if small and len(small) >= SMALL * len(labels):
        sides = np.array([label.box[2:] - label.box[:2] for label in small]).max(axis=0)
        words = f"{len(small)} of {len(labels)} boxes hold no anchor: the largest is {sides[0]:.3g} × {sides[1]:.3g} px"
        found.append(f"{words}, cells are {e.dialect.strides[0]} px at least")
    clamped = [label for label in whole if label.clamped]
    if clamped:
        anchors, reach = sum(label.clamped for label in clamped), e.dialect.largest_distance
        words = f"DFL targets are clamped to {reach:g} cells at {anchors} anchors of {len(clamped)} boxes"
        found.append(f"{words}, label {clamped[0].row} first: a side is farther than R − 1 = {e.dialect.reg_max - 1} cells")
    others = [label for label in whole if label.dropped and label not in small]
    if others:
        found.append(f"label {others[0].row} of image {others[0].image} is dropped: {others[0].dropped}")
    images = {label.image for label in e.labels}
    missing = [b for b in range(max(images)) if b not in images]
    if missing:
        found.append(f"images {', '.join(map(str, missing[:SHOWN]))} have no label, though image {max(images)} has: a gap in the indices?")
    return found


def _corners(labels: List[Label], size: tuple) -> str:
    """Whether boxes leave the image, and all would lie in it if their four numbers were corners."""
    height, width = size
    boxes = np.array([label.box for label in labels]).reshape(-1, 4)
    first, last = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    out = int((((boxes < -1) | (boxes > np.array([width, height] * 2) + 1)).any(axis=1)).sum())
    if out < 2 or not ((first < last) & (last <= np.array([width, height]) + 1)).all():
        return ""
    return f"labels are x1, y1, x2, y2, it seems, not cx, cy, w, h: {out} of {len(boxes)} boxes reach out of the image, as corners none would"


def _widened(e: Explained, labels: List[Label]) -> str:
    """Whether most boxes are smaller than a cell, and hold an anchor only because they are widened."""
    cell = e.dialect.strides[0]
    small = [label for label in labels if not label.dropped and (label.box[2:] - label.box[:2]).max() < cell]
    if len(small) < max(SMALL * len(labels), 1):
        return ""
    return f"{len(small)} of {len(labels)} boxes are smaller than a cell of {cell} px: what they claim, they claim widened to {e.dialect.min_gt_side:g} px"


def _turned(labels: List[Label], size: tuple) -> str:
    """Whether boxes leave the image, and would not if width and height were exchanged."""
    height, width = size
    out = turned = 0
    for label in labels:
        x1, y1, x2, y2 = label.box
        if min(x1, y1) >= -1 and x2 <= width + 1 and y2 <= height + 1:
            continue
        out += 1
        w, h = (y2 - y1) * width / height / 2, (x2 - x1) * height / width / 2
        cx, cy = (x1 + x2) / 2, (y1 + y2) / 2
        turned += bool(cx - w >= -1 and cx + w <= width + 1 and cy - h >= -1 and cy + h <= height + 1)
    if out < 2 or turned < 0.8 * out:
        return ""
    return f"width and height are swapped, it seems: {out} of {len(labels)} boxes reach out of the image, {turned} of them would not if turned"


def _inputs(e: Explained) -> str:
    shapes = ", ".join(f"{h}×{w}" for h, w in e.shapes)
    d = e.dialect
    size = f", image {e.size[1]}×{e.size[0]} px" if e.size[0] else ""
    return f"maps {shapes} at strides {', '.join(f'{s:g}' for s in d.strides)}{size}, C {d.num_classes}, R {d.reg_max}, dialect {d.name}"


def _labels(labels: List[Label]) -> str:
    dropped = [label for label in labels if label.dropped]
    without = [label for label in labels if not label.dropped and not label.owns]
    owns = [label.owns for label in labels if not label.dropped]
    lines = [f"labels: {len(labels)}, dropped {len(dropped)}, without a positive {len(without)}"]
    if owns:
        lines[0] += f"; positives of the others {min(owns)} … {max(owns)}, {sum(owns)} in all"
    lines += [f"  label {one.row} (image {one.image}) dropped: {_told(one)}" for one in dropped[:SHOWN]]
    lines += [f"  and {len(dropped) - SHOWN} labels more"] if len(dropped) > SHOWN else []
    lines += [f"  label {one.row} (image {one.image}): {one.inside} anchors inside, all go to other boxes" for one in without[:SHOWN]]
    return "\n".join(lines)


def _told(label: Label) -> str:
    return label.dropped.partition(f"label {label.row}: ")[2] or label.dropped


def _losses(e: Explained, image: int | None) -> str:
    chosen = range(len(e.losses)) if image is None else [image]
    lines = [f"S = max({e.scores_sum:.6g}, 1); loss {'':15}{'box':>10}{'cls':>10}{'dfl':>10}{'positives':>11}"]
    for level, stride in enumerate(e.dialect.strides):
        lines.append(_row(f"  level {level}, stride {stride:g}", e.losses[list(chosen), level].sum(axis=0), e.positives[list(chosen), level].sum()))
    worst = sorted(chosen, key=lambda b: -np.nan_to_num(e.losses[b].sum(), nan=np.inf))[:SHOWN]
    for b in worst if image is None and len(e.losses) > 1 else []:
        lines.append(_row(f"  image {b}", e.losses[b].sum(axis=0), e.positives[b].sum()))
    lines.append(_row("  all", e.losses[list(chosen)].sum(axis=(0, 1)), e.positives[list(chosen)].sum()))
    return "\n".join(lines)


def _row(name: str, losses: np.ndarray, positives: int) -> str:
    width = 34 - 2
    return f"{name:{width}}" + "".join(f"{x:>10.5g}" for x in losses) + f"{positives:>11}"
