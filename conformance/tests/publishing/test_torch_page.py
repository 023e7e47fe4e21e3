"""The torch adapter of docs/torch: it conforms as it stands, and a mistake in the loss below it is found."""

import sys

import pytest

from conformance.calling.candidate import find
from conformance.judging.verdicts import BREAKS, CONFORMS, Outcome
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


def verdicts(adapter, judged, few=2):
    """The verdicts of one clause through one op, by a few examples of each of its first events, in float32."""
    run = settings(profile="quick", seed=None, dtype="float32", only=judged.op)
    found = []
    for event in judged.events[:few]:
        outcome = Outcome(judged.clause, judged.op, "float32", event)
        Examination(judged, adapter, run, outcome).conduct()
        found.append(outcome.verdict)
    return set(found)


def test_it_offers_what_the_loss_has(adapter):
    offered = {"make_anchors", "decode_boxes", "ciou", "pad_targets", "assign", "bce_loss", "dfl_loss", "bbox_loss"}

    assert adapter.ops == offered | {"detection_loss"} and not LEFT_OUT & adapter.ops


@pytest.mark.parametrize("judged", PROPERTIES, ids=lambda one: f"{one.op}-{one.clause}")
def test_the_adapter_conforms_to_each_clause_of_what_it_offers(adapter, judged):
    if judged.op not in adapter.ops:
        pytest.skip(f"{judged.op} is not offered")

    assert verdicts(adapter, judged) == {CONFORMS}


def test_a_mistake_in_the_loss_is_found(adapter, monkeypatch):
    made = adapter._made(adapter.preset)
    head = sys.modules[type(made.loss).__module__]
    right = head.box_ciou
    monkeypatch.setattr(head, "box_ciou", lambda a, b, eps=1e-7: right(a, b, 1e-5))
    judged = next(one for one in PROPERTIES if (one.clause, one.op) == ("IOU-4", "ciou"))

    assert BREAKS in verdicts(adapter, judged, few=len(judged.events))
