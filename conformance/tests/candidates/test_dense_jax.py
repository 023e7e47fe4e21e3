"""The candidate in JAX: judged at an example of each op, and with a fault in it."""

import json

import pytest

from conformance.command import cli
from conformance.suite.run import settings
from conformance.calling.candidate import Candidate
from conformance.evidence.panel import rounds, sights
from conformance.cases.protocol import GRADIENTS, OPS
from conformance.tests.reporting.judging import broken as twin_of
from refimpl import YOLOV8

jax = pytest.importorskip("jax")

from conformance.candidates.dense_jax import DenseJax


def test_every_op_is_offered_and_every_gradient():
    made = Candidate(DenseJax, YOLOV8, "dense_jax")

    assert (made.ops, made.differentiable) == (set(OPS), set(GRADIENTS))


@pytest.mark.parametrize("op", OPS)
def test_the_candidate_is_right_about_an_example_of_each_op_in_each_float_type(op):
    made = Candidate(DenseJax, YOLOV8, "dense_jax")
    firsts = {}
    for found in rounds(settings(profile="quick", seed=None, dtype="both", only=None), made.served, [op]):
        firsts.setdefault((found.gradient, found.dtype), found._replace(cases=found.cases[-1:]))

    seen = [one for found in firsts.values() for one in sights(found, made, [{}])]

    assert len(firsts) == (4 if op in GRADIENTS else 2) and len(seen) >= len(firsts)
    assert [one.reason for one in seen if one.reason] == []


class FirstClaimantWins(DenseJax):
    """A contested anchor goes to the first ground truth that claims it."""

    def resolve_conflicts(self, mask_pos, overlaps):
        return super().resolve_conflicts(mask_pos, mask_pos * 1.0)


class DecodeDetached(DenseJax):
    """No gradient reaches the logits through the decoded boxes."""

    def decode_boxes(self, pred_dist, anchor_points):
        return jax.lax.stop_gradient(super().decode_boxes(pred_dist, anchor_points))


@pytest.mark.parametrize(
    "fault, clause, op", [(FirstClaimantWins, "TAL-5", "resolve_conflicts"), (DecodeDetached, "DEC-3g", "decode_boxes")]
)
def test_a_fault_breaks_the_clause_that_its_twin_in_numpy_breaks(fault, clause, op, capsys):
    broken = []
    for word in (f"{__name__}:{fault.__name__}", twin_of(clause)):
        status = cli.main(["--candidate", word, "--only", op, "--profile", "quick", "--dtype", "float64", "--json"])
        rows = json.loads(capsys.readouterr().out)["clauses"]
        broken.append((status, {row["id"] for row in rows if row["verdict"] in ("BREAKS", "ERROR")}))

    assert broken == [(1, {clause})] * 2
