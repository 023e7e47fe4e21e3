"""From a word to a factory, or to an error that says what was tried."""

import sys

import pytest

from conformance.calling.errors import CandidateNotFound
from conformance.calling.loading import known, load

FACTORY = "def factory(dialect): return dialect\nclass Nested:\n    factory = staticmethod(factory)\n"


def test_the_name_of_an_entry_point_leads_to_its_factory(announce, tmp_path, monkeypatch):
    (tmp_path / "announced.py").write_text(FACTORY)
    announce("conformance.candidates", mine="announced:factory")
    monkeypatch.syspath_prepend(str(tmp_path))

    assert known()["mine"].value == "announced:factory"
    assert load("mine")(3) == 3


def test_an_unknown_name_is_answered_with_the_known_ones(announce, tmp_path, monkeypatch):
    announce("conformance.candidates", mine="announced:factory")
    monkeypatch.syspath_prepend(str(tmp_path))

    with pytest.raises(CandidateNotFound, match="candidate 'yours': unknown. Known names: .*mine.* Or give package"):
        load("yours")


def test_a_dotted_attribute_of_a_module_leads_to_its_factory(tmp_path, monkeypatch):
    (tmp_path / "with_class.py").write_text(FACTORY)
    monkeypatch.syspath_prepend(str(tmp_path))

    assert load("with_class:Nested.factory")(3) == 3


def test_a_file_leads_to_its_factory_and_reaches_its_neighbours(tmp_path):
    (tmp_path / "neighbour_of_adapter.py").write_text(FACTORY)
    (tmp_path / "adapter.py").write_text("from neighbour_of_adapter import factory")

    assert load(f"{tmp_path}/adapter.py:factory")(3) == 3


def test_a_neighbour_of_a_file_does_not_take_the_place_of_another_module(tmp_path):
    (tmp_path / "colorsys.py").write_text("raise RuntimeError('the wrong one')")
    (tmp_path / "adapter.py").write_text("import colorsys\n" + FACTORY)

    assert load(f"{tmp_path}/adapter.py:factory")(3) == 3


@pytest.mark.parametrize(
    "word, reason",
    [
        ("no_such_package:factory", "raised ModuleNotFoundError: No module named 'no_such_package'"),
        ("no_such_file.py:factory", "no file .*no_such_file.py"),
        ("math:factory", "module 'math' has no attribute 'factory'"),
        ("math:pi", r"expected a factory\(dialect\), got float"),
        ("math:", "has no attribute ''"),
        (":factory", "raised ValueError"),
    ],
)
def test_what_cannot_be_loaded_is_named_with_the_reason(word, reason):
    with pytest.raises(CandidateNotFound, match=f"candidate '{word}': .*{reason}"):
        load(word)


def test_an_error_in_a_file_is_shown_with_its_line(tmp_path):
    (tmp_path / "broken.py").write_text("x = 1\ny = x.missing\n")

    with pytest.raises(CandidateNotFound, match=r"AttributeError: 'int' .*\n  .*broken.py:2 in <module>: y = x.missing"):
        load(f"{tmp_path}/broken.py:factory")


def test_a_file_that_exits_is_not_found(tmp_path):
    (tmp_path / "exits.py").write_text("raise SystemExit(0)")

    with pytest.raises(CandidateNotFound, match="raised SystemExit: 0"):
        load(f"{tmp_path}/exits.py:factory")


def test_a_package_that_a_candidate_needs_is_reported_as_missing(tmp_path):
    (tmp_path / "needs.py").write_text("import no_such_package.sub")

    with pytest.raises(CandidateNotFound) as caught:
        load(f"{tmp_path}/needs.py:factory")

    assert caught.value.missing == "no_such_package"


def test_a_candidate_that_is_not_there_itself_misses_no_package():
    with pytest.raises(CandidateNotFound) as caught:
        load("conformance.candidates.no_such_module:factory")

    assert caught.value.missing == ""


def test_a_file_without_an_attribute_is_answered_with_those_it_has(tmp_path):
    (tmp_path / "mine.py").write_text(FACTORY)

    with pytest.raises(CandidateNotFound, match="expected .*mine.py:attr, where attr is one of factory, Nested"):
        load(f"{tmp_path}/mine.py")
    with pytest.raises(CandidateNotFound, match="expected gone.py:attr, and there is no file gone.py"):
        load("gone.py")


def test_a_way_in_whose_package_is_missing_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    monkeypatch.delitem(sys.modules, "conformance.candidates.onnx_file", raising=False)

    with pytest.raises(CandidateNotFound, match="raised ModuleNotFoundError: .*onnxruntime"):
        load("onnx:model.onnx")
