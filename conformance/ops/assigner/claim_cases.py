"""Metrics and claims: the inputs of the two discrete steps of the assigner, with exactly known numbers."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from conformance.judging.rounding import Precision
from conformance.cases.case import Case, Cases, also_asked_before, always
from conformance.cases.draws import choices, composite, in_precision, lattices, numbers, possible_in, realness, served_with
from refimpl import Dialect, resolve_conflicts


UNCLAIMED = "owner that did not claim"

_FITTING = {UNCLAIMED: {"owner_among": lambda among: among != "claimants"}}
"""Event -> the fields of the dialects that it can be drawn in."""


@composite
def _metrics(draw, event, precision, served):
    dialect = draw(st.sampled_from(served))
    anchors = dialect.topk + (0 if event == "k anchors" else draw(st.integers(1, 4), label="A − k"))
    images, gts = draw(st.integers(1, 2), label="B"), draw(st.integers(1, 3), label="G")
    shape = (images, gts, anchors)
    if event == "all zero":
        metric = np.zeros(shape)
    elif event in ("few above zero", "minute"):
        metric = draw(choices(shape, (0.0, 0.0, 0.5, 1.0)), label="metric")
    else:
        metric = draw(numbers(shape, 0, 1, step=1 / 8, precision=precision, real=event == "real"), label="metric")
    if event == "near ties":
        metric = 0.5 + draw(lattices(shape, 0, 8)) * np.finfo(precision.dtype).eps
    if event == "more than 256 anchors":
        generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1), label="seed"))
        metric = in_precision(generator.uniform(0, 1, (1, 2, 300)), precision)
        return Case.of(dialect, {"metric": metric, "mask_gt": np.ones((1, 2, 1), bool)})
    if event == "more than 32768 anchors":
        generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1), label="seed"))
        metric = np.sort(in_precision(generator.uniform(0, 1, (1, 1, 33000)), precision))
        return Case.of(dialect, {"metric": metric, "mask_gt": np.ones((1, 1, 1), bool)})
    if event == "minute":
        metric = (metric + draw(lattices(shape, 0, 8)) * 2.0**-20) * draw(st.sampled_from([2.0**-40, 2.0**-80]), label="scale")
    if event == "equal":
        metric = np.broadcast_to(metric[..., :1], shape).copy()
    mask = np.ones((images, gts, 1), bool)
    if event == "padding":
        row = draw(st.integers(0, gts - 1), label="padding")
        metric[:, row], mask[:, row] = 0, False
    return Case.of(dialect, {"metric": metric, "mask_gt": mask})


METRICS = also_asked_before(
    Cases(
        {
            "lattice": always,
            "real": always,
            "all zero": lambda c: not c.metric.any(),
            "few above zero": always,
            "near ties": lambda c: bool(np.ptp(c.metric) < 1e-5),
            "more than 256 anchors": lambda c: c.metric.shape[-1] > 256,
            "more than 32768 anchors": lambda c: c.metric.shape[-1] > 32768,
            "minute": lambda c: bool(c.metric.max() < 1e-9),
            "equal": lambda c: bool((c.metric == c.metric[..., :1]).all()),
            "k anchors": lambda c: c.metric.shape[-1] == c.dialect.topk,
            "padding": lambda c: bool((~c.mask_gt).any()),
        },
        _metrics,
    ),
    lambda c: {"metric": c.metric[..., ::-1].copy()},
)


_WANTED = {
    "wanted by two": 2,
    "wanted by three": 3,
    "equal overlaps": 2,
    "near ties": 2,
    "wanted without overlap": 2,
    "small overlaps": 2,
    UNCLAIMED: 3,
}
"""Boxes that claim the first anchor."""


@composite
def _claimed(draw, event, precision, served):
    """Claims and overlaps: overlaps are positive where an anchor is claimed, and in some other places."""
    if event == "wanted by 257":
        overlaps = draw(numbers((1, 257, 1), 1 / 16, 1, step=2.0**-10, precision=precision, real=False), label="overlaps")
        return Case.of(draw(st.sampled_from(served)), {"mask_pos": np.ones((1, 257, 1), bool), "overlaps": overlaps})
    if event == "many":
        return _pairs_at_every_distance(draw(st.integers(0, 2**32 - 1), label="seed"), draw(st.sampled_from(served)), precision)
    images, anchors = draw(st.integers(1, 2), label="B"), draw(st.integers(1, 4), label="A")
    wanted = _WANTED.get(event, 0)
    gts = max(wanted, draw(st.integers(1, 3), label="G"))
    shape = (images, gts, anchors)
    claims = draw(choices(shape, (False, True)), label="mask_pos")
    real = draw(realness(event), label="real")
    overlaps = draw(numbers(shape, 1 / 16, 1, step=1 / 16, precision=precision, real=real), label="overlaps")
    overlaps = np.where(claims | draw(choices(shape, (False, True)), label="inside"), overlaps, 0)
    rows = draw(st.permutations(range(gts)), label="rows")[:wanted]
    claims[0, rows, 0] = True
    overlaps[0, rows, 0] = np.maximum(overlaps[0, rows, 0], 1 / 16)
    if event == "equal overlaps":
        overlaps[0, :, 0] = 0.5
    if event == "near ties":
        steps = np.array(draw(st.permutations(range(gts)), label="steps"))
        overlaps[0, :, 0] = 0.5 + steps * np.finfo(precision.dtype).eps
    if event == "wanted without overlap":
        overlaps[0, :, 0] = 0
    if event == "small overlaps":
        overlaps = overlaps / 1024
    if event == UNCLAIMED:
        claims[0, rows[0], 0], overlaps[0, :, 0] = False, overlaps[0, :, 0] / 2
        overlaps[0, rows[0], 0] = 0.75
    return Case.of(draw(st.sampled_from(served_with(served, **_FITTING.get(event, {})))), {"mask_pos": claims, "overlaps": overlaps})


def _pairs_at_every_distance(seed: int, dialect: Dialect, precision: Precision) -> Case:
    """Each anchor is claimed by two boxes, the next anchor by two that stand one row further apart."""
    generator, gts = np.random.default_rng(seed), 70
    claims, apart = np.zeros((1, gts, gts - 1), bool), np.arange(gts - 1)
    first = generator.integers(0, gts - 1 - apart)
    claims[0, first, apart] = claims[0, first + 1 + apart, apart] = True
    overlaps = in_precision(generator.uniform(1 / 16, 1, claims.shape), precision)
    return Case.of(dialect, {"mask_pos": claims, "overlaps": overlaps})


CLAIMS = also_asked_before(
    Cases(
        {
            "lattice": always,
            "real": always,
            "wanted by two": lambda c: bool((c.mask_pos.sum(1) >= 2).any()),
            "wanted by three": lambda c: bool((c.mask_pos.sum(1) >= 3).any()),
            "wanted without overlap": lambda c: bool(((c.mask_pos.sum(1) >= 2) & (c.overlaps.max(1) == 0)).any()),
            "small overlaps": lambda c: bool((c.mask_pos.sum(1) >= 2).any()) and 0 < c.overlaps.max() < 1e-3,
            "wanted by 257": lambda c: bool((c.mask_pos.sum(1) == 257).any()),
            "many": lambda c: c.mask_pos.shape[1] > 64 and c.mask_pos.shape[2] > 64,
            "equal overlaps": lambda c: bool((c.overlaps[0, :, 0] == 0.5).all()),
            "near ties": lambda c: bool((abs(c.overlaps[0, :, 0] - 0.5) < 1e-5).all()),
            UNCLAIMED: lambda c: bool(
                (resolve_conflicts(c.mask_pos, c.overlaps, dialect=c.dialect).mask_pos & ~c.mask_pos).any()
            ),
        },
        _claimed,
        possible_in(_FITTING),
    ),
    lambda c: {"mask_pos": c.mask_pos[:, ::-1].copy(), "overlaps": c.overlaps[:, ::-1].copy()},
)
