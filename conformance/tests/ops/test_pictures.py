"""Pictures: one of every kind of break, well-formed whatever the candidate answers."""

import json
import math
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

import refimpl
from conformance.suite.run import settings
from conformance.ops.spec import PROPERTIES
from conformance.trial.examples import drawn as asked
from conformance.paper.markup import tag
from conformance.ops import family
from conformance.ops.pictures import drawn
from conformance.ops.losses.picture_bins import sides
from conformance.ops.overlaps.picture import pair
from conformance.reporting.strip import strip
from conformance.ops.subject import Subject
from conformance.reporting.pictures import index, pictures
from conformance.paper.marks import framed, short, words
from conformance.cases.protocol import OPS
from conformance.suite.counterexample import NUMBERS, reference
from conformance.judging.rounding import PRECISIONS
from conformance.ops.spec import CLAUSES
from conformance.cases.case import Case
from conformance.tests.drawn import sampled
from conformance.tests.reporting.judging import break_of
from refimpl import YOLOV8

SHOWN = {id: clause.ops[0] for id, clause in CLAUSES.items() if not clause.gradient}
"""Clause -> op, one break for each."""


def _broke(clause, op):
    return json.loads(break_of(clause, op))


def _texts(svg):
    return [element.text for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def _classes(svg):
    return [element.get("class") for element in ElementTree.fromstring(svg).iter()]


@pytest.mark.parametrize("clause, op", SHOWN.items())
def test_a_break_has_a_picture_that_says_what_it_shows(clause, op):
    found = pictures(_broke(clause, op), "key")

    assert found
    for svg in map(ElementTree.fromstring, found):
        title, description = svg[0], svg[1]
        assert title.text and description.text
        assert (svg.get("aria-labelledby"), svg.get("aria-describedby")) == (title.get("id"), description.get("id"))


@pytest.mark.parametrize("clause, op", SHOWN.items())
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e30])
def test_no_answer_is_too_strange_to_be_drawn(clause, op, value):
    broke = _broke(clause, op)
    words = {math.inf: "Infinity", -math.inf: "-Infinity"}
    for array in broke["counterexample"]["answer"].values():
        if isinstance(array, dict) and array["dtype"].startswith("float"):
            array["data"] = ["NaN" if math.isnan(value) else words.get(value, value)] * len(array["data"])

    for svg in pictures(broke, "key"):
        assert not [word for word in _coordinates(svg) if "nan" in word or "inf" in word]


def _coordinates(svg):
    names = ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width", "height", "d")
    return [element.get(name) for element in ElementTree.fromstring(svg).iter() for name in names if element.get(name)]


@pytest.mark.parametrize("op", OPS)
def test_every_event_of_an_op_can_be_drawn_with_an_answer_and_without(op):
    """But for more numbers than a report keeps, and for the events that follow from a signature: they show the same kinds."""
    run = settings(profile="quick", seed=3, dtype="float32", only=op)
    of_op = [one for one in PROPERTIES if one.op == op]
    judged = {(CLAUSES[one.clause].gradient, event): one.cases for one in of_op for event in one.events if event not in one.cases.few}

    found = []
    for (gradient, event), cases in judged.items():
        if cases.possible(event, PRECISIONS["float32"], (YOLOV8,)):
            case = asked(replace(run, examples=2), op, event, "float32", cases, (YOLOV8,))[-1]
            if case.amount > NUMBERS:
                continue
            answer = {} if gradient else {name: np.asarray(x) for name, x in reference(op, False, case).items()}
            for got in ({}, answer):
                found += map(ElementTree.fromstring, drawn(Subject(op, case, answer, got, (), "float32"), "key"))
    assert found


def test_a_picture_that_cannot_be_drawn_is_left_out_of_the_report(monkeypatch):
    monkeypatch.setattr(family, "of", lambda op, part: (lambda subject, key: 1 / 0,))

    (only,) = pictures(_broke("IOU-1", "iou"), "key")

    assert "Error against bound" in only


def test_an_answer_in_another_shape_leaves_the_reference_to_be_drawn():
    broke = _broke("ANC-1", "make_anchors")
    broke["counterexample"]["answer"]["anchor_points"] = {"dtype": "float64", "shape": [1], "data": [0.0]}

    (scene, _) = pictures(broke, "key")

    assert "ref" in _classes(scene) and "got" not in _classes(scene)


def test_a_case_that_was_left_out_leaves_the_strip():
    broke = _broke("IOU-1", "iou")
    broke["counterexample"]["calls"][-1]["arguments"]["boxes1"]["data"] = None

    (only,) = pictures(broke, "key")

    assert "Error against bound" in only


def test_the_scene_marks_reference_candidate_and_ties_with_shapes_of_their_own():
    points = np.array([[4.0, 4.0], [12.0, 4.0], [4.0, 12.0], [12.0, 12.0]])
    box = np.array([[[0.0, 0.0, 16.0, 16.0]]])
    arguments = {
        "pd_scores": np.full((1, 4, 1), 0.5),
        "pd_bboxes": np.array([[[0.0, 0, 16, 16], [0, 0, 8, 16], [0, 0, 8, 16], [0, 0, 1, 1]]]),
        "anchor_points": points,
        "gt_labels": np.zeros((1, 1, 1), np.int64),
        "gt_bboxes": box,
        "mask_gt": np.ones((1, 1, 1), bool),
    }
    expected = {"fg_mask": np.array([[True, True, False, False]]), "target_gt_idx": np.zeros((1, 4), np.int64)}
    got = {"fg_mask": np.array([[True, False, False, True]]), "target_gt_idx": np.zeros((1, 4), np.int64)}
    case = Case.of(replace(YOLOV8, topk=2, num_classes=1), arguments)

    (svg,) = drawn(Subject("assign", case, expected, got, (), "float64"), "key")

    assert [_classes(svg).count(kind) for kind in ("ref", "got", "open")] == [2 + 1, 2 + 1, 2 + 1]  # each also in the legend
    told = _texts(svg)
    assert "anchor 3 at (12, 12): background, got gt 0" in told
    assert "anchor 1 at (12, 4): gt 0, got background; either is legal" in told


