"""What a candidate was given is looked at after the call: what it wrote there is an error that names the argument."""

import ctypes
from types import SimpleNamespace

import numpy as np
import pytest

from conformance.calling.candidate import Candidate, CandidateError
from conformance.judging.rounding import FLOAT32
from refimpl import YOLOV8

BOXES = np.array([[0.0, 0.0, 4.0, 4.0], [1.0, np.nan, 3.0, 2.0]])
MAPS = [np.zeros((1, 65, 2, 2)), np.zeros((1, 65, 1, 1))]


def called(op, function, *arguments, framework="torch"):
    """Call an op that does what `function` does to its arguments, and returns numbers."""
    made = SimpleNamespace(framework=framework, **{op: lambda *args: (function(*args), 1.0)[1]})
    return Candidate(lambda dialect: made, YOLOV8, "mine").call(op, YOLOV8, arguments, FLOAT32)


def differentiated(iou):
    """The gradients of an `iou` of a torch candidate."""
    made = Candidate(lambda dialect: SimpleNamespace(framework="torch", iou=iou), YOLOV8, "mine")
    return made.gradients("iou", YOLOV8, (np.ones((2, 4)), np.ones((2, 4))), (np.ones(2),), FLOAT32)


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


WRITES = {
    "a number": (lambda boxes1, boxes2: boxes1[0, 0].add_(1), "iou: boxes1 was written into, 1 of 8 values are not as given"),
    "past autograd": (lambda boxes1, boxes2: boxes2.data.zero_(), "iou: boxes2 was written into, 6 of 8 values"),
    "through a view": (lambda boxes1, boxes2: boxes1.view(-1)[:4].clamp_(0, 3), "iou: boxes1 was written into, 2 of 8"),
    "the sign of zero": (lambda boxes1, boxes2: boxes1[0, :2].neg_(), "iou: boxes1 was written into, 2 of 8"),
    "another shape": (lambda boxes1, boxes2: boxes1.t_(), r"expected float32 of shape \(2, 4\), got float32 of shape \(4, 2\)"),
}


@pytest.mark.parametrize("name", WRITES)
def test_what_a_torch_candidate_writes_into_an_argument_is_an_error(torch, name):
    write, said = WRITES[name]

    with pytest.raises(CandidateError, match=said):
        called("iou", write, BOXES, BOXES)


@pytest.mark.parametrize(
    "write, said",
    [
        (lambda maps, targets: maps[1].add_(1), r"detection_loss: feature_maps\[1\] was written into, 65 of 65"),
        (lambda maps, targets: targets[:, 0].add_(1), "detection_loss: targets was written into, 1 of 6"),
    ],
)
def test_what_is_in_a_list_is_looked_at(torch, write, said):
    with pytest.raises(CandidateError, match=said):
        called("detection_loss", write, MAPS, np.zeros((1, 6)))


def test_a_list_is_the_candidates_own(torch):
    def reshape(maps, targets):
        maps[0] = maps.pop().flatten(2)
        return targets.sum(), targets[0, :3]

    made = Candidate(lambda dialect: SimpleNamespace(framework="torch", detection_loss=reshape), YOLOV8, "mine")
    assert made.call("detection_loss", YOLOV8, (MAPS, np.zeros((1, 6))), FLOAT32)[0] == 0


def test_compiled_code_that_knows_no_read_only_arrays_is_seen():
    def write(boxes1, boxes2):
        ctypes.cast(boxes1.ctypes.data, ctypes.POINTER(ctypes.c_float))[2] = 9

    with pytest.raises(CandidateError, match="iou: boxes1 was written into, 1 of 8 values are not as given"):
        called("iou", write, BOXES, BOXES, framework="numpy")


RIGHT = {
    "reads": lambda boxes1, boxes2: boxes1 + boxes2,
    "asks for gradients": lambda boxes1, boxes2: boxes1.requires_grad_(),
    "detaches": lambda boxes1, boxes2: (boxes1.detach(), boxes2.detach_()),
    "accumulates": lambda boxes1, boxes2: boxes1.requires_grad_().square().sum().backward(),
    "copies": lambda boxes1, boxes2: boxes1.clone().zero_(),
    "makes views": lambda boxes1, boxes2: boxes1.view(-1)[1:].expand(3, -1),
    "writes what is there": lambda boxes1, boxes2: boxes1.copy_(boxes2),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_leaves_the_numbers_as_they_are_is_no_error(torch, name):
    assert called("iou", RIGHT[name], BOXES, BOXES)[0] == 1


def test_a_view_of_an_argument_may_be_returned(torch):
    made = Candidate(lambda dialect: SimpleNamespace(framework="torch", iou=lambda a, b: a[:, 2]), YOLOV8, "mine")

    assert made.call("iou", YOLOV8, (BOXES, BOXES), FLOAT32)[0].tolist() == [4, 3]
    assert differentiated(lambda a, b: a[:, 2])[0].tolist() == [[0, 0, 1, 0]] * 2


def test_a_jax_candidate_may_give_its_arguments_away():
    jax = pytest.importorskip("jax")

    assert called("iou", jax.jit(lambda a, b: a + b, donate_argnums=0), BOXES, BOXES, framework="jax")[0] == 1


def test_what_is_written_while_gradients_are_recorded_is_an_error(torch):
    with pytest.raises(CandidateError, match="iou_vjp: boxes1 was written into, 8 of 8"):
        differentiated(lambda a, b: a.mul_(3)[:, 0] + b[:, 0])


@pytest.mark.parametrize("which, said", [(0, "iou_vjp: boxes1 was"), (1, "iou_vjp: cotangent was")])
def test_what_a_backward_of_its_own_writes_is_an_error(torch, which, said):
    class Area(torch.autograd.Function):
        @staticmethod
        def forward(ctx, boxes):
            ctx.save_for_backward(boxes)
            return boxes.sum(-1)

        @staticmethod
        def backward(ctx, cotangent):
            (ctx.saved_tensors[0], cotangent)[which].mul_(3)
            return cotangent[:, None].expand(2, 4)

    with pytest.raises(CandidateError, match=said):
        differentiated(lambda a, b: Area.apply(a))
