"""ANC: anchor points and strides."""

import refimpl
from conformance.ops import cases as strategies
from conformance.suite.examination import clause


@clause("ANC-1", op="make_anchors", cases=strategies.ANCHORS)
def test_anchor_points_are_cell_centres_with_y_outer_and_x_inner(answer, case, judge):
    expected = judge.expected(lambda: refimpl.make_anchors(case.feature_shapes, dialect=case.dialect))

    judge.equal("anchor_points", answer.anchor_points, expected.anchor_points)


@clause("ANC-2", op="make_anchors", cases=strategies.ANCHORS)
def test_each_anchor_carries_the_stride_of_its_level(answer, case, judge):
    expected = judge.expected(lambda: refimpl.make_anchors(case.feature_shapes, dialect=case.dialect))

    judge.equal("stride_tensor", answer.stride_tensor, expected.stride_tensor)
