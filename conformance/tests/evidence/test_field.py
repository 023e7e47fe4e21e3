"""The state of the field: bugs of released packages, each one call that can be made again."""

import numpy as np
import pytest

from conformance.cases.protocol import OPS
from conformance.evidence.field import __main__ as field, page
from conformance.evidence.field.bug import Bug, expected, got
from conformance.evidence.field.packages import AROUND, PACKAGES
from refimpl import PRESETS

NOW = [bug for bug in field.BUGS.values() if bug.op in OPS]


def a_bug(candidate, **changed):
    boxes = {"boxes1": [[0.0, 0.0, 2.0, 2.0]], "boxes2": [[0.0, 0.0, 2.0, 1.0]]}
    return Bug("one", "mine", "1.0", candidate, "iou", boxes, "it is wrong", "right\nwrong")._replace(**changed)


@pytest.mark.parametrize("bug", field.BUGS.values(), ids=lambda bug: bug.name)
def test_a_bug_says_what_is_right_and_what_came_by_hand(bug):
    assert len(bug.by_hand.split("\n")) == 2
    assert bug.dialect in PRESETS
    assert any(bug.candidate.rpartition(":")[0] == one.word.rpartition(":")[0] for one in (*PACKAGES, *AROUND))


@pytest.mark.parametrize("bug", NOW, ids=lambda bug: bug.name)
def test_the_reference_answers_what_a_package_gets_wrong(bug):
    assert "nan" not in expected(bug)


def test_a_bug_is_shown_by_its_candidate(tmp_path):
    (tmp_path / "adapter.py").write_text("class A:\n    def iou(self, a, b): return a[:, 0] + 7\nfactory = lambda d: A()")

    assert got(a_bug(f"{tmp_path}/adapter.py:factory")) == "values [7.]"
    assert expected(a_bug("")) == "values [0.499999938]"


def test_an_error_of_a_package_is_what_it_answers(tmp_path):
    (tmp_path / "raising.py").write_text("class A:\n    def iou(self, a, b): return 1 / 0\nfactory = lambda d: A()")

    assert got(a_bug(f"{tmp_path}/raising.py:factory")) == "ZeroDivisionError: division by zero"


def test_calls_before_the_one_that_shows_it_are_made_on_the_same_instance(tmp_path):
    source = "class A:\n    n = 0\n    def iou(self, a, b):\n        self.n += 1\n        return a[:, 0] + self.n\nfactory = lambda d: A()"
    (tmp_path / "keeping.py").write_text(source)
    bug = a_bug(f"{tmp_path}/keeping.py:factory")

    assert got(bug._replace(before=(bug.arguments,))) == "values [2.]"


def test_a_gradient_is_asked_of_arrays_by_its_name(tmp_path):
    source = "class A:\n    def iou(self, a, b): return a[:, 0]\n    def iou_vjp(self, a, b, c): return a * 0, b * 0\nfactory = lambda d: A()"
    (tmp_path / "sloping.py").write_text(source)

    assert got(a_bug(f"{tmp_path}/sloping.py:factory", gradient=True)) == "boxes1 [[0., 0., 0., 0.]]; boxes2 [[0., 0., 0., 0.]]"
    assert "nan" not in expected(a_bug("", gradient=True))


def test_the_page_shows_a_bug_with_the_command_that_shows_it_again():
    shown = {"one": {"expected": "values [0.5]", "got": "values [7.]"}}

    text = page.text({"one": a_bug("")}, shown, {})

    assert "`python -m conformance.evidence.field one`" in text
    assert "expected `values [0.5]`, got `values [7.]`" in text
    assert "## Bugs (1)" in text


def test_an_unknown_name_of_a_bug_is_no_field_of_the_page():
    assert "one" not in page.text({"one": a_bug("")}, {}, {}).partition("## Bugs")[2]


def test_arrays_keep_their_kind():
    bug = field.BUGS["paddledet-no-boxes"]

    assert isinstance(bug.arguments["feature_maps"][0], np.ndarray) and bug.arguments["targets"].shape == (0, 6)
