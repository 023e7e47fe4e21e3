"""What adapters are given: default float types, probabilities for logits, owners, other frameworks as arrays."""

import functools
import sys
from types import SimpleNamespace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import refimpl
from conformance.adapting import arrays
from conformance.adapting.calls import quietly, taking
from conformance.adapting.owners import blanked, owners
from conformance.adapting.serving import built_in
from conformance.adapting.stand_ins import alone, standing_in
from conformance.adapting.torch_pairs import of_rows
from conformance.adapting.torch_types import in_own_dtype, probabilities
from conformance.calling.frameworks import torch as torch_bridge
from conformance.candidates.dense_torch import DenseTorch
from refimpl import YOLOV8

BOXES = np.array([[0, 0, 8, 8], [1, 2, 9, 5]], dtype=float), np.array([[1, 1, 9, 7], [3, 1, 4, 9]], dtype=float)


@pytest.fixture
def as_arrays(monkeypatch):
    """`as_arrays` for a framework that is torch under another name."""
    bridge = SimpleNamespace(
        to_tensor=torch.from_numpy,
        to_array=torch_bridge.to_array,
        vjp=functools.partial(torch_bridge.vjp, manner=""),
        computing_in=torch_bridge.computing_in,
    )
    monkeypatch.setattr(arrays, "SERVED", ("another",))
    monkeypatch.setitem(sys.modules, "conformance.adapting.bridges.another", bridge)
    return arrays.as_arrays("another")


def test_an_op_of_another_framework_takes_and_returns_arrays(as_arrays):
    made = as_arrays(DenseTorch)(YOLOV8)

    assert made.framework == "numpy"
    np.testing.assert_allclose(made.ciou(*BOXES), refimpl.ciou(*BOXES, dialect=YOLOV8))


def test_its_gradients_come_from_the_framework(as_arrays):
    cotangent = np.array([1.0, -2.0])

    found = as_arrays(DenseTorch)(YOLOV8).ciou_vjp(*BOXES, cotangent)

    expected = refimpl.ciou_vjp(*BOXES, cotangent, dialect=YOLOV8)
    for got, wanted in zip(found, expected):
        np.testing.assert_allclose(got, wanted, atol=1e-12)


def test_lists_of_arrays_and_one_gradient_of_them_pass(as_arrays):
    rng = np.random.default_rng(0)
    maps = [rng.normal(size=(1, 4 * 16 + 80, side, side)) for side in (4, 2, 1)]
    targets = np.array([[0, 3, 0.5, 0.5, 0.6, 0.4]])

    found = as_arrays(DenseTorch)(YOLOV8).detection_loss_vjp(maps, targets, np.array(1.0))

    expected = refimpl.detection_loss_vjp(maps, targets, np.array(1.0), dialect=YOLOV8)
    assert [gradient.shape for gradient in found] == [level.shape for level in maps]
    np.testing.assert_allclose(found[0], expected[0], atol=1e-10)


def test_a_gradient_takes_what_may_be_left_out_behind_its_cotangents(as_arrays):
    def bbox_loss(self, pred_dist, pred_bboxes, points, targets, scores, total, mask, stride=None, size=None):
        return (stride * pred_dist).sum(), size[1] * pred_bboxes.sum()

    made = as_arrays(type("Some", (), {"__init__": lambda self, d: None, "bbox_loss": bbox_loss}))(YOLOV8)
    ones = np.ones((1, 1, 4))
    others = ones[0, :, :2], ones, ones, np.array(1.0), ones[..., 0] > 0

    by_dist, by_boxes = made.bbox_loss_vjp(ones, ones, *others, np.array(2.0), np.array(3.0), np.array([[8.0]]), (4, 5))

    assert (by_dist == 16).all() and (by_boxes == 15).all()


def test_what_an_adapter_is_not_able_to_do_is_not_offered(as_arrays):
    made = as_arrays(type("Some", (), {"__init__": lambda self, d: None, "iou": lambda self, a, b: a}))(YOLOV8)

    assert not hasattr(made, "ciou") and not hasattr(made, "ciou_vjp") and hasattr(made, "iou_vjp")


def test_an_unknown_framework_is_answered_with_those_served():
    with pytest.raises(ValueError, match="framework: expected one of paddle, .*, got 'caffe'"):
        arrays.as_arrays("caffe")


def test_tensors_that_an_implementation_makes_have_the_type_of_its_arguments():
    made = in_own_dtype(type("Zeros", (), {"op": lambda self, x: torch.zeros(1).dtype}))()

    assert made.op(torch.ones(1, dtype=torch.float64)) is torch.float64
    assert made.op([torch.ones(1)]) is torch.float32
    assert torch.get_default_dtype() is torch.float32


