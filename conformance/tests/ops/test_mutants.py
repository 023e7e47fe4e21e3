"""Mutants: enough of every kind, each with a fault that the quick profile sees."""

import functools
import re

import pytest

from conformance.ops import mutants
from conformance.suite.run import settings
from conformance.candidates.dense_numpy import DenseNumPy
from conformance.evidence.kills import RightIsAccused, kills
from conformance.ops.mutants import MUTANTS
from conformance.ops.mutant import mutant
from conformance.cases.protocol import GRADIENTS, OPS, vjp
from conformance.ops.spec import CLAUSES

GROUPS = {
    "anchors and geometry": ("make_anchors", "dist2bbox", "bbox2dist"),
    "decode": ("dist2bbox", "bbox2dist", "decode_boxes"),
    "IoU family": ("iou", "giou", "diou", "ciou"),
    "targets": ("pad_targets",),
    "assigner": ("candidates_in_gts", "alignment_metric", "select_topk", "resolve_conflicts", "assign"),
    "losses": ("bce_loss", "dfl_loss", "bbox_loss", "detection_loss"),
    "gradients": tuple(map(vjp, GRADIENTS)),
}
LEAST = {group: 35 if group == "assigner" else 12 for group in GROUPS}
REAL = [m for m in MUTANTS.values() if not m.equivalent]
SURVIVORS_AT_QUICK = 0.15
"""Share of the mutants that three examples per event may miss; the published matrix has the rate at standard."""


def run(only=None):
    return settings(profile="quick", seed=None, dtype="both", only=only)


@functools.lru_cache(maxsize=None)
def killed():
    return kills(run())


def test_there_are_enough_mutants():
    assert len(REAL) >= 120
    assert sum(bool(m.seen) for m in REAL) >= 30


@pytest.mark.parametrize("group", GROUPS)
def test_there_are_enough_mutants_of_every_group(group):
    assert sum(m.op in GROUPS[group] for m in REAL) >= LEAST[group]


@pytest.mark.parametrize("m", MUTANTS.values(), ids=MUTANTS)
def test_a_mutant_says_what_is_wrong_and_which_clauses_of_its_op_break(m):
    op = m.op.replace("_vjp", "")

    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", m.id)
    assert 0 < len(m.sentence) <= 110 and not m.sentence.endswith(".")
    assert m.breaks or m.equivalent
    assert all(op in CLAUSES[id].ops and CLAUSES[id].gradient == m.op.endswith("_vjp") for id in m.breaks)


def test_no_two_mutants_of_an_op_say_the_same():
    assert len({(m.op, m.sentence) for m in MUTANTS.values()}) == len(MUTANTS)


def test_a_mutant_can_be_named_on_the_command_line():
    first = next(iter(MUTANTS.values()))

    assert getattr(mutants, first.id.replace("-", "_")) is first.factory
    with pytest.raises(AttributeError):
        mutants.no_such_mutant


def test_a_name_is_taken_once_and_an_op_is_one_of_the_protocol(monkeypatch):
    monkeypatch.setattr("conformance.ops.mutant.MUTANTS", {})

    def some_fault(self, right, *arguments):
        return right(*arguments)

    mutant("iou", "nothing")(some_fault)
    with pytest.raises(ValueError, match="'some-fault' of 'iou'"):
        mutant("iou", "nothing")(some_fault)
    with pytest.raises(ValueError, match="'some-fault' of 'no_op'"):
        mutant("no_op", "nothing")(some_fault)


def test_the_quick_profile_kills_most_of_them_and_never_by_a_crash():
    survivors = [id for id, kill in killed().items() if not kill.clause]

    assert set(killed()) == {m.id for m in REAL}
    assert len(survivors) <= SURVIVORS_AT_QUICK * len(REAL), survivors
    assert [id for id, kill in killed().items() if kill.crashes and not kill.clause] == []


@pytest.mark.parametrize("m", REAL, ids=lambda m: m.id)
def test_a_mutant_is_killed_by_the_clauses_it_is_said_to_break(m):
    kill = killed()[m.id]

    assert set(kill.clauses) <= set(m.breaks)


def test_every_clause_is_broken_by_a_mutant():
    assert {clause for kill in killed().values() for clause in kill.clauses} == set(CLAUSES)


def test_every_op_with_a_gradient_has_a_faulty_one():
    assert {m.op for m in REAL} == {*OPS, *map(vjp, GRADIENTS)}


def test_a_right_candidate_that_is_accused_ends_the_measurement(monkeypatch):
    monkeypatch.setattr(DenseNumPy, "iou", lambda self, a, b: self.giou(a, b))

    with pytest.raises(RightIsAccused, match="iou, IOU-1"):
        kills(run())
