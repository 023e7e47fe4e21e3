"""ROI, RAL: max pooling and aligned pooling of regions."""

from __future__ import annotations

import functools
from typing import Any, Tuple

import numpy as np

from conformance.judging.clause import Body, clause
from conformance.judging.judge import Judge
from conformance.judging.maxima import is_some_maximum, shares, splits
from conformance.judging.rounding import Precision, Rounded, widened
from conformance.ops.pooling.aligned import aligned, aligned_vjp, counts, kinds
from conformance.ops.pooling.windows import bins, blamed

FAST = "arXiv:1504.08083 section 2.1; seed 001 section RoI Pooling; torchvision roi_pool"
MASK = "arXiv:1703.06870 section 3; torchvision roi_align"


def pools(clause_id: str) -> Body:
    """The pooled values break no clause, or another."""

    def body(answer: Any, case: Any, judge: Judge) -> None:
        broken = judge.once("pooled", lambda: _broken(np.asarray(answer.pooled, np.float64), case, judge))
        if broken and broken[0] == clause_id:
            judge.fail(f"pooled{broken[1]}")
        judge.decided(np.size(answer.pooled))

    return body


def _broken(got: np.ndarray, case: Any, judge: Judge) -> Tuple[str, str] | None:
    """The clause that a bin breaks, the first of them all, and where."""
    legal = judge.expected(lambda: list(bins(case, judge.precision)), "bins")
    for one in legal:
        values = got[one.roi, :, one.row, one.column]
        if not is_some_maximum(values, case.features, one.windows):
            window = one.windows[0]
            cells = f"rows {window.top} … {window.bottom - 1}, columns {window.left} … {window.right - 1}"
            said = f"[{one.roi}, :, {one.row}, {one.column}]: got {np.array2string(values, precision=9)}, the largest of no legal bin; {cells}"
            near = judge.expected(lambda: list(bins(case, judge.precision, shift=1)), "bins nearby")
            return blamed(one, values, case, near), said
    return None


def passes_back(answer: Any, case: Any, judge: Judge) -> None:
    """Each cotangent goes to the maxima of its bin, split in any way, and all of it arrives."""
    got, u = np.asarray(answer.features, np.float64).ravel(), judge.precision.u
    allowed = judge.expected(lambda: _shares(case, judge), "shares")
    slack = 4 * u * allowed.size * allowed.terms
    wrong = (got < allowed.least - slack) | (got > allowed.most + slack)
    if wrong.any():
        i = int(wrong.argmax())
        at = tuple(map(int, np.unravel_index(i, case.features.shape)))
        legal = f"{allowed.least[i]:.9g}" + (f" … {allowed.most[i]:.9g}" if allowed.most[i] > allowed.least[i] else "")
        judge.fail(f"gradient by features{list(at)}: expected {legal}, got {got[i]:.9g}")
    for cells, total, size in allowed.groups:
        if abs(got[cells].sum() - total) > 4 * u * size * max(allowed.terms[cells].sum(), 1):
            at = tuple(map(int, np.unravel_index(int(cells[0]), case.features.shape)))
            judge.fail(
                f"gradient by features{list(at)} and what ties with it: expected {total:.9g} in all, got {got[cells].sum():.9g}"
            )
    judge.decided(got.size)


def _shares(case: Any, judge: Judge) -> Any:
    given = [
        split
        for one in bins(case, judge.precision)
        for split in splits(case.features, one.windows, case.cotangent[one.roi, :, one.row, one.column])
    ]
    return shares(given, case.features.size)


def samples(kind: str) -> Body:
    """The bins of one kind have the mean of their samples."""

    def body(answer: Any, case: Any, judge: Judge) -> None:
        forms = judge.expected(lambda: aligned(case, judge.precision), "aligned")
        of_kind = judge.expected(lambda: kinds(case), "kinds")
        span = float(np.abs(case.features).max(initial=0)) or 1

        def within(*some: Rounded) -> None:
            judge.values("pooled", answer.pooled, *some, span=span, among=of_kind == kind)

        held = (held_as_shares(form, case, span) for form in forms)
        judge.one_of([lambda: within(*forms), lambda: within(*held)])

    return body


def held_as_shares(expected: Rounded, case: Any, span: float) -> Rounded:
    """The bound where samples are held as shares of the map, as `grid_sample` takes them: its whole side sets their rounding."""
    return widened(expected, 4 * expected.precision.u * max(case.features.shape[1:]) * span)


def spreads(answer: Any, case: Any, judge: Judge) -> None:
    span = float(np.abs(case.cotangent).max(initial=0)) or 1

    def form(precision: Precision, count: Any) -> Rounded:
        return held_as_shares(aligned_vjp(case, precision, samples=count), case, span)

    forms = [functools.partial(form, count=n) for n in counts(case, judge.precision)]
    judge.gradient("gradient by features", answer.features, *forms, span=span)


CLAUSES = (
    clause(
        "ROI-1",
        "Corners of a region are scaled and rounded, halves away from zero.",
        "x′ = round(x · scale)",
        FAST,
        roi_max_pool=pools("ROI-1"),
    ),
    clause(
        "ROI-2",
        "A region has at least one cell on either side.",
        "w = max(x2′ − x1′ + 1, 1)",
        FAST,
        roi_max_pool=pools("ROI-2"),
    ),
    clause(
        "ROI-3",
        "Bin i begins with the cell its share begins in and ends with the one it ends in, clipped to the map.",
        "[⌊i·w/P⌋, ⌈(i+1)·w/P⌉) + x1′",
        FAST,
        roi_max_pool=pools("ROI-3"),
    ),
    clause(
        "ROI-4",
        "The value of a bin is the largest of its cells.",
        "max over rows and columns of the bin, in each channel",
        FAST,
        roi_max_pool=pools("ROI-4"),
    ),
    clause(
        "ROI-5",
        "A bin off the map gives 0.",
        "0 where the clipped bin is empty",
        FAST,
        roi_max_pool=pools("ROI-5"),
    ),
    clause(
        "ROI-6g",
        "The gradient of a bin goes to its largest cells and sums to what came in; an empty one passes none.",
        "∂features[argmax] += ∂pooled",
        FAST,
        roi_max_pool=passes_back,
    ),
    clause(
        "RAL-1",
        "A bin with one sample takes it at its centre; aligned, a pixel's centre is half a cell in.",
        "p = x1·scale − ½ + (i + (k + ½)/g) · w/P",
        MASK,
        roi_align=samples("one"),
    ),
    clause(
        "RAL-2",
        "A sample more than one cell off the map counts 0.",
        "weight 0 unless −1 ≤ p ≤ H",
        MASK,
        roi_align=samples("off"),
    ),
    clause(
        "RAL-3",
        "A sample less than one cell off the map is moved to its border.",
        "p = clip(p, 0, H − 1)",
        MASK,
        roi_align=samples("border"),
    ),
    clause(
        "RAL-4",
        "A bin of several samples is their mean; ratio 0 takes as many as there are cells.",
        "Σ / max(g_y · g_x, 1), g = ⌈w/P⌉",
        MASK,
        roi_align=samples("several"),
    ),
    clause(
        "RAL-5g",
        "The gradient reaches the features by the weights of the samples.",
        "∂features[y, x] = Σ ∂pooled[i, j] · rows[i, y] · columns[j, x]",
        MASK,
        roi_align=spreads,
    ),
)
