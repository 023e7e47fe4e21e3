"""JAX: what its bridge does to arrays, float types and gradients."""

import itertools
import threading
from types import SimpleNamespace

import numpy as np
import pytest

from conformance.calling.candidate import Candidate, CandidateError
from conformance.judging.rounding import FLOAT32, FLOAT64
from refimpl import YOLOV8

jax = pytest.importorskip("jax")

import jax.numpy as jnp  # noqa: E402

from conformance.calling.frameworks import jax as bridge

BOXES = np.array([[0.0, 0.0, 4.0, 4.0], [1.0, 1.0, 3.0, 2.0]])
COTANGENT = np.array([1.0, -2.0])
PRECISIONS = pytest.mark.parametrize("precision", [FLOAT32, FLOAT64], ids=lambda precision: precision.dtype.name)


def candidate(**attributes):
    return Candidate(lambda dialect: SimpleNamespace(framework="jax", **attributes), YOLOV8, "mine")


def called(function, precision=FLOAT64):
    (result,) = candidate(iou=function).call("iou", YOLOV8, (BOXES, BOXES + 1), precision)
    return result


def pulled(function, precision=FLOAT64, arguments=(BOXES, BOXES + 1), op="iou", cotangent=COTANGENT):
    return candidate(**{op: function}).gradients(op, YOLOV8, arguments, (cotangent,), precision)


@PRECISIONS
@pytest.mark.parametrize("around", [False, True])
def test_64_bits_are_on_for_a_call_in_float64_only_and_afterwards_as_they_were(around, precision):
    seen = []

    def iou(boxes1, boxes2):
        seen.append((jax.config.jax_enable_x64, jnp.ones(1).dtype))
        return boxes1[:, 0]

    def fails(boxes1, boxes2):
        raise ValueError("no room")

    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", around)
    try:
        called(iou, precision)
        pulled(iou, precision)
        with pytest.raises(CandidateError, match="iou: raised ValueError: no room"):
            called(fails, precision)
        after = jax.config.jax_enable_x64
    finally:
        jax.config.update("jax_enable_x64", before)

    assert seen == [(precision is FLOAT64, precision.dtype)] * 2
    assert after is around


def test_64_bits_are_on_for_the_thread_of_the_call_alone():
    seen = []

    def iou(boxes1, boxes2):
        other = threading.Thread(target=lambda: seen.append(jax.config.jax_enable_x64))
        other.start()
        other.join()
        return boxes1[:, 0]

    called(iou)

    assert seen == [jax.config.jax_enable_x64] == [False]


def test_one_function_compiled_by_jit_serves_both_float_types():
    iou = jax.jit(lambda a, b: (a * b).sum(-1) / 3)

    for precision in (FLOAT32, FLOAT64, FLOAT32):
        dtype = precision.dtype
        expected = (BOXES * (BOXES + 1)).sum(-1).astype(dtype) / dtype.type(3)
        value, (first, second) = called(iou, precision), pulled(iou, precision)
        assert value.dtype == first.dtype == second.dtype == dtype
        assert np.allclose(value, expected, rtol=4 * np.finfo(dtype).eps, atol=0)
        assert np.allclose(first, COTANGENT[:, np.newaxis] * (BOXES + 1) / 3, rtol=4 * np.finfo(dtype).eps, atol=0)


def test_compiled_programs_are_dropped_now_and_then(monkeypatch):
    traced = []
    iou = jax.jit(lambda a, b: traced.append(a.shape) or a[:, 0])
    monkeypatch.setattr(bridge, "_calls", itertools.count(1))
    monkeypatch.setattr(bridge, "_KEPT", 2)

    traces = []
    for _ in range(5):
        called(iou)
        traces.append(len(traced))

    assert traces == [1, 1, 2, 2, 3]


@PRECISIONS
def test_an_array_that_the_factory_made_in_64_bits_serves_both_float_types(precision):
    with bridge.computing_in(np.float64):
        third = jnp.asarray(1 / 3)

    result = called(lambda a, b: a[:, 0] * 0 + third, precision)

    assert result.dtype == precision.dtype and result.tolist() == [precision.dtype.type(1 / 3)] * 2


@pytest.mark.parametrize("name", ["bfloat16", "float16", "int32", "bool"])
def test_results_keep_their_type_unless_numpy_lacks_it(name):
    result = called(lambda a, b: jnp.ones(2, name))

    assert result.dtype == {"bfloat16": "float32"}.get(name, name) and result.tolist() == [1, 1]


def test_results_may_be_arrays_of_numpy():
    assert called(lambda a, b: np.asarray(a)[:, 0]).tolist() == [0, 1]


def test_complex_results_are_refused():
    with pytest.raises(CandidateError, match="iou: values: expected real numbers, got ArrayImpl .* complex128"):
        called(lambda a, b: a[:, 0] * 1j)


def test_a_result_is_a_copy_that_may_be_written_to():
    assert called(lambda a, b: a[:, 0]).flags.writeable


@pytest.mark.parametrize("device", ["cpu", "cpu:0"])
def test_arrays_are_put_on_the_device_of_the_candidate(device):
    seen = []

    candidate(device=device, iou=lambda a, b: seen.extend(a.devices()) or a[:, 0]).call(
        "iou", YOLOV8, (BOXES, BOXES), FLOAT32
    )

    assert seen == jax.devices("cpu")[:1]


@pytest.mark.parametrize("device", ["cpu:99", "tpu9"])
def test_a_device_that_is_not_there_is_an_error_of_the_candidate(device):
    made = candidate(device=device, iou=lambda a, b: a[:, 0])

    with pytest.raises(CandidateError, match="iou: raised"):
        made.call("iou", YOLOV8, (BOXES, BOXES), FLOAT32)


def test_where_nothing_flows_the_gradient_is_zero():
    by_one = pulled(lambda a, b: a[:, 0] + jax.lax.stop_gradient(b)[:, 0])
    by_none = pulled(lambda a, b: np.ones(2, np.float32))

    assert [x.any() for x in by_one] == [True, False]
    assert [x.any() for x in by_none] == [False, False]


def test_the_cotangent_is_pulled_back_through_a_result_of_lower_precision():
    first, _ = pulled(lambda a, b: a[:, 0].astype(jnp.bfloat16))

    assert first.dtype == np.float64 and first[:, 0].tolist() == COTANGENT.tolist()


def test_arguments_without_a_gradient_are_not_traced_and_a_list_has_a_gradient_of_each():
    maps, targets = [np.ones((1, 65, 2, 2)), np.ones((1, 65, 1, 1))], np.array([[0, 2, 0.5, 0.5, 1, 1]])

    def detection_loss(maps, targets):
        return sum((level**2).sum() for level in maps) * np.asarray(targets)[0, 1], None

    (found,) = pulled(detection_loss, arguments=(maps, targets), op="detection_loss", cotangent=np.float64(3))

    assert [level.shape for level in found] == [level.shape for level in maps]
    assert all((level == 12).all() for level in found)


def test_what_jax_cannot_trace_is_an_error_that_says_where():
    with pytest.raises(CandidateError, match="gradient of iou: raised TracerArrayConversionError"):
        pulled(lambda a, b: np.asarray(a)[:, 0])