def test_a_crowd_that_may_claim_each_anchor_is_drawn_without_counting_its_subsets():
    boxes = np.tile([[0.0, 0.0, 16.0, 16.0]], (24, 1))[np.newaxis]
    arguments = {
        "pd_scores": np.full((1, 4, 1), 0.5),
        "pd_bboxes": np.tile([[0.0, 0, 16, 16]], (4, 1))[np.newaxis],
        "anchor_points": np.array([[4.0, 4.0], [12.0, 4.0], [4.0, 12.0], [12.0, 12.0]]),
        "gt_labels": np.zeros((1, 24, 1), np.int64),
        "gt_bboxes": boxes,
        "mask_gt": np.ones((1, 24, 1), bool),
    }
    expected = {"fg_mask": np.zeros((1, 4), bool), "target_gt_idx": np.zeros((1, 4), np.int64)}
    case = Case.of(replace(YOLOV8, topk=2, num_classes=1), arguments)

    (svg,) = drawn(Subject("assign", case, expected, {}, (), "float64"), "key")

    assert _classes(svg).count("open") == 4 + 1


def test_a_pair_tells_intersection_union_centre_distance_and_diagonal():
    svg = pair("key", ("a", "b"), [[0, 0, 4, 4], [2, 2, 6, 6]])

    assert "intersection 4 · union 28 · IoU 0.1429 · enclosing 36" in _texts(svg)
    assert "ρ² 8 · c² 72 · v 0 · α 0" in _texts(svg)
    assert {"shared", "enclosing", "box", "box second", "centres"} <= set(_classes(svg))


def test_boxes_that_do_not_meet_share_nothing():
    assert "shared" not in _classes(pair("key", ("a", "b"), [[0, 0, 1, 1], [2, 2, 3, 3]]))


def test_a_target_weighs_the_two_bins_it_lies_between():
    svg = sides("key", np.zeros(64), YOLOV8, [5.3, 0, 99, 1])

    assert _texts(svg)[0] == "left: target 5.3 = 0.7 × bin 5 + 0.3 × bin 6"
    assert "right: target 99 clamped to 14.99 = 0.01 × bin 14 + 0.99 × bin 15" in _texts(svg)


def test_the_terms_of_a_box_loss_sum_to_the_two_losses():
    case = next(c for c in sampled("bbox_loss", PRECISIONS["float64"]) if c[1] == "many")[0]
    losses = refimpl.bbox_loss(**case.arguments, dialect=case.dialect)
    svg = drawn(Subject("bbox_loss", case, {}, {}, (), "float64"), "key")[-1]

    assert [short(losses.box), short(losses.dfl)] == [words for words in _texts(svg)[-5:] if words]


def _finding(*values, wrong=1):
    told = [{"at": [i], "expected": 1.0, "bound": bound, "got": got} for i, (bound, got) in enumerate(values)]
    return {"name": "iou", "wrong": wrong, "of": len(values), "values": told}


def test_the_strip_shows_what_is_wrong_and_leaves_out_what_is_right():
    told = _texts(strip(_finding((0.1, 2.0), (0.1, 1.0)), "key"))

    assert "iou: 1 of 2 wrong, the worst 10 times its bound" in told
    assert "1 ± 0.1 → 2" in told and "1 ± 0.1 → 1" not in told


def test_two_numbers_that_read_alike_are_told_apart():
    assert "1 ± 1e-15 → off by +1e-09" in _texts(strip(_finding((1e-15, 1 + 1e-9)), "key"))


def test_where_no_error_is_allowed_there_is_no_band():
    svg = ElementTree.fromstring(strip(_finding((0.0, 2.0)), "key"))

    assert [float(x.get("width")) for x in svg.iter() if x.get("class") == "within"] == [0]


@pytest.mark.parametrize(
    "name, at, message, where",
    [
        ("iou", [3], "", (3,)),
        ("target_scores[1]", [2, 0], "", (1, 2, 0)),
        ("target_labels[0, 4]", [], "", (0, 4)),
        (None, None, "claimed[1, 2]: anchors [0] are not", (1, 2)),
        (None, None, "image 2, anchor 5: got gt 0", (2, 5)),
        (None, None, "expected shape (1,)", ()),
    ],
)
def test_where_a_break_is_can_be_read_from_what_is_said_of_it(name, at, message, where):
    finding = None if name is None else {"name": name, "values": [{"at": at}]}

    assert index({"finding": finding, "message": message}) == where


def test_a_frame_shows_all_points_within_its_height():
    frame, tall = framed([[0, 0], [10, 100], [math.nan, 0], [math.inf, 0]], tallest=200)

    places = [frame.at(*point) for point in ([0, 0], [10, 100])]

    assert tall == 200 and all(0 <= y <= tall for _, y in places)
    assert np.isfinite(frame.at(math.nan, math.inf)).all()


def test_long_lines_are_broken():
    text, tall = words(0, ["word " * 40])

    assert len(_texts(tag("svg", text, xmlns="http://www.w3.org/2000/svg"))) == 4 and tall == 4 * 16 + 8
