"""Calling a candidate: how arguments get in, how results get out, and what is refused on the way."""

from types import SimpleNamespace

import numpy as np
import pytest

from conformance.calling.candidate import Candidate, CandidateError, NotServed
from conformance.candidates import reference32
from conformance.judging.rounding import FLOAT32, FLOAT64
from refimpl import YOLOV8


def _calling(op, function, framework="numpy"):
    """Call one op, implemented by `function`, with some arguments."""
    candidate = Candidate(lambda dialect: SimpleNamespace(framework=framework, **{op: function}), YOLOV8, "word")
    return lambda *args, precision=FLOAT32, shapes=None: candidate.call(op, YOLOV8, args, precision, shapes)


@pytest.fixture(params=["numpy", "torch", "jax"])
def framework(request):
    pytest.importorskip(request.param)
    return request.param


@pytest.mark.parametrize("precision", [FLOAT32, FLOAT64])
def test_floats_arrive_in_the_precision_of_the_call_and_other_arrays_as_they_are(framework, precision):
    seen = []
    arguments = (np.ones(2), np.float32(1), np.array([True]), np.array([1]), [np.ones((1, 2, 3, 4))])

    _calling("iou", lambda *args: seen.extend(args) or args[0], framework)(*arguments, precision=precision)

    names = [str(x.dtype).replace("torch.", "") for x in (*seen[:4], *seen[4])]
    whole = "int32" if framework == "jax" and precision is FLOAT32 else "int64"
    assert names == [precision.dtype.name, precision.dtype.name, "bool", whole, precision.dtype.name]
    assert tuple(seen[1].shape) == ()


def test_what_is_no_array_arrives_as_it_is(framework):
    seen = []
    arguments = (3, (64, 96), [(8, 12), (4, 6)])

    _calling("iou", lambda *args: seen.extend(args) or 1.0, framework)(*arguments)

    assert tuple(seen) == arguments


def test_what_a_numpy_candidate_writes_into_its_arguments_is_an_error():
    def scribble(boxes1, boxes2):
        boxes1 += 1

    with pytest.raises(CandidateError, match="iou: raised ValueError: .*read-only\n  .* in scribble: boxes1 [+]= 1"):
        _calling("iou", scribble)(np.ones((1, 4)), np.ones((1, 4)))


def test_what_a_torch_candidate_writes_into_its_arguments_does_not_reach_the_caller():
    pytest.importorskip("torch")
    boxes = np.ones((1, 4), np.float32)

    with pytest.raises(CandidateError, match="iou: boxes1 was written into"):
        _calling("iou", lambda boxes1, boxes2: boxes1.add_(1)[:, 0], "torch")(boxes, boxes)

    assert (boxes == 1).all()


def test_a_buffer_that_the_candidate_uses_again_does_not_change_an_earlier_result(framework):
    if framework == "torch":
        import torch

        buffer = torch.zeros(1)
    else:
        buffer = np.zeros(1)

    def count(boxes1, boxes2):
        buffer[0] += 1
        return buffer

    call = _calling("iou", count, framework)
    (first,), (second,) = call(np.ones(1), np.ones(1)), call(np.ones(1), np.ones(1))

    assert (first[0], second[0]) == (1, 2)


@pytest.mark.parametrize("name, expected", [("bfloat16", "float32"), ("float16", "float16"), ("int32", "int32")])
def test_results_keep_their_type_unless_numpy_lacks_it(name, expected):
    torch = pytest.importorskip("torch")

    (result,) = _calling("iou", lambda a, b: a.to(getattr(torch, name)), "torch")(np.ones(2), np.ones(2))

    assert result.dtype == expected and (result == 1).all()


def test_a_result_with_a_graph_comes_back_without_it():
    torch = pytest.importorskip("torch")

    (result,) = _calling("iou", lambda a, b: torch.ones(2, requires_grad=True) * 2, "torch")(np.ones(2), np.ones(2))

    assert result.tolist() == [2, 2]


def test_several_results_come_back_in_order():
    box, dfl = _calling("bbox_loss", lambda: (1.0, np.float32(2)), "numpy")(shapes=((), ()))

    assert (float(box), float(dfl)) == (1, 2)


@pytest.mark.parametrize(
    "op, result, reason",
    [
        ("iou", None, "iou: values: expected real numbers, got NoneType of dtype object"),
        ("iou", np.ones(2, complex), r"iou: values: expected real numbers, got ndarray of shape \(2,\) of dtype complex"),
        ("iou", "text", "iou: values: expected real numbers, got str"),
        ("iou", [[1], [1, 2]], "iou: values: expected an array, got list of 2"),
        ("iou", np.ones((2, 1)), r"iou: values: expected shape \(2,\), got \(2, 1\)"),
        ("iou", (np.ones(2),), "iou: expected values itself, got a tuple of 1"),
        ("bbox_loss", (1.0,), r"bbox_loss: expected a tuple of 2 \(box, dfl\), got tuple of 1"),
        ("bbox_loss", np.ones(2), r"bbox_loss: expected a tuple of 2 \(box, dfl\), got ndarray of shape \(2,\)"),
        ("bbox_loss", (1.0, None), "bbox_loss: dfl: expected real numbers, got NoneType"),
    ],
)
def test_a_result_of_the_wrong_form_is_an_error_that_names_it(framework, op, result, reason):
    shapes = {"iou": ((2,),), "bbox_loss": ((), ())}[op]

    with pytest.raises(CandidateError, match=reason):
        _calling(op, lambda: result, framework)(shapes=shapes)


def test_without_shapes_any_shape_will_do():
    (result,) = _calling("iou", lambda: np.ones((2, 1)))()

    assert result.shape == (2, 1)


def test_an_op_may_refuse_what_it_does_not_serve():
    def refuse():
        raise NotImplementedError("no float64")

    with pytest.raises(NotServed, match="no float64"):
        _calling("iou", refuse)()


def test_a_device_that_is_not_there_is_an_error_of_the_candidate():
    pytest.importorskip("torch")
    made = SimpleNamespace(framework="torch", device="cuda:99", iou=lambda boxes: boxes)
    candidate = Candidate(lambda dialect: made, YOLOV8, "word")

    with pytest.raises(CandidateError, match="iou: raised"):
        candidate.call("iou", YOLOV8, (np.ones(1),), FLOAT32)


@pytest.mark.parametrize("fails", [False, True])
def test_what_a_candidate_sets_for_all_of_torch_is_put_back_after_the_call(fails):
    torch = pytest.importorskip("torch")

    def settings():
        return torch.get_default_dtype(), torch.get_num_threads(), torch.is_grad_enabled()

    def iou(boxes1, boxes2):
        torch.set_default_dtype(torch.float16)
        torch.set_num_threads(torch.get_num_threads() + 1)
        torch.set_grad_enabled(False)
        return {}["no"] if fails else 1.0

    before = settings()
    with pytest.raises(CandidateError, match="iou: raised KeyError" if fails else "left behind in PyTorch: default dtype"):
        _calling("iou", iou, "torch")(np.ones(1), np.ones(1))

    assert settings() == before


@pytest.mark.parametrize("precision", [FLOAT32, FLOAT64])
def test_the_reference_runs_in_the_precision_of_its_inputs(precision):
    candidate = Candidate(reference32.factory, YOLOV8, "reference32")
    boxes = np.array([[0, 0, 2, 3], [1, 1, 4, 4.0]])

    (values,) = candidate.call("ciou", YOLOV8, (boxes, boxes[::-1]), precision, ((2,),))

    assert values.dtype == precision.dtype
