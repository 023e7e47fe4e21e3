"""GEO, AUG, MIX: sizes of images, and the boxes that move with them."""

from __future__ import annotations

from typing import Any

import numpy as np

from conformance.judging.clause import Body, clause
from conformance.judging.judge import Judge
from conformance.judging.rounding import FLOAT32, Rounded
from conformance.judging.whole_numbers import whole_numbers
from conformance.ops.bodies import equal, values
from conformance.ops.images.licences import (
    denormalise_in_px,
    denormalise_padding_first,
    flip_by_centre,
    letterbox_by_centre,
    restore_by_one_map,
    restore_multiplied_first,
    warp_by_reciprocal,
)
from refimpl.box_moves import remains
from refimpl.colour import HUES, hsv_levels, mixed_levels

LOADING = "seed 001 section 1.1; Ultralytics load_image"
FRAME = "Ultralytics LetterBox"


def sizes_and_ratio(answer: Any, case: Any, judge: Judge) -> None:
    """The size exactly, the ratio within its bound."""
    equal("size")(answer, case, judge)
    sides = zip(case.new_shape, case.shape)
    ratios = [Rounded(float(frame), judge.precision) / Rounded(float(side), judge.precision) for frame, side in sides]
    ratio = np.minimum(*ratios)
    if not case.dialect.letterbox_enlarges:
        ratio = np.minimum(ratio, 1.0)
    judge.values("ratio", answer.ratio, ratio, span=0)


def is_kept(answer: Any, case: Any, judge: Judge) -> None:
    """A box may stay if every measure may pass its limit, and must if every one must."""
    left = remains(*(Rounded(x, judge.precision) for x in (case.arguments["before"], case.arguments["after"])))
    side, area, aspect = case.dialect.keep_side, case.dialect.keep_area, case.dialect.keep_aspect
    least = [(left.width, side), (left.height, side), (left.share, area)]
    may, must = (
        np.logical_and.reduce([end(x, limit) for x, limit in least] + [end(-left.aspect, -aspect)])
        for end in (lambda x, limit: x.hi > limit, lambda x, limit: x.lo > limit)
    )
    kept = judge.mask("kept", answer.kept)
    wrong = np.flatnonzero((kept & ~may) | (~kept & must))
    if len(wrong):
        i = wrong[0]
        measured = ", ".join(f"{name} {getattr(left, name).value[i]:.6g}" for name in left._fields)
        judge.fail(f"kept[{i}]: expected {not kept[i]}, got {kept[i]}; {measured}")
    judge.decided(len(kept))


def tables(answer: Any, case: Any, judge: Judge) -> None:
    """Each level is a legal whole number of the level before it is cut; a hue may be turned before that, or after."""
    levels = hsv_levels(Rounded(case.gains, judge.precision), dialect=case.dialect)
    turned = whole_numbers(levels[:1] + HUES, np.floor)
    legal, got = whole_numbers(levels, np.floor), np.asarray(answer.tables, np.float64)
    if got.shape != (3, 256):
        judge.fail(f"tables: expected shape (3, 256), got {got.shape}")
    saturated = legal._replace(least=np.clip(legal.least, 0, 255), most=np.clip(legal.most, 0, 255))
    fits = saturated.holds(got)
    fits[0] = (legal.holds_turned(got, HUES) | turned.holds_turned(got[:1], HUES))[0]
    if not fits.all():
        table, x = np.argwhere(~fits)[0]
        name = ("hue", "saturation", "value")[table]
        expected = legal.least[0, x] % HUES if table == 0 else saturated.least[table, x]
        judge.fail(f"tables[{table}, {x}]: {name} of level {x}: expected {expected}, got {got[table, x]:g}")
    judge.decided(got.size)


def mixes(rounding: bool) -> Body:
    """Each level is the mixture, made whole as the dialect says; or at least, made whole in some way."""

    def body(answer: Any, case: Any, judge: Judge) -> None:
        # No argument is a float array: what they are computed in is the candidate's own.
        a, b = (Rounded(image.astype(np.float64), FLOAT32) for image in (case.image1, case.image2))
        levels = mixed_levels(a, b, Rounded(case.lam, FLOAT32))
        down, near, got = whole_numbers(levels, np.floor), whole_numbers(levels, np.rint), np.asarray(answer.mixed)
        if got.shape != case.image1.shape:
            judge.fail(f"mixed: expected shape {case.image1.shape}, got {got.shape}")
        own, other = (down, near) if case.dialect.mixup_rounding == "down" else (near, down)
        wrong = ~own.holds(got) & (other.holds(got) if rounding else ~other.holds(got))
        if wrong.any():
            at = tuple(map(int, np.argwhere(wrong)[0]))
            given = f"{case.lam:g} · {case.image1[at]} + {1 - case.lam:g} · {case.image2[at]}"
            judge.fail(f"mixed[{', '.join(map(str, at))}]: expected {own.least[at]} for {given}, got {got[at]:g}")
        judge.decided(got.size)

    return body


