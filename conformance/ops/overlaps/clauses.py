"""IOU: the IoU family, whose values lie within [−2, 1]."""

import refimpl
from conformance.judging import licences
from conformance.ops import cases as strategies
from conformance.suite.examination import clause


def judge_values(answer, case, judge, name, *forms):
    """The values are those of the reference, or of a licensed form of it."""
    expected = judge.expected(lambda: [form(**case.rounded(judge.precision), dialect=case.dialect) for form in forms])
    judge.values(name, answer.values, *expected)


@clause("IOU-1", op="iou", cases=strategies.BOX_PAIRS)
def test_iou_is_intersection_over_union(answer, case, judge):
    judge_values(answer, case, judge, "iou", refimpl.iou)


@clause("IOU-2", op="giou", cases=strategies.BOX_PAIRS)
def test_giou_is_less_by_the_empty_share_of_the_enclosing_box(answer, case, judge):
    judge_values(answer, case, judge, "giou", refimpl.giou)


@clause("IOU-3", op="diou", cases=strategies.BOX_PAIRS)
def test_diou_is_less_by_the_centre_distance(answer, case, judge):
    judge_values(answer, case, judge, "diou", refimpl.diou)


@clause("IOU-4", op="ciou", cases=strategies.BOX_PAIRS)
def test_ciou_is_less_by_the_difference_of_aspect_ratios(answer, case, judge):
    judge_values(answer, case, judge, "ciou", refimpl.ciou, licences.ciou_by_arctan2)
