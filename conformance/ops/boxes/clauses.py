"""DEC: distances, boxes, and the expectation of the bins."""

import refimpl
from conformance.judging import licences
from conformance.ops import cases as strategies
from conformance.suite.examination import clause


@clause("DEC-1", op="dist2bbox", cases=strategies.DISTANCES)
def test_distances_give_the_corners_of_the_box(answer, case, judge):
    expected = judge.expected(lambda: refimpl.dist2bbox(**case.rounded(judge.precision)))

    judge.values("boxes", answer.boxes, expected)


@clause("DEC-2", op="bbox2dist", cases=strategies.BOXES_TO_DISTANCES)
def test_boxes_give_distances_within_the_range_of_the_bins(answer, case, judge):
    expected = judge.expected(lambda: refimpl.bbox2dist(**case.rounded(judge.precision), dialect=case.dialect))

    judge.values("distance", answer.distance, expected)


@clause("DEC-3", op="decode_boxes", cases=strategies.DISTRIBUTIONS)
def test_a_distance_is_the_expectation_of_its_bins(answer, case, judge):
    forms = refimpl.decode_boxes, licences.decode_by_log_softmax
    expected = judge.expected(lambda: [form(**case.rounded(judge.precision), dialect=case.dialect) for form in forms])

    judge.values("boxes", answer.boxes, *expected)
