"""Making a candidate: which dialects it serves, and what is refused before anything is judged."""

from types import SimpleNamespace

import numpy as np
import pytest

from conformance.calling.candidate import Candidate, CandidateNotFound, find
from conformance.cases.sizes import variants
from conformance.judging.rounding import FLOAT32
from refimpl import PRESETS, ULTRALYTICS_8_4, YOLOV8


def _offering(**attributes):
    """A factory whose candidates have one op, and the attributes."""
    return lambda dialect: SimpleNamespace(iou=lambda boxes1, boxes2: boxes1[:, 0], **attributes)


def _bins_16_only(dialect):
    if dialect.reg_max != 16:
        raise NotImplementedError("reg_max must be 16")
    return _offering()(dialect)


def _three_classes_only(dialect):
    if dialect.num_classes != 3:
        raise NotImplementedError("num_classes must be 3")
    return _offering()(dialect)


def _refuse(dialect):
    raise NotImplementedError("never")


def _fail(dialect):
    if dialect.topk == 3:
        raise ValueError("no room")
    return _offering()(dialect)


def _need(dialect):
    import no_such_package  # noqa: F401


def test_a_candidate_is_numpy_on_the_cpu_under_its_word_unless_it_says_otherwise():
    plain = Candidate(_offering(), YOLOV8, "word")
    named = Candidate(_offering(name="mine", device=None), YOLOV8, "word")

    assert (plain.name, plain.framework, plain.device, plain.ops) == ("word", "numpy", "cpu", {"iou"})
    assert (named.name, named.device) == ("mine", "cpu")


def test_an_op_that_is_none_is_not_offered():
    assert Candidate(_offering(ciou=None, giou=3), YOLOV8, "word").ops == {"iou", "giou"}


def test_the_preset_comes_first_among_the_served_dialects():
    candidate = Candidate(_offering(), YOLOV8, "word")

    assert candidate.served == (YOLOV8, *variants(YOLOV8))
    assert candidate.refused == ()


def test_a_refused_dialect_is_left_out_and_its_reason_kept_once():
    candidate = Candidate(_bins_16_only, YOLOV8, "word")

    assert {dialect.reg_max for dialect in candidate.served} == {16}
    assert candidate.refused == ("reg_max must be 16",)


def test_a_factory_may_refuse_the_preset_and_serve_variants():
    candidate = Candidate(_three_classes_only, YOLOV8, "word")

    assert {dialect.num_classes for dialect in candidate.served} == {3}


@pytest.mark.parametrize(
    "factory, reason",
    [
        (_refuse, "refuses YOLOV8 and all variants: never"),
        (_fail, r"factory: raised ValueError: no room\n.* in _fail: .*\n  for the dialect YOLOV8 topk=3$"),
        (_need, "No module named 'no_such_package'"),
        (lambda dialect: None, "expected an object with some of make_anchors, .*, detection_loss, .*, got NoneType"),
        (_offering(framework="mlx"), "no bridge for framework 'mlx'; served: numpy, torch, jax"),
    ],
)
def test_a_factory_that_makes_no_candidate_is_refused_with_the_reason(factory, reason):
    with pytest.raises(CandidateNotFound, match=reason):
        Candidate(factory, YOLOV8, "word")


def test_a_package_that_only_the_factory_needs_is_reported_as_missing():
    with pytest.raises(CandidateNotFound) as caught:
        Candidate(_need, YOLOV8, "word")

    assert caught.value.missing == "no_such_package"


def test_a_candidate_is_made_once_for_each_dialect():
    made = []
    candidate = Candidate(lambda dialect: made.append(dialect) or _offering()(dialect), YOLOV8, "word")

    candidate.call("iou", YOLOV8, (np.ones((1, 4)), np.ones((1, 4))), FLOAT32)

    assert made == [YOLOV8, *variants(YOLOV8)]


@pytest.mark.parametrize("asked, expected", [(None, "ULTRALYTICS_8_4"), ("YOLOV8", "YOLOV8")])
def test_a_factory_names_its_dialect_unless_another_is_asked_for(tmp_path, asked, expected):
    (tmp_path / "named.py").write_text(
        "class Made:\n    iou = print\ndef factory(dialect): return Made()\nfactory.dialect = 'ULTRALYTICS_8_4'\n"
    )

    assert find(f"{tmp_path}/named.py:factory", asked).preset == PRESETS[expected]


def test_an_unknown_dialect_is_answered_with_the_known_ones():
    with pytest.raises(CandidateNotFound, match="dialect 'NO': unknown; known: YOLOV8, .*ULTRALYTICS_8_4"):
        find("conformance.candidates.reference32:factory", "NO")


def test_each_size_varies_alone_and_most_variants_are_small():
    changed = variants(YOLOV8)

    for field in ("num_classes", "reg_max", "strides", "topk"):
        assert any([k for k, v in vars(d).items() if v != vars(YOLOV8)[k]] == [field] for d in changed), field
    assert YOLOV8 not in changed and len(set(changed)) == len(changed)
    assert sum(dialect.num_classes <= 3 and dialect.topk <= 3 for dialect in changed) >= len(changed) / 2


def test_widened_sides_follow_the_second_stride_or_the_only_one():
    sides = {dialect.strides: dialect.min_gt_side for dialect in variants(ULTRALYTICS_8_4)}

    assert (sides[4, 8, 16, 32], sides[8, 16], sides[8,]) == (8, 16, 8)


def test_sides_that_are_not_widened_stay_so():
    assert {dialect.min_gt_side for dialect in variants(YOLOV8)} == {0}