CLAUSES = (
    clause(
        "GEO-1",
        "The long side becomes the size, the short side the least whole number not below its share.",
        "side = min(⌈side · size / max(h, w)⌉, size)",
        LOADING,
        resized_shape=equal("resized"),
    ),
    clause(
        "GEO-2",
        "A letterbox keeps the ratio of sides, rounds to the nearest pixel and never below one.",
        "r = min(H/h, W/w), size = max(round(side · r), 1)",
        FRAME,
        letterbox_geometry=sizes_and_ratio,
    ),
    clause(
        "GEO-3",
        "What is padded on both sides together is the rest; the odd pixel stands right and below.",
        "left = ⌊(W − w′)/2⌋, right = W − w′ − left",
        FRAME,
        letterbox_geometry=equal("padding"),
    ),
    clause(
        "GEO-4",
        "A box moves into the frame by the ratio and the padding of its image.",
        "x → x · r + left, y → y · r + top",
        FRAME,
        letterbox_boxes=values(letterbox_by_centre, span=lambda case: max(case.new_shape)),
    ),
    clause(
        "GEO-5",
        "Restoring undoes what letterboxing did to the pixels, then clips to the image.",
        "x → clip((x − left) · w / round(w · r), 0, w)",
        "Ultralytics scale_boxes; seed 001 section 1.1, ratio_pad",
        restore_boxes=values(restore_by_one_map, restore_multiplied_first, span=lambda case: max(case.image_shape)),
    ),
    clause(
        "GEO-6",
        "Boxes in shares of the image and in px are one box.",
        "x1 = W · (cx − w/2) + left",
        "Ultralytics xywhn2xyxy; seed 001 section 1.1",
        denormalise_boxes=values(denormalise_in_px, denormalise_padding_first, span=lambda case: max(case.shape)),
    ),
    clause(
        "AUG-1",
        "A flip mirrors the corners and keeps their order.",
        "(x1, y1, x2, y2) → (W − x2, y1, W − x1, y2)",
        "Ultralytics RandomFlip; seed 001 section 1.1",
        flip_boxes=values(flip_by_centre, span=lambda case: max(case.width, 1)),
    ),
    clause(
        "AUG-2",
        "Each of four images meets the centre with its own corner; what is off the canvas is cut.",
        "offset = (xc − w | xc, yc − h | yc), paste = clip(offset + (0, 0, w, h), 0, 2·size), source = paste − offset",
        "Ultralytics Mosaic; seed 001 section 1.1",
        mosaic_layout=lambda answer, case, judge: (
            [equal(name)(answer, case, judge) for name in answer._fields] and None
        ),
    ),
    clause(
        "AUG-3",
        "A warped box is the least box around its warped corners.",
        "(u, v, z) = M · (x, y, 1); min and max of u/z, v/z over the four corners",
        "Ultralytics RandomPerspective; seed 001 section 1.1",
        warp_boxes=values(warp_by_reciprocal),
    ),
    clause(
        "AUG-4",
        "A box stays if it is wider and higher than 2 px, keeps more than a tenth of its area, less than 100 times as long as wide.",
        "w > 2, h > 2, w·h/(w₀·h₀) > 0.1, max(w/h, h/w) < 100",
        "Ultralytics box_candidates",
        keep_boxes=is_kept,
    ),
    clause(
        "AUG-5",
        "Hue turns, saturation and value scale and saturate; fractions are cut off.",
        "⌊x + 180·g⌋ mod 180, min(⌊x · (1 + g)⌋, 255)",
        "Ultralytics RandomHSV; seed 001 section 1.1",
        hsv_tables=tables,
    ),
    clause(
        "MIX-1",
        "A pixel of two images is λ of the first and 1 − λ of the second.",
        "λ · a + (1 − λ) · b",
        "arXiv:1710.09412; seed 001 section 1.1, which writes λ on both",
        mixup=mixes(rounding=False),
    ),
    clause(
        "MIX-2",
        "The fraction of a mixed level is cut off.",
        "⌊λ · a + (1 − λ) · b⌋",
        "Ultralytics MixUp",
        mixup=mixes(rounding=True),
    ),
)
