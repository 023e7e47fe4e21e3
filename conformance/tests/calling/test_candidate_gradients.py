"""Gradients of a candidate: by `<op>_vjp` in NumPy, by autograd in torch, held to the form of the protocol."""

from types import SimpleNamespace

import numpy as np
import pytest

from conformance.calling.candidate import Candidate, CandidateError, NotServed
from conformance.judging.rounding import FLOAT32, FLOAT64
from refimpl import YOLOV8

BOXES = np.array([[0.0, 0.0, 4.0, 4.0], [1.0, 1.0, 3.0, 2.0]])
ARGUMENTS, COTANGENT = (BOXES, BOXES + 1), np.array([1.0, -2.0])


def candidate(**attributes):
    return Candidate(lambda dialect: SimpleNamespace(**attributes), YOLOV8, "mine")


def pulled(made, op="iou", arguments=ARGUMENTS, cotangents=(COTANGENT,), precision=FLOAT64):
    return made.gradients(op, YOLOV8, arguments, cotangents, precision)


def answering(answer):
    """A NumPy candidate that answers as told, whatever it is asked."""
    return candidate(iou=lambda a, b: a[:, 0], iou_vjp=lambda a, b, g: answer)


def test_a_numpy_candidate_offers_the_gradients_it_has_a_function_for():
    made = candidate(iou=print, ciou_vjp=print)

    assert (made.ops, made.differentiable) == ({"iou"}, {"ciou"})


def test_a_numpy_candidate_is_given_arguments_and_cotangent_in_the_precision_of_the_run():
    seen = []
    made = candidate(iou=print, iou_vjp=lambda *arrays: seen.extend(arrays) or (arrays[0], arrays[1]))

    first, second = pulled(made, precision=FLOAT32)

    assert [(x.dtype, x.shape, x.flags.writeable) for x in seen] == [
        (np.float32, (2, 4), False), (np.float32, (2, 4), False), (np.float32, (2,), False)
    ]  # fmt: skip
    assert np.array_equal(first, BOXES) and np.array_equal(second, BOXES + 1)


@pytest.mark.parametrize(
    "answer, said",
    [
        (BOXES, "iou_vjp: expected a tuple of 2 (boxes1, boxes2), got ndarray of shape (2, 4)"),
        ((BOXES, BOXES, BOXES), "iou_vjp: expected a tuple of 2 (boxes1, boxes2), got tuple of 3"),
        ((BOXES, BOXES[:1]), "iou_vjp: boxes2: expected shape (2, 4), got (1, 4)"),
        ((BOXES, None), "iou_vjp: boxes2: expected real numbers, got NoneType of dtype object"),
        ((BOXES, BOXES * 1j), "iou_vjp: boxes2: expected real numbers, got ndarray of shape (2, 4) of dtype complex128"),
    ],
)
def test_a_gradient_of_another_form_is_refused(answer, said):
    with pytest.raises(CandidateError) as caught:
        pulled(answering(answer))

    assert str(caught.value) == said


def test_the_gradient_by_a_list_is_a_list_of_as_many():
    maps = [np.zeros((1, 65, 2, 2)), np.zeros((1, 65, 1, 1))]
    call = dict(op="detection_loss", arguments=(maps, np.zeros((0, 6))), cotangents=(np.float64(1),))

    right = pulled(candidate(detection_loss_vjp=lambda maps, *_: maps, iou=print), **call)
    with pytest.raises(CandidateError, match="feature_maps: expected a list of 2, got list of 1"):
        pulled(candidate(detection_loss_vjp=lambda maps, *_: maps[:1], iou=print), **call)

    assert [level.shape for level in right[0]] == [level.shape for level in maps]


def test_what_raises_is_named_and_what_is_not_served_is_no_error():
    def refuses(*_):
        raise NotImplementedError("no gradients yet")

    with pytest.raises(CandidateError, match="iou_vjp: raised TypeError"):
        pulled(candidate(iou=print, iou_vjp=lambda: None))
    with pytest.raises(NotServed, match="no gradients yet"):
        pulled(candidate(iou=print, iou_vjp=refuses))


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def test_autograd_pulls_the_cotangent_back(torch):
    made = candidate(framework="torch", iou=lambda a, b: (a * b).sum(-1))

    first, second = pulled(made)

    assert made.differentiable == {"iou"}
    assert np.array_equal(first, COTANGENT[:, np.newaxis] * (BOXES + 1))
    assert np.array_equal(second, COTANGENT[:, np.newaxis] * BOXES)


def test_where_nothing_flows_the_gradient_is_zero(torch):
    by_one = candidate(framework="torch", iou=lambda a, b: a[:, 0] + b.detach()[:, 0])
    by_none = candidate(framework="torch", iou=lambda a, b: a.detach()[:, 0])

    assert [x.any() for x in pulled(by_one)] == [True, False]
    assert [x.any() for x in pulled(by_none)] == [False, False]


def test_what_is_written_in_place_does_not_reach_the_caller(torch):
    made = candidate(framework="torch", iou=lambda a, b: a.mul_(3)[:, 0] + b[:, 0])

    with pytest.raises(CandidateError, match="iou_vjp: boxes1 was written into"):
        pulled(made)

    assert BOXES[0].tolist() == [0, 0, 4, 4]


def test_gradients_are_recorded_though_the_candidate_has_switched_recording_off(torch):
    made = candidate(framework="torch", iou=lambda a, b: a[:, 0])

    with torch.no_grad():
        first, _ = pulled(made)

    assert first[:, 0].tolist() == COTANGENT.tolist()


def test_a_call_without_recording_records_nothing(torch):
    recorded = []
    made = candidate(framework="torch", iou=lambda a, b: recorded.append(torch.is_grad_enabled()) or a[:, 0])

    made.call_unrecorded("iou", YOLOV8, ARGUMENTS, FLOAT64)
    pulled(made)

    assert recorded == [False, True]


def test_nothing_flows_through_the_graph_of_an_earlier_call(torch):
    kept = []

    def iou(a, b):
        kept.append((a * a)[:, 0])
        return kept[0]

    made = candidate(framework="torch", iou=iou)

    assert [pulled(made)[0].any() for _ in range(2)] == [True, False]


def test_each_map_of_a_list_alone_requires_a_gradient():
    torch = pytest.importorskip("torch")
    from conformance.calling.frameworks.torch import vjp

    maps, asked = [torch.ones(2), torch.ones(3)], []

    def total(levels):
        asked.append([level.requires_grad for level in levels])
        return sum((level**2).sum() for level in levels)

    (found,) = vjp(total, [maps], [0], [torch.tensor(1.0)], "one argument alone")

    assert asked == [[True, False], [False, True]]
    assert [x.tolist() for x in found] == [[2.0] * 2, [2.0] * 3]
