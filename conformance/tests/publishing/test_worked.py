"""The worked examples of docs/: they agree with the reference, pictures are whole, numbers print alike everywhere."""

from xml.etree import ElementTree

import numpy as np
import pytest
import refimpl

from conformance.paper import svg
from conformance.ops.head import overview as flow
from conformance.publishing import pages
from conformance.paper import markdown
from conformance.ops import family
from conformance.ops.example import Disagrees
from conformance.ops.example import agreed
from conformance.ops.made_of import whole
from conformance.cases.protocol import OPS
from conformance.paper.svg import Frame, Picture, document

SVG = "{http://www.w3.org/2000/svg}"
ENDS = (("", ""), ("", "1"), ("", "2"), ("c", ""))
PICTURES = {name: text for name, text in pages.everything().items() if name.endswith(".svg")}


def test_every_op_has_a_worked_example_in_the_order_of_the_protocol():
    assert all(callable(family.of(op, "worked example")) for op in OPS)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_whole_and_can_be_read_aloud(name):
    root = ElementTree.fromstring(PICTURES[name])

    assert (root.tag, root.get("role")) == (f"{SVG}svg", "img")
    texts = {child.get("id"): child.text for child in root if child.tag in (f"{SVG}title", f"{SVG}desc")}
    assert set(root.get("aria-labelledby").split()) == set(texts) and all(texts.values())
    assert "prefers-color-scheme: dark" in root.find(f"{SVG}style").text


def outside(picture):
    """The shapes of a picture that reach beyond it."""
    root = ElementTree.fromstring(picture)
    size = [float(root.get(side)) for side in ("width", "height")]
    found = []
    for shape in root:
        starts = [[float(shape.get(f"{kind}{axis}{end}", 0)) for axis in "xy"] for kind, end in ENDS]
        sides = [float(shape.get(side, 0)) for side in ("width", "height")]
        ends = [[at + side for at, side in zip(start, sides)] for start in starts]
        listed = [list(map(float, pair.split(","))) for pair in shape.get("points", "").split()]
        if any(not 0 <= at <= limit for point in (*starts, *ends, *listed) for at, limit in zip(point, size)):
            found.append(shape.attrib)
    return found


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_is_drawn_outside_its_picture(name):
    assert outside(PICTURES[name]) == []


@pytest.mark.parametrize(
    "shape",
    [svg.rectangle(5, 5, 6, 1, "a"), svg.line((0, 0), (5, 11), "line"), svg.arrow((5, 5), (5, -1)), svg.label(-1, 5, "words")],
)
def test_a_shape_outside_its_picture_is_noticed(shape):
    assert outside(document(Picture("x", "title", "description", (10, 10), (shape,))))


def test_the_flow_shows_ops_that_exist():
    assert set(flow.NODES) - {"targets"} <= set(OPS)
    assert whole("detection_loss") and set(whole("detection_loss").calls) <= {*flow.NODES, "assign"}


@pytest.mark.parametrize("op", ["giou", "diou", "dist2bbox", "bce_loss", "dfl_loss", "decode_boxes"])
def test_steps_that_do_not_lead_to_the_answer_of_the_reference_are_refused(monkeypatch, op):
    right = OPS[op].function
    monkeypatch.setattr(refimpl, op, lambda *args, **options: right(*args, **options) * 1.01)

    with pytest.raises(Disagrees, match=rf"^{op}: the steps give \(.*\), the reference \("):
        family.of(op, "worked example")()


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


@pytest.mark.parametrize(
    "indices, text",
    [([], ""), ([4], "4"), ([4, 5], "4, 5"), ([4, 5, 6], "4 … 6"), ([0, 2, 3, 4, 5, 8], "0, 2 … 5, 8")],
)
def test_indices_of_a_mask_are_listed_in_runs(indices, text):
    assert markdown.listed(np.isin(np.arange(10), indices)) == text
