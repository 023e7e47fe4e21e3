"""Variants: registered once, made for a dialect, loaded by name, and right about one cheap op."""

import importlib.util
import subprocess
import sys

import pytest

from conformance.suite.run import settings
from conformance.calling.candidate import Candidate, CandidateNotFound, load
from conformance.cases.protocol import OPS
from conformance.evidence.panel import rounds, sights
from conformance.candidates.variants import VARIANTS
from conformance.candidates.variants.variant import around, on_demand, variant
from refimpl import YOLOV8

QUICK = [word for word in VARIANTS if not word.endswith("slow")]

HEAD = Candidate(load("conformance.candidates.dense_numpy:factory"), YOLOV8, "dense_numpy").ops
"""The ops that most variants are variants of; the others offer some of those around the head."""

AROUND = set(load("conformance.candidates.reference32:factory")(YOLOV8).__dict__) & set(OPS) - set(HEAD)

CHEAP = settings(profile="quick", seed=1, dtype="float32", only=None)


@pytest.fixture(scope="module")
def cheap():
    """Examples of IoU, of pairs of boxes as they come, and what is expected of each."""
    (found,) = (r for r in rounds(CHEAP, [YOLOV8], ["iou"]) if not r.gradient and r.event == "real")
    return found, [{} for _ in found.cases]


def test_there_are_25_that_need_no_framework():
    assert sum(found.framework == "numpy" for found in VARIANTS.values()) >= 25


def test_ids_are_words_and_sentences_differ_within_a_framework():
    assert all(id == found.id and id.replace("-", "_").isidentifier() for id, found in VARIANTS.items())
    assert len({(found.framework, found.sentence) for found in VARIANTS.values()}) == len(VARIANTS)


@pytest.mark.parametrize("word", VARIANTS)
def test_each_is_loaded_by_name_and_offers_every_op_of_the_head_or_some_around_it(word):
    made = Candidate(load(f"conformance.candidates.variants:{word.replace('-', '_')}"), YOLOV8, "word")

    assert (made.name, made.framework) == (word, VARIANTS[word].framework)
    assert set(made.ops) == set(HEAD) or (made.ops and set(made.ops) <= AROUND)


def test_each_op_around_the_head_has_two_variants_or_more():
    made = [set(dir(found.factory(YOLOV8))) for found in VARIANTS.values() if found.framework == "numpy"]

    assert {op for op in AROUND if sum(op in offered for offered in made) < 2} == set()


@pytest.mark.parametrize("word", QUICK)
def test_each_gives_the_right_iou(word, cheap):
    examples, expectations = cheap
    judged = Candidate(VARIANTS[word].factory, YOLOV8, word)
    if "iou" not in judged.ops:
        pytest.skip("a variant of ops around the head")

    seen = list(sights(examples, judged, expectations))

    assert [one.reason for one in seen] == [""] * len(examples.cases)


def test_an_unknown_name_is_no_attribute():
    with pytest.raises(CandidateNotFound, match="no_such_variant"):
        load("conformance.candidates.variants:no_such_variant")


@pytest.mark.parametrize("register", [variant("again"), around("again")])
def test_a_name_is_given_once(register):
    def sparse_pairs():
        pass

    with pytest.raises(ValueError, match="'sparse-pairs': expected a new name"):
        register(sparse_pairs)


def test_variants_of_a_missing_framework_are_left_out(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    on_demand("torch", "losses", NeverThere="not registered")

    assert "torch-never-there" not in VARIANTS


def test_torch_is_imported_when_a_candidate_is_made_and_not_before():
    code = "import sys; from conformance.candidates.variants import VARIANTS, torch_relu; print('torch' in sys.modules, len(VARIANTS))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stdout.split() == ["False", str(len(VARIANTS))] or importlib.util.find_spec("torch") is None
