"""The worked examples of docs/: they agree with the reference, pictures are whole, numbers print alike everywhere."""

from xml.etree import ElementTree

import pytest
import refimpl

from conformance.docs import markdown, pages
from conformance.svg import Frame, Picture, document
from conformance.docs.worked import EXAMPLES, Disagrees
from conformance.docs.worked.example import agreed
from conformance.protocol import PROTOCOL

SVG = "{http://www.w3.org/2000/svg}"


def test_every_op_has_a_worked_example_in_the_order_of_the_protocol():
    assert list(EXAMPLES) == list(PROTOCOL)


@pytest.mark.parametrize("name", [name for name in pages.everything() if name.endswith(".svg")])
def test_a_picture_is_whole_and_can_be_read_aloud(name):
    root = ElementTree.fromstring(pages.everything()[name])

    assert (root.tag, root.get("role")) == (f"{SVG}svg", "img")
    texts = {child.get("id"): child.text for child in root if child.tag in (f"{SVG}title", f"{SVG}desc")}
    assert set(root.get("aria-labelledby").split()) == set(texts) and all(texts.values())
    assert "prefers-color-scheme: dark" in root.find(f"{SVG}style").text


@pytest.mark.parametrize("op", EXAMPLES)
def test_nothing_is_drawn_outside_its_picture(op):
    picture = EXAMPLES[op]().picture
    width, height = picture.size

    for shape in map(ElementTree.fromstring, picture.shapes):
        across = [float(shape.get(name)) for name in ("x", "x1", "x2", "cx") if shape.get(name)]
        down = [float(shape.get(name)) for name in ("y", "y1", "y2", "cy") if shape.get(name)]
        across += [x + float(shape.get("width", 0)) for x in across]
        down += [y + float(shape.get("height", 0)) for y in down]
        assert all(0 <= x <= width for x in across) and all(0 <= y <= height for y in down), shape.attrib


@pytest.mark.parametrize("op", ["giou", "diou", "dist2bbox", "bce_loss", "dfl_loss", "decode_boxes"])
def test_steps_that_do_not_lead_to_the_answer_of_the_reference_are_refused(monkeypatch, op):
    right = getattr(refimpl, op)
    monkeypatch.setattr(refimpl, op, lambda *args, **options: right(*args, **options) * 1.01)

    with pytest.raises(Disagrees, match=rf"^{op}: the steps give \(.*\), the reference \("):
        EXAMPLES[op]()


def test_steps_may_differ_by_what_is_not_printed():
    agreed("x", [1 / 3], [1 / 3 + 1e-12])

    with pytest.raises(Disagrees, match=r"^x: the steps give \(0.3333\), the reference \(0.3343\)$"):
        agreed("x", [1 / 3], [0.3343])


@pytest.mark.parametrize(
    "value, text",
    [
        (0, "0"),
        (-0.0, "0"),
        (640, "640"),
        (-2, "−2"),
        (1 / 3, "0.3333"),
        (0.12345, "0.12345"),
        (1.5e-7, "1.5e-07"),
        (-1e-7, "−1e-07"),
    ],
)
def test_a_number_prints_to_four_digits_or_as_many_as_print_alike(value, text):
    assert markdown.number(value) == text


def test_a_number_that_an_ulp_would_print_otherwise_takes_more_digits():
    assert markdown.number(0.12345 + 1e-13) == markdown.number(0.12345 - 1e-13) == "0.12345"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_value_that_is_no_number_is_refused(value):
    with pytest.raises((ValueError, OverflowError)):
        markdown.number(value)


def test_words_of_a_picture_are_escaped():
    text = document(Picture("x", "a < b", "a & b", (10, 10), (Frame(0, 0, 1, 1).label((1, 1), "a < b"),)))

    assert "a &lt; b</title>" in text and "a &amp; b</desc>" in text and ">a &lt; b</text>" in text


def test_a_bar_in_a_cell_does_not_end_it():
    assert markdown.table(("a",), [("|x|",)]).splitlines()[2] == "| \\|x\\| |"
