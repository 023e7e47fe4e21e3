"""The torch adapter of docs/torch: it conforms as it stands, and a mistake in the loss below it is found."""

import functools
import sys
from dataclasses import replace

import pytest

from conformance.calling.candidate import find
from conformance.judging.verdicts import BREAKS, CONFORMS, NOT_PROVIDED, Outcome
from conformance.ops.spec import PROPERTIES
from conformance.publishing.readme_sections import ROOT
from conformance.suite.run import settings
from conformance.suite.examination import Examination

pytest.importorskip("torch")

ADAPTER = f"{ROOT / 'docs' / 'torch' / 'adapter.py'}:Adapter"
LEFT_OUT = {"dist2bbox", "bbox2dist", "iou", "giou", "diou"}
"""Ops that the loss has no function for; within wholes they are judged all the same."""


@pytest.fixture(scope="module")
def adapter():
    return find(ADAPTER)


@functools.lru_cache(maxsize=None)
def run(op):
    """One run for an op: its clauses share what is asked."""
    return replace(settings(profile="quick", seed=None, dtype="both", only=op), examples=1)


def verdicts(adapter, judged, run):
    """The verdicts of one clause through one op, by an example of each event in each float type."""
    outcomes = [Outcome(judged.clause, judged.op, dtype, event) for dtype in run.dtypes for event in judged.events]
    for outcome in outcomes:
        Examination(judged, adapter, run, outcome).conduct()
    return {outcome.verdict for outcome in outcomes if outcome.examples or outcome.verdict != CONFORMS}


def test_it_offers_what_the_loss_has(adapter):
    offered = {"make_anchors", "decode_boxes", "ciou", "pad_targets", "assign", "bce_loss", "dfl_loss", "bbox_loss"}

    assert adapter.ops == offered | {"detection_loss"} and not LEFT_OUT & adapter.ops


@pytest.mark.parametrize("judged", PROPERTIES, ids=lambda one: f"{one.op}-{one.clause}")
def test_the_adapter_conforms_to_each_clause_of_what_it_offers(adapter, judged):
    if judged.op not in adapter.ops:
        pytest.skip(f"{judged.op} is not offered")

    found = verdicts(adapter, judged, run(judged.op))

    assert CONFORMS in found and found <= {CONFORMS, NOT_PROVIDED}  # It declines other epsilons than those built in.


def test_a_mistake_in_the_loss_is_found(adapter, monkeypatch):
    made = adapter._made(adapter.preset)
    head = sys.modules[type(made.loss).__module__]
    right = head.box_ciou
    monkeypatch.setattr(head, "box_ciou", lambda a, b, eps=1e-7: right(a, b, 1e-5))
    judged = next(one for one in PROPERTIES if (one.clause, one.op) == ("IOU-4", "ciou"))

    assert BREAKS in verdicts(adapter, judged, replace(run("ciou")))
