"""At kinks: the legal set the suite derives holds every one-sided derivative, and where there is one kink nothing else."""

import dataclasses

import numpy as np
import pytest

import refimpl
from conformance.judging.rounding import FLOAT32, FLOAT64, KINKS, Rounded
from conformance.ops.overlaps.licences import ciou_vjp_within_its_range
from refimpl import oracle
from refimpl.oracle import draws
from refimpl.oracle.closeness import is_defined

DIALECT = dataclasses.replace(refimpl.YOLOV8, num_classes=1, reg_max=4)
FREE_ALPHA = dataclasses.replace(DIALECT, constant_alpha=False)
FAMILY = pytest.mark.parametrize(
    "op, dialect",
    [("iou", DIALECT), ("giou", DIALECT), ("diou", DIALECT), ("ciou", DIALECT), ("ciou", FREE_ALPHA)],
    ids=["iou", "giou", "diou", "ciou", "ciou, alpha differentiated"],
)

PAIRS = {
    "one equal corner": ([0, 0, 8, 4], [0, 1, 7, 5]),
    "two equal corners": ([0, 0, 8, 4], [0, 1, 8, 5]),
    "one in the corner of the other": ([0, 0, 8, 4], [0, 0, 4, 2]),
    "touching in x": ([0, 0, 8, 4], [8, 1, 12, 5]),
    "touching in y": ([0, 4, 8, 8], [1, 0, 7, 4]),
    "touching at a corner": ([0, 0, 8, 4], [8, 4, 12, 9]),
    "touching side by side": ([0, 0, 8, 4], [8, 0, 12, 4]),
    "identical": ([2, 1, 12, 21], [2, 1, 12, 21]),
    "no width, within": ([4, 2, 4, 8], [0, 0, 10, 10]),
    "no width, on the edge": ([0, 2, 0, 8], [0, 0, 10, 10]),
    "identical without width": ([4, 2, 4, 8], [4, 2, 4, 8]),
    "two equal points": ([5, 5, 5, 5], [5, 5, 5, 5]),
    "inverted, sharing a corner": ([8, 1, 2, 5], [2, 0, 8, 5]),
}

TRUNCATION = 1e-40
"""What the step of a difference leaves of a slope that is 0, more than the bound of an exact 0 allows."""


def legal_slopes(op, boxes1, boxes2, dialect):
    """Ends (N, 8) of the legal set of each slope, and half its width; the ends have room for the rounding of float64."""
    pairs, one = (np.array(boxes1, float), np.array(boxes2, float)), np.ones(len(boxes1))
    vjp = getattr(refimpl, f"{op}_vjp")
    kinks, rounded = (
        vjp(*(Rounded(x, precision) for x in (*pairs, one)), dialect=dialect) for precision in (KINKS, FLOAT64)
    )
    value, half, error = (
        np.concatenate(parts, axis=1)
        for parts in ([x.value for x in kinks], [x.error for x in kinks], [x.error for x in rounded])
    )
    return value - error, value + error, half


def hulls(op, boxes1, boxes2, dialect):
    """Ends (N, 8) of the interval between the two one-sided derivatives, in 50 digits rounded to float64."""
    table = []
    for pair in zip(np.array(boxes1, float).tolist(), np.array(boxes2, float).tolist()):
        table.append(oracle.one_sided(oracle.frozen_overlap(op, *pair, dialect), sum(pair, [])))
    slopes = np.array([[[float(slope) for slope in corner] for corner in row] for row in table])
    return slopes.min(axis=-1), slopes.max(axis=-1)


def assert_held(op, boxes1, boxes2, dialect):
    low, high, _ = legal_slopes(op, boxes1, boxes2, dialect)
    least, greatest = hulls(op, boxes1, boxes2, dialect)

    assert (low - TRUNCATION <= least).all() and (greatest <= high + TRUNCATION).all()


@FAMILY
@pytest.mark.parametrize("pair", PAIRS)
def test_one_sided_derivatives_are_legal_at_every_kind_of_kink(op, dialect, pair):
    box1, box2 = PAIRS[pair]

    assert_held(op, [box1, box2], [box2, box1], dialect)


@FAMILY
def test_one_sided_derivatives_are_legal_on_the_lattice(op, dialect):
    rng = np.random.default_rng(50)
    boxes1, boxes2 = draws.lattice_boxes(rng, 150), draws.lattice_boxes(rng, 150)
    defined = [is_defined(*pair, dialect) for pair in zip(boxes1.tolist(), boxes2.tolist())]

    assert_held(op, boxes1[defined], boxes2[defined], dialect)


