"""IOU: the IoU family, whose values lie within [−2, 1]."""

import refimpl
from conformance import licences, strategies
from conformance.property import clause


@clause("IOU-1", op="iou", cases=strategies.BOX_PAIRS)
def test_iou_is_intersection_over_union(answer, case, judge):
    judge.values("iou", answer.values, refimpl.iou(**case.rounded(judge.precision), dialect=case.dialect))


@clause("IOU-2", op="giou", cases=strategies.BOX_PAIRS)
def test_giou_is_less_by_the_empty_share_of_the_enclosing_box(answer, case, judge):
    judge.values("giou", answer.values, refimpl.giou(**case.rounded(judge.precision), dialect=case.dialect))


@clause("IOU-3", op="diou", cases=strategies.BOX_PAIRS)
def test_diou_is_less_by_the_centre_distance(answer, case, judge):
    judge.values("diou", answer.values, refimpl.diou(**case.rounded(judge.precision), dialect=case.dialect))


@clause("IOU-4", op="ciou", cases=strategies.BOX_PAIRS)
def test_ciou_is_less_by_the_difference_of_aspect_ratios(answer, case, judge):
    arguments = case.rounded(judge.precision)
    expected = refimpl.ciou(**arguments, dialect=case.dialect)
    licensed = licences.ciou_by_arctan2(**arguments, dialect=case.dialect)

    judge.values("ciou", answer.values, expected, licensed)
