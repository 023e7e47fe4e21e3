"""RPN, DLT, CLP: anchors of regions, deltas, and proposals."""

from __future__ import annotations

from typing import Any

import numpy as np

from conformance.judging.clause import Body, clause
from conformance.judging.judge import Judge
from conformance.judging.rounding import Rounded
from conformance.judging.whole_numbers import whole_numbers
from conformance.ops.bodies import each_call, gradients, values
from conformance.ops.regions.proposed import broken
from refimpl.region_anchors import anchor_sides, cell_anchors

RPN = "arXiv:1506.01497 section 3.1; torchvision AnchorGenerator"
RCNN = "arXiv:1311.2524 appendix C; torchvision BoxCoder"
LAYER = "seed 001 section RPN; py-faster-rcnn proposal_layer; torchvision rpn"


def shaped(answer: Any, case: Any, judge: Judge) -> np.ndarray:
    """The anchors by cell, (H·W, S·T, 4)."""
    (h, w), each = case.feature_shape, len(case.sizes) * len(case.ratios)
    got = np.asarray(answer.anchors, np.float64)
    if got.shape != (h * w * each, 4):
        judge.fail(f"anchors: expected shape {(h * w * each, 4)}, got {got.shape}")
    return got.reshape(h * w, each, 4)


@each_call
def anchors_of_a_cell(answer: Any, case: Any, judge: Judge) -> None:
    got = shaped(answer, case, judge)[:1]
    if not len(got):
        return
    how = case.dialect.anchor_rounding
    sizes, ratios = Rounded(case.sizes, judge.precision), Rounded(case.ratios, judge.precision)
    if how == "sides":
        plain = cell_anchors(case.stride, case.sizes, case.ratios, dialect=case.dialect)
        # The scale is a rounded quotient, and each corner a sum of two products at most.
        slack = 4 * judge.precision.u * (np.abs(plain) + case.stride)
        return judge.values("anchors", got[0], Rounded(plain, judge.precision, slack))
    w, h = anchor_sides(case.stride, sizes, ratios, dialect=case.dialect)
    half = np.stack([w, h], axis=-1) / 2
    corners = np.concatenate([-half, half], axis=-1)
    centre = case.stride / 2 if case.dialect.anchor_centre == "middle" else 0
    if how == "none":
        return judge.values("anchors", got[0], centre + corners)
    square = (w.value == h.value)[:, np.newaxis]  # Its ratio is 1: every way to take the sides gives the size.
    corners = Rounded(corners.value, judge.precision, np.where(square, 0, corners.error))
    fits = whole_numbers(corners, np.rint).holds(got[0] - centre)
    if not fits.all():
        a, side = np.argwhere(~fits)[0]
        expected = centre + np.rint(corners.value[a, side])
        judge.fail(
            f"anchors[{a}, {side}]: expected {expected:g}, rounded from {corners.value[a, side]:.9g}, got {got[0, a, side]:g}"
        )
    judge.decided(fits.size)


@each_call
def cells_in_order(answer: Any, case: Any, judge: Judge) -> None:
    """Every cell has the anchors of the first, as the candidate has them, shifted by whole strides."""
    got, (h, w) = shaped(answer, case, judge), case.feature_shape
    y, x = np.indices((h, w)).reshape(2, -1) * float(case.stride)
    shifts = np.stack([x, y, x, y], axis=-1)[:, np.newaxis]
    judge.values(
        "anchors",
        got,
        Rounded(got[:1], judge.precision, judge.precision.u * np.abs(got[:1])) + Rounded(shifts, judge.precision),
        span=np.inf,
    )


def proposes(clause_id: str) -> Body:
    """The proposals break no clause, or another."""

    def body(answer: Any, case: Any, judge: Judge) -> None:
        found = judge.once("proposals", lambda: broken(answer.rois, answer.roi_scores, case, judge.precision))
        if found and found[0] == clause_id:
            judge.fail(f"rois: {found[1]}")
        judge.decided(len(answer.roi_scores))

    return body


CLAUSES = (
    clause(
        "RPN-1",
        "A cell's anchors have the area size² and the ratio h/w, rounded only where the dialect rounds.",
        "w = size / √ratio, h = size · √ratio",
        RPN,
        rpn_anchors=anchors_of_a_cell,
    ),
    clause(
        "RPN-2",
        "Anchors run over y, then x, then the cell's anchors, shifted by whole strides.",
        "anchor(y, x, a) = cell_a + stride · (x, y, x, y)",
        RPN,
        rpn_anchors=cells_in_order,
    ),
    clause(
        "RPN-3",
        "A proposal has both sides of the least size or more.",
        "min(x2 − x1, y2 − y1) ≥ min_size",
        LAYER,
        propose=proposes("RPN-3"),
    ),
    clause(
        "RPN-4",
        "At most N₁ of highest score enter the suppression, at most N₂ leave it, in falling score.",
        "6000 and 300 in seed 001",
        LAYER,
        propose=proposes("RPN-4"),
    ),
    clause(
        "RPN-5",
        "The best N₁ are taken before boxes are clipped and small ones dropped.",
        "decode → best N₁ → clip → drop small → suppress → best N₂",
        LAYER,
        propose=proposes("RPN-5"),
    ),
    clause(
        "RPN-6",
        "A proposal is the clipped box of an anchor, with its score.",
        "roi = clip(decode(anchor, delta))",
        LAYER,
        propose=proposes("RPN-6"),
    ),
    clause(
        "RPN-7",
        "No two proposals overlap by more than the threshold, and whatever is left out is overlapped by a better one.",
        "IoU(k, l) ≤ t",
        LAYER,
        propose=proposes("RPN-7"),
    ),
    clause(
        "DLT-1",
        "A delta is the shift of the centre in anchor sizes, and the logarithm of the ratio of sizes.",
        "((gx − px)/pw, (gy − py)/ph, ln(gw/pw), ln(gh/ph))",
        RCNN,
        encode_deltas=values(),
    ),
    clause(
        "DLT-2",
        "Decoding inverts encoding; sizes grow 62.5-fold at most.",
        "g = p + d · pwh, gwh = pwh · exp(min(dwh, ln(1000/16)))",
        RCNN,
        decode_deltas=values(),
    ),
    clause(
        "DLT-2g",
        "A shift passes its gradient times the anchor's size, a growth times the size it makes; one that is clamped passes none.",
        "∂w/∂dw = w · [dw < ln(1000/16)]",
        RCNN,
        decode_deltas=gradients(),
    ),
    clause(
        "CLP-1",
        "A clipped corner lies on the image; others are unchanged.",
        "min(max(x, 0), W), min(max(y, 0), H)",
        LAYER,
        clip_boxes=values(),
    ),
)
