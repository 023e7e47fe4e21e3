"""The page of seed 001: each item is held by clauses that name its section, and each such clause by an item."""

import pytest

from conformance.ops.spec import CLAUSES
from conformance.publishing import seeds


@pytest.mark.parametrize("section", seeds.ITEMS)
def test_the_clauses_of_a_section_are_those_that_name_it_as_their_source(section):
    listed = {id for item in seeds.ITEMS[section] for id in item.clauses}

    assert listed == set(seeds.by_section()[section])


def test_no_clause_names_a_section_that_is_not_listed():
    assert list(seeds.by_section()) == list(seeds.ITEMS)


def test_a_clause_that_names_no_section_is_of_none(monkeypatch):
    monkeypatch.setitem(CLAUSES, "NEW-1", CLAUSES["GEO-1"]._replace(id="NEW-1", source="seed 001 section 9"))

    assert seeds.by_section()["9"] == ["NEW-1"]


def test_the_page_has_a_row_for_each_item_and_the_words_without_content():
    text = seeds.page()

    assert all(item.says in text and item.erratum in text for items in seeds.ITEMS.values() for item in items)
    assert all(word in text for word in seeds.WORDS)
