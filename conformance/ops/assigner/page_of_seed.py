"""The page of the 84-anchor scene: stage by stage, with numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Tuple

import numpy as np

from conformance.ops.page import Page, Stored
from conformance.paper.markdown import blocks, listed, number, numbers, shown, table
from conformance.ops.assigner.seed_scene import SHAPES, Scene, printed, scene
from conformance.ops.assigner.seed_pictures import metric_picture, overview, owners_picture
from refimpl.scores import target_scores


def page(stored: Stored) -> Page:
    """The page in Markdown, and its pictures."""
    of = scene(stored)
    pictures = [overview(of), metric_picture(of), owners_picture(of)]
    text = blocks(
        f"# The assigner once through, on {len(of.inside[0, 0])} anchors",
        _introduction(of, printed(stored)), "## 1. Anchors", _anchors(of), "## 2. Targets", _targets(of), "## 3. Inside", _inside(of),
        shown(pictures[0]), "## 4. Score, overlap and metric", _metric(of), shown(pictures[1]), "## 5. Claims", _claims(of),
        "## 6. Owners", _owners(of), shown(pictures[2]), "## 7. Target scores", _scores(of), "## 8. What the losses receive",
        _received(of), "## What the seeds have wrong", _errata(stored),
    )  # fmt: skip
    return Page("scene", text, pictures)


def _introduction(of: Scene, counted: Tuple[int, int]) -> str:
    compared, agreeing = counted
    return blocks(
        f"Seed 000 prints this scene stage by stage: {len(of.padded.gt_bboxes)} images of {of.size[0]} × {of.size[1]} "
        f"px, {len(of.targets)} labelled boxes of {of.dialect.num_classes} classes, {len(of.inside[0, 0])} anchors. "
        f"All below is computed by the reference; of {compared} numbers that the seed printed, {agreeing} are the "
        "same to their last digit.",
        "From stage 4 on it is image 0, the one for which the seed printed results. It printed no predictions: those "
        "here are made so that overlaps and metrics come out as printed. The dialect is "
        f"[`{of.dialect.name}`](README.md#dialect); where `YOLOV8` decides otherwise it is said.",
    ).rstrip()


def _anchors(of: Scene) -> str:
    points, strides = of.anchors
    rows, start = [], 0
    for (height, width), stride in zip(SHAPES, of.dialect.strides):
        end = start + height * width
        first, last = (numbers(points[a] * strides[a]) for a in (start, end - 1))
        rows.append((f"{height} × {width}", str(stride), f"{start} … {end - 1}", numbers(points[start]), first, last))
        start = end
    words = "[`make_anchors`](anchors.md#make_anchors), one point at the centre of each cell:"
    return blocks(words, table(("map", "stride", "anchors", "first, grid", "first, px", "last, px"), rows)).rstrip()


def _targets(of: Scene) -> str:
    rows = [
        (
            str(image),
            str(slot),
            str(of.padded.gt_labels[image, slot, 0]),
            numbers(box),
            str(int(of.padded.mask_gt[image, slot, 0])),
        )
        for image, slots in enumerate(of.padded.gt_bboxes)
        for slot, box in enumerate(slots)
    ]
    words = (
        f"[`pad_targets`](targets.md#pad_targets): the fullest image has {of.padded.gt_bboxes.shape[1]} boxes, so each "
        "has as many slots; what is left over is masked."
    )
    (_, _, cx, cy, w, h), (height, width), (x1, y1, _, _) = of.targets[0], of.size, of.padded.gt_bboxes[0, 0]
    ends = (
        f"By hand for the first: x1 = ({number(cx)} − {number(w)} / 2) · {width} = {number(x1)}, "
        f"y1 = ({number(cy)} − {number(h)} / 2) · {height} = {number(y1)}."
    )
    return blocks(words, table(("image", "slot", "label", "box, px", "mask"), rows), ends).rstrip()


def _inside(of: Scene) -> str:
    ends = np.cumsum([height * width for height, width in SHAPES])[:-1]
    rows = []
    for image, slot, _ in np.argwhere(of.padded.mask_gt):
        found = of.inside[image, slot]
        counts = [number(level.sum()) for level in np.split(found, ends)]
        rows.append((str(image), str(slot), str(found.sum()), *counts))
    words = (
        "[`candidates_in_gts`](assigner.md#candidates_in_gts) counts the anchors strictly inside each box, by stride. "
        f"In image 0 they are {listed(of.inside[0, 0])} for slot 0, and {listed(of.inside[0, 1])} for slot 1."
    )
    return blocks(words, table(("image", "slot", "inside", *(f"at {s}" for s in of.dialect.strides)), rows)).rstrip()


def _metric(of: Scene) -> str:
    t, u = (x[0, 0] for x in of.alignment)
    label = of.padded.gt_labels[0, 0, 0]
    rows = [(str(a), *map(number, (of.scores[0, a, label], u[a], t[a]))) for a in np.flatnonzero(of.inside[0, 0])]
    other = "0 on all of them" if not of.alignment.metric[0, 1].any() else "not 0"
    words = (
        f"[`alignment_metric`](assigner.md#alignment_metric): t = s^α · u^β with α = {of.dialect.alpha} and β = "
        f"{number(of.dialect.beta)}, for the candidates of slot 0, of class {label}. The head is untrained, so "
        f"overlaps are small and their sixth power is tiny. Slot 1 has {of.inside[0, 1].sum()} candidates; its metric "
        f"is {other}."
    )
    best = int(t.argmax())
    s, place = of.scores[0, best, label], of.anchors.anchor_points[best] * of.anchors.stride_tensor[best]
    ends = (
        f"By hand for the best, anchor {best} at {numbers(place)} px: s^α = {number(s**of.dialect.alpha)}, u^β = "
        f"{number(u[best] ** of.dialect.beta)}, and their product is t = {number(t[best])}."
    )
    return blocks(words, table(("anchor", "s", "u", "t"), rows), ends).rstrip()


def _claims(of: Scene) -> str:
    first, second = of.claimed[0, :2]
    lost = second & ~of.inside[0, 1]
    words = (
        f"[`select_topk`](assigner.md#select_topk), k = {of.dialect.topk}. Slot 0 claims {listed(first)}. All metrics "
        f"of slot 1 are equal, so any {of.dialect.topk} anchors will do ([TAL-4](assigner.md#TAL-4)); the lowest are "
        f"{listed(second)}. Of these, {listed(lost)} lie outside its box. `{of.dialect.name}` keeps these "
        f"{lost.sum()}; `YOLOV8` drops them ([TAL-1](assigner.md#TAL-1)), and slot 1 is left with "
        f"{listed(second & ~lost)}. Slot 2 is padding and claims "
        f"{'nothing' if not of.claimed[0, 2].any() else listed(of.claimed[0, 2])}."
    )
    return words


def _owners(of: Scene) -> str:
    contested = int((of.claimed[0].sum(axis=0) > 1).sum())
    rows = [
        (f"`{name}`", *(str(count) for count in owners.mask_pos[0, :2].sum(axis=-1)), str(owners.fg_mask.sum()))
        for name, owners in ((of.dialect.name, of.owners), ("YOLOV8", of.usual))
    ]
    words = (
        f"[`resolve_conflicts`](assigner.md#resolve_conflicts): {contested or 'no'} anchors are claimed twice, so each "
        "stays with the slot that claimed it. (The [example of that op](assigner.md#resolve_conflicts) has two "
        "contested ones.)"
    )
    return blocks(words, table(("dialect", "owned by slot 0", "by slot 1", "foreground"), rows)).rstrip()


def _scores(of: Scene) -> str:
    labels, scores = of.padded.gt_labels[:1], of.assigned.target_scores
    own = np.flatnonzero(of.owners.mask_pos[0, 0])
    t, u = (x[0, 0, own] for x in of.alignment)
    rows = [(str(a), number(of.alignment.metric[0, 0, a]), number(scores[0, a, labels[0, 0, 0]])) for a in own]
    usual = target_scores(of.alignment, of.usual, labels, dialect=replace(of.dialect, topk_among="inside"))
    total = float(scores.sum())
    words = (
        "[TAL-7](assigner.md#TAL-7): score = t · max u / (max t + norm_eps). Over the anchors of slot 0, max u = "
        f"{number(u.max())} and max t = {number(t.max())}, to which norm_eps = {of.dialect.norm_eps:g} is not nothing: "
        f"the best anchor gets {number(scores[0].max())} instead of {number(u.max())}."
    )
    ends = (
        f"The anchors of slot 1 get {number(scores[0, :, labels[0, 1, 0]].max())}: they are foreground, and weigh "
        f"nothing. The scores sum to {number(total)} in either dialect, so S = max({number(total)}, 1) = "
        f"{number(max(total, 1))}."
    )
    if number(usual.sum()) != number(total):
        raise ValueError(f"scene: expected equal sums of scores in both dialects, got {total} and {usual.sum()}")
    return blocks(words, table(("anchor", "t", "target score"), rows), ends).rstrip()


def _received(of: Scene) -> str:
    found, own = of.assigned, of.owners.mask_pos[0]
    kept = np.flatnonzero(own[1] & ~of.inside[0, 1])[0]
    chosen = (int(of.alignment.metric[0, 0].argmax()), np.flatnonzero(own[1] & of.inside[0, 1])[0], kept)
    rows = [
        (
            str(a), "1", str(found.target_gt_idx[0, a]), str(found.target_labels[0, a]), numbers(found.target_bboxes[0, a]),
            numbers(found.target_scores[0, a]),
        )
        for a in chosen
    ]  # fmt: skip
    background = np.flatnonzero(~found.fg_mask[0])[0]
    rows.append((str(background), "0", "open", "open", "open", numbers(found.target_scores[0, background])))
    words = (
        f"[`assign`](assigner.md#assign) answers with a row for each of the {found.fg_mask.size} anchors; here the "
        "best of slot 0, one of slot 1 inside its box, one outside, and a background anchor, whose label, box and "
        "owner are left open:"
    )
    ends = (
        "All scores are the soft targets of the classification loss ([DET-2](head.md#DET-2)). Box and distribution "
        "losses take the foreground anchors, each weighted by the sum of its scores, over S ([BOX-1](losses.md#BOX-1), "
        "[BOX-2](losses.md#BOX-2)): an anchor that scores 0 costs nothing there."
    )
    headings = ("anchor", "`fg_mask`", "`target_gt_idx`", "`target_labels`", "`target_bboxes`, px", "`target_scores`")
    return blocks(words, table(headings, rows), ends).rstrip()


def _errata(stored: Stored) -> str:
    rows = [(e["seed"], e["seed_says"], e["right"], e["because"]) for e in stored.manifest["errata"]]
    return blocks(
        "Recorded with the [golden tensors](../../golden/README.md):", table(("seed", "says", "right", "because"), rows)
    ).rstrip()


PAGES = (page,)