@pytest.mark.parametrize(
    "op, pair",
    [
        *((op, "one equal corner") for op in ("iou", "giou")),
        *((op, f"touching in {axis}") for op in ("iou", "giou", "diou", "ciou") for axis in "xy"),
    ],
)
def test_at_a_single_kink_the_one_sided_derivatives_are_the_ends_of_the_legal_set(op, pair):
    low, high, half = legal_slopes(op, [PAIRS[pair][0]], [PAIRS[pair][1]], DIALECT)
    least, greatest = hulls(op, [PAIRS[pair][0]], [PAIRS[pair][1]], DIALECT)

    assert half.any()
    np.testing.assert_allclose(half, (greatest - least) / 2, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose((low + high) / 2, (least + greatest) / 2, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("op", ["diou", "ciou"])
def test_a_corner_that_is_inner_and_outer_one_may_be_differentiated_as_both_and_as_neither(op):
    _, _, half = legal_slopes(op, [PAIRS["one equal corner"][0]], [PAIRS["one equal corner"][1]], DIALECT)
    least, greatest = hulls(op, [PAIRS["one equal corner"][0]], [PAIRS["one equal corner"][1]], DIALECT)

    wider = 2 * half - (greatest - least)
    assert (wider > -1e-15).all() and (wider > 1e-3).any() and (half < 0.1).all()


@FAMILY
def test_away_from_kinks_the_legal_set_is_one_number(op, dialect):
    _, _, half = legal_slopes(op, [[0, 0, 8, 4]], [[1, 1, 7, 5]], dialect)

    assert not half.any()


def test_the_box_loss_has_the_kinks_of_its_ciou():
    touching, target = PAIRS["touching in x"]
    arguments = {
        "pred_dist": np.zeros((1, 1, 16)), "pred_bboxes": np.array([[touching]], float), "anchor_points": np.array([[4.5, 2.5]]),
        "target_bboxes": np.array([[target]], float), "target_scores": np.array([[[0.5]]]), "target_scores_sum": np.array(2.0),
        "fg_mask": np.ones((1, 1), bool), "cotangent_box": np.array(-1.0), "cotangent_dfl": np.array(1.0),
    }  # fmt: skip
    rounded = {name: x if name == "fg_mask" else Rounded(x, KINKS) for name, x in arguments.items()}

    dist, boxes = refimpl.bbox_loss_vjp(**rounded, dialect=DIALECT)

    _, _, half = legal_slopes("ciou", [touching], [target], DIALECT)
    np.testing.assert_allclose(boxes.error[0], half[:, :4] / 4, rtol=1e-12)
    assert half[:, :4].any() and not dist.error.any()


def test_rounding_alone_takes_no_pair_beyond_the_range_of_ciou():
    pairs = np.array([[2, 1, 12, 21], [0, 0, 1, 64.0]]), np.array([[2, 1, 12, 21], [900, 0, 964, 1.0]])

    rounded, kinks = (
        ciou_vjp_within_its_range(*(Rounded(x, precision) for x in (*pairs, np.ones(2))), dialect=refimpl.MMYOLO)[0]
        for precision in (FLOAT32, KINKS)
    )

    assert (rounded.error - kinks.error)[0].max() < 1e-5
    assert refimpl.ciou_vjp(*(Rounded(x, FLOAT32) for x in (*pairs, np.ones(2))), dialect=refimpl.MMYOLO)[0].error[0].max() > 0.02
    assert not rounded.value[1].any() and not rounded.error[1].any()


@pytest.mark.parametrize("op", ["iou", "giou", "diou"])
def test_boxes_without_area_have_the_number_of_the_dialect_for_sure(op):
    line, point, one = (Rounded(np.array([x]), FLOAT32) for x in ([0, 0, 0, 1.0], [3, 3, 3, 3.0], 1.0))

    value = getattr(refimpl, op)(line, point, dialect=refimpl.LUXONIS)
    slopes = getattr(refimpl, f"{op}_vjp")(line, point, one, dialect=refimpl.LUXONIS)

    assert [*value.value, *value.error] == [0, 0]
    assert not any(x.value.any() or x.error.any() for x in slopes)


@pytest.mark.parametrize("rule", ["floor", "gated"])
def test_a_trade_off_without_epsilon_leaves_no_room_where_the_shapes_are_equal(rule):
    box, dialect = Rounded(np.array([[2.0, 1, 12, 21]]), FLOAT32), dataclasses.replace(refimpl.YOLOV8, alpha_rule=rule)

    assert refimpl.ciou(box, box, dialect=dialect).error[0] < 1e-5