def test_the_default_type_is_put_back_after_an_error():
    made = in_own_dtype(type("Raises", (), {"op": lambda self, x: 1 / 0}))()

    with pytest.raises(ZeroDivisionError):
        made.op(torch.ones(1, dtype=torch.float64))
    assert torch.get_default_dtype() is torch.float32


def test_probabilities_are_their_own_sigmoid_and_so_are_parts_of_them():
    given = torch.tensor([[0.25, 0.5], [1.0, 0.0]])

    assert torch.equal(probabilities(given)[:, 1].sigmoid(), given[:, 1])
    assert torch.equal(torch.sigmoid(probabilities(given)), given)
    assert type(probabilities(given).sigmoid()) is torch.Tensor


def test_newer_arguments_are_given_to_those_that_take_them():
    assert taking(lambda x: x, 1, stride=8) == 1
    assert taking(lambda x, stride: stride, 1, stride=8) == 8


def test_what_a_package_prints_when_it_is_imported_goes_to_stderr(capsys):
    with quietly():
        print("welcome")

    assert capsys.readouterr().out == ""


def test_a_dialect_with_another_value_than_the_one_built_in_is_refused():
    built_in(YOLOV8, iou_eps=1e-7, no_such_field=3)

    with pytest.raises(NotImplementedError, match="beta must be 4, got 6.0"):
        built_in(YOLOV8, iou_eps=1e-7, beta=4)


def test_modules_of_a_package_run_without_the_rest_of_it(tmp_path, monkeypatch):
    (tmp_path / "heavy" / "deep").mkdir(parents=True)
    (tmp_path / "heavy" / "__init__.py").write_text("1 / 0")
    (tmp_path / "heavy" / "deep" / "area.py").write_text("def product(w, h): return w * h")
    (tmp_path / "heavy" / "loss.py").write_text(
        "from no_such_engine import register, Base\nfrom heavy.deep import product\nfrom heavy.other import unread\n"
        "@register('loss')\nclass Loss(Base):\n    value = product(3, 4)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))

    _, loss = alone("heavy", "deep.area", "loss", absent=("no_such_engine",))

    assert loss.Loss.value == 12
    with pytest.raises(ModuleNotFoundError, match="No module named 'heavy.gone'"):
        alone("heavy", "gone")
    with pytest.raises(ModuleNotFoundError, match="No module named 'no_such_package'"):
        alone("no_such_package", "loss")


def test_a_module_that_is_missing_is_stood_in_for_by_name_only():
    with standing_in("no_such_engine"):
        from no_such_engine.operators import anything

        assert anything.below(1)[2] is not None
        with pytest.raises(ModuleNotFoundError):
            import no_such_other_engine  # noqa: F401


def test_owners_are_the_first_box_of_the_same_label_and_corners():
    labels, boxes = np.array([[[1], [2], [2]]]), np.array([[[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 1, 1]]])

    assert owners(np.array([[2, 1, 7]]), boxes[:, [0, 0, 0]], labels, boxes).tolist() == [[1, 0, 0]]


@pytest.mark.parametrize("tensor", [np.array, torch.tensor], ids=["numpy", "torch"])
def test_rows_of_padding_are_blanked_whatever_they_hold(tensor):
    boxes = tensor([[[0.0, 0.0, 8.0, 8.0], [np.nan, np.inf, -np.inf, 1.0]]])

    labels, boxes = blanked(tensor([[[3], [7]]]), boxes, tensor([[[True], [False]]]))

    assert labels.tolist() == [[[3], [0]]] and boxes.tolist() == [[[0, 0, 8, 8], [0, 0, 0, 0]]]


@pytest.mark.parametrize("rows", [0, 1, 150])
def test_rows_are_compared_a_few_at_a_time(rows):
    sizes = []

    def differences(first, second):
        sizes.append(len(first))
        return first[:, None, 0] - second[None, :, 0]

    x = torch.arange(2.0 * rows).reshape(rows, 2)

    assert of_rows(differences)(x, x / 2).tolist() == (x / 2)[:, 0].tolist()
    assert max(sizes) <= 64 and sum(sizes) == rows


def test_without_boxes_nobody_owns_anything():
    none = np.zeros((1, 0, 1), int), np.zeros((1, 0, 4))

    assert owners(np.array([[7, 7]]), np.zeros((1, 2, 4)), *none).tolist() == [[0, 0]]
