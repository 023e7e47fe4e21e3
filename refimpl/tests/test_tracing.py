"""The recipe stage by stage: it ends in the detection loss, and each of its arrays is what the op of that stage gives."""

from dataclasses import replace

import numpy as np
import pytest

import refimpl
from refimpl import PRESETS, YOLOV8, RangeError, detection_loss, trace
from refimpl.oracle import draws

SMALL = {"num_classes": 3, "topk": 3, "strides": (8, 16)}


def batch(dialect):
    rng = np.random.default_rng(4)
    maps = draws.feature_maps(rng, [(5, 4), (3, 2)], 3, 4 * dialect.reg_max + 3)
    return maps, draws.targets(rng, [0, 0, 2], 3)


@pytest.mark.parametrize("name", PRESETS)
def test_it_ends_in_the_loss_of_the_dialect(name):
    dialect = replace(PRESETS[name], **SMALL)

    steps = trace(*batch(dialect), dialect=dialect)

    loss = detection_loss(*batch(dialect), dialect=dialect)
    np.testing.assert_allclose(steps["total"], loss.total, rtol=1e-13)
    np.testing.assert_allclose(steps["components"], loss.components, rtol=1e-13)


def test_its_stages_are_those_of_the_ops():
    dialect = replace(YOLOV8, **SMALL)

    x = trace(*batch(dialect), dialect=dialect)

    points = x["anchor_points"] * x["stride_tensor"]
    inside = refimpl.candidates_in_gts(points, x["gt_bboxes"], x["mask_gt"], dialect=dialect)
    assigned = refimpl.assign(x["pd_scores"], x["pd_bboxes"], points, x["gt_labels"], x["gt_bboxes"], x["mask_gt"], dialect=dialect)
    assert (x["inside"] == inside).all() and (x["claimed"] == refimpl.select_topk(x["metric"], x["mask_gt"], dialect=dialect) & inside).all()
    for name, value in assigned._asdict().items():
        assert (x[name] == value).all(), name


def test_its_names_are_those_of_the_protocol_in_the_order_of_the_recipe():
    dialect = replace(YOLOV8, **SMALL)

    names = list(trace(*batch(dialect), dialect=dialect))

    assert names[0] == "anchor_points" and names[-1] == "total" and names.index("inside") < names.index("claimed") < names.index("S")
    assert {*refimpl.OPS["assign"].returns, *refimpl.OPS["pad_targets"].returns, *refimpl.OPS["bbox_loss"].returns} <= set(names)


def test_its_arguments_are_checked_like_those_of_the_loss():
    maps, targets = batch(replace(YOLOV8, **SMALL))
    maps[0][0, 3, 1, 2] = np.nan

    with pytest.raises(RangeError, match=r"^feature_maps\[0\]\[0, 3, 1, 2\]: expected a finite number, got nan$"):
        trace(maps, targets, dialect=replace(YOLOV8, **SMALL))
