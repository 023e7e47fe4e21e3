"""The pages of docs/: up to date with the code they are made from, complete, and without a dead link."""

import re

import pytest
import refimpl

from conformance.publishing import __main__ as docs
from conformance.publishing import contracts, evidence, links, ops, pages
from conformance.paper import markdown
from conformance.ops import family
from conformance.ops.mutants import MUTANTS
from conformance.cases.protocol import GRADIENTS, OPS, vjp
from conformance.ops.spec import CLAUSES

FUNCTIONS = [*OPS, *map(vjp, GRADIENTS)]


@pytest.fixture(scope="module")
def made():
    return pages.everything()


def test_the_pages_are_up_to_date(capsys):
    status = docs.main(["--check"])

    assert (status, capsys.readouterr().out) == (0, "")


def test_pages_made_twice_are_the_same(made):
    assert pages.everything() == made


def test_pages_that_are_written_are_up_to_date(tmp_path, capsys):
    assert docs.main(["--folder", str(tmp_path)]) == 0

    assert docs.main(["--folder", str(tmp_path), "--check"]) == 0
    assert capsys.readouterr().out == ""


def test_a_changed_docstring_makes_its_page_stale(monkeypatch, capsys):
    monkeypatch.setattr(refimpl.ciou, "__doc__", refimpl.ciou.__doc__.replace("IoU − ρ²/c²", "IoU + ρ²/c²"))

    assert docs.main(["--check"]) == 1

    assert "docs/spec/overlaps.md: stale; `make spec` writes it anew" in capsys.readouterr().out.splitlines()


def test_a_changed_clause_makes_its_page_stale(monkeypatch, capsys):
    monkeypatch.setitem(CLAUSES, "TGT-1", CLAUSES["TGT-1"]._replace(sentence="Another."))

    assert docs.main(["--check"]) == 1

    told = [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert sorted(told) == ["docs/clauses/README.md", "docs/clauses/TGT-1.md", "docs/spec/targets.md"]


def test_a_changed_mutant_makes_its_page_stale(monkeypatch, capsys):
    monkeypatch.setitem(MUTANTS, "ciou-v-squared", MUTANTS["ciou-v-squared"]._replace(sentence="another"))

    assert docs.main(["--check"]) == 1

    assert "docs/spec/overlaps.md: stale; `make spec` writes it anew" in capsys.readouterr().out.splitlines()


def test_a_page_that_is_missing_or_no_longer_made_is_noticed_and_mended(tmp_path, capsys):
    docs.main(["--folder", str(tmp_path)])
    (tmp_path / "spec" / "boxes.md").unlink()
    (tmp_path / "spec" / "old.md").write_text("Written by `make spec`\n", encoding="utf-8")

    assert docs.main(["--folder", str(tmp_path), "--check"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "docs/spec/boxes.md: expected a page, got none; `make spec` writes it",
        "docs/spec/old.md: no longer made; `make spec` removes it",
    ]

    docs.main(["--folder", str(tmp_path)])
    assert docs.main(["--folder", str(tmp_path), "--check"]) == 0


def test_a_page_by_hand_is_left_alone_and_its_links_are_checked(tmp_path, capsys):
    docs.main(["--folder", str(tmp_path)])
    (tmp_path / "hand.md").write_text("# By hand\n\n[there](spec/README.md) [nowhere](none.md)\n", encoding="utf-8")

    assert docs.main(["--folder", str(tmp_path)]) == 1
    assert capsys.readouterr().out == "docs/hand.md: link to none.md: no such page\n" and (tmp_path / "hand.md").exists()


@pytest.mark.parametrize("op", OPS)
def test_every_op_has_a_section_with_its_formula_in_one_page(made, op):
    page = made[f"spec/{ops.page_of(op)}"]

    assert page.count(f"## `{op}`\n") == 1
    assert "\n".join(contracts.contract(OPS[op].function).formula) in page


@pytest.mark.parametrize("clause", CLAUSES.values(), ids=CLAUSES)
def test_every_clause_has_an_anchor_in_the_index_and_one_where_it_stands_with_its_formula(made, clause):
    anchored = [name for name, text in made.items() if f'<a id="{clause.id}"></a>' in text]
    page = f"spec/{ops.page_of(ops.HOME[clause.id])}"

    assert sorted(anchored) == sorted(["spec/README.md", page]) and f"clauses/{clause.id}.md" in made
    assert clause.sentence in made[page] and clause.formula in made[page]


def test_every_golden_case_and_every_mutant_stands_on_a_page(made):
    text = "".join(made.values())

    assert {case["id"] for case in evidence.manifest()["cases"] if f"- `{case['id']}`" not in text} == set()
    assert {id for id, mutant in MUTANTS.items() if f"- `{id}`" not in text and mutant.breaks} == set()


def test_the_python_of_the_index_runs_and_returns_what_it_says():
    block, names = re.search(r"```python\n(.*?)```", pages.index(), re.DOTALL)[1], {}

    exec(compile(block, "docs/spec/README.md", "exec"), names)

    assert markdown.number(names["value"][0]) == block.split("# ")[1].strip() != "0"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_of_the_reference_has_a_formula(function):
    assert contracts.contract(getattr(refimpl, function)).formula


def test_a_function_without_a_formula_is_refused():
    def op():
        """Say nothing.

        At length.

        Parameters
        ----------
        x : float
        """

    with pytest.raises(contracts.NoFormula, match=r"^op: expected a formula, indented .*, got 'Say nothing.'$"):
        contracts.contract(op)


def test_a_docstring_is_taken_apart():
    said = contracts.contract(refimpl.dfl_loss)

    assert said.headline == "Cross-entropy against the two bins around each target distance, mean of the four sides."
    assert said.formula[0].startswith("DFL = ¼ Σ_side Σ_i") and len(said.formula) == 1
    assert said.prose[0].startswith("w is 1 − (t − ⌊t⌋)") and len(said.prose) == 1
    assert said.parameters["target"] == "(N, 4) float, ltrb, grid"
    assert said.returns == "(N,) float64, >= 0"
    assert contracts.reads(said) == ("reg_max",)


def test_a_section_that_is_that_of_another_function_is_left_out():
    assert contracts.contract(refimpl.giou_vjp).prose == ("from ∂gap = ((1 − gap)·∂E − ∂U) / E.",)


def test_every_field_of_a_dialect_has_a_meaning():
    assert set(contracts.dialect_fields()) == {"name", *contracts.FIELDS}


@pytest.mark.parametrize("one", family.rows("who does otherwise"), ids=lambda one: one.does[:30])
def test_who_decides_otherwise_is_told_of_an_op_and_a_field_that_exist(one):
    assert one.op in OPS and one.field in ("", *contracts.FIELDS)
    assert one.does and one.source and one.judged


def test_a_dead_link_is_noticed():
    text = '# A page\n<a id="X-1"></a> [a](#X-1) [b](#a-page) [c](b.md#X-2) [d](c.md) [e](#none) [f](../../README.md) `[g](x)`\n'

    dead = links.dead_links({"spec/a.md": text, "spec/b.md": "# B\n"})

    assert dead == [
        "docs/spec/a.md: link to b.md#X-2: no such anchor",
        "docs/spec/a.md: link to c.md: no such page",
        "docs/spec/a.md: link to #none: no such anchor",
    ]


def test_an_anchor_that_stands_twice_is_noticed():
    assert links.dead_links({"a.md": '<a id="X-1"></a><a id="X-1"></a>'}) == ["docs/a.md: anchor X-1 stands 2 times"]
