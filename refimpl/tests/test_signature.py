"""Signatures: what one line says of an operand, and what is no signature."""

import pytest

from refimpl.signature import Operand, operands, size_of, tail_of


@pytest.mark.parametrize(
    "text, operand",
    [
        ("values: N", Operand("values", ("N",))),
        ("boxes1~: N 4 xyxy", Operand("boxes1", ("N", "4"), "xyxy", differentiable=True)),
        ("gt: B G 4 xyxy px where mask_gt", Operand("gt", ("B", "G", "4"), "xyxy", "px", "mask_gt")),
        ("maps~: [B 4R+C H W logit]*L", Operand("maps", ("B", "4R+C", "H", "W"), "logit", "", "", True, "L")),
        ("shapes: [shape]*L", Operand("shapes", (), "shape", many="L")),
        ("batch_size: B count", Operand("batch_size", ("B",), "count")),
        ("gt_labels: B ? 1 label", Operand("gt_labels", ("B", "?", "1"), "label")),
        ("distance: ... A 4", Operand("distance", ("...", "A", "4"))),
        ("total:", Operand("total")),
    ],
)
def test_an_operand_is_read_from_its_words(text, operand):
    assert operands(text) == (operand,)


def test_operands_stand_between_commas():
    assert [o.name for o in operands("a: N, b~: N 4 xyxy px , c:")] == ["a", "b", "c"]


@pytest.mark.parametrize("text", ["boxes N 4", "boxes: N 4 corners", "boxes: N 4 xyxy xywh", "boxes: N 4 px grid", "b: xyxy N"])
def test_a_word_that_is_neither_axis_nor_kind_nor_unit_is_refused(text):
    with pytest.raises(ValueError, match="expected"):
        operands(text)


def test_plain_values_are_told_from_arrays():
    assert [o.plain for o in operands("a: count, b: size px, c: N, d: positive")] == [True, True, False, False]


@pytest.mark.parametrize("axis, size", [("4", 4), ("R", 16), ("4R", 64), ("4R+C", 144), ("C+1", 81)])
def test_an_axis_is_a_sum_of_products(axis, size):
    assert size_of(axis, {"R": 16, "C": 80}) == size


def test_leading_axes_are_split_off():
    assert tail_of(("...", "A", "4"), (2, 3, 5, 4)) == (("A", "4"), (5, 4), (2, 3))
    assert tail_of(("...",), (2, 3)) == ((), (), (2, 3))
    assert tail_of(("A", "4"), (5, 4)) == (("A", "4"), (5, 4), ())
