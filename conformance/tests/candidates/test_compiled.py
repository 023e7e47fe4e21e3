"""Ops compiled by `torch.compile` conform like the eager ones, in value and in gradient.

The test traces forward and backward passes but leaves out the kernels of inductor, which take minutes to compile; to
judge those, name the candidate `conformance.tests.candidates.test_compiled:inductor` on the command line.
"""

import functools
import json

import pytest

from conformance.command import cli, processes as several
from conformance.suite.parts import Part

torch = pytest.importorskip("torch")

from conformance.candidates.dense_torch import DenseTorch

OPS = ("decode_boxes", "ciou", "dfl_loss", "bbox_loss", "detection_loss")
OPTIONS = ("--profile", "quick", "--dtype", "float64", "--json")


def compiled(backend, dialect):
    """`DenseTorch` with its differentiable ops compiled, for any shape."""
    made = DenseTorch(dialect)
    # It repeats by a tensor, so that its shapes depend on values: no backend takes that.
    made.make_anchors = torch.compiler.disable(made.make_anchors)
    for op in OPS:
        setattr(made, op, torch.compile(getattr(made, op), backend=backend, dynamic=True))
    return made


aot_eager, inductor = (functools.partial(compiled, backend) for backend in ("aot_eager", "inductor"))


def test_compiled_ops_conform_in_value_and_gradient(capsys, monkeypatch):
    # In this process, where the graphs are counted.
    monkeypatch.setattr(several, "each", lambda judge, words, **_: [judge(word, Part(1, 1)) for word in words])
    try:
        torch.compile(torch.sin, backend="aot_eager")(torch.ones(2))
    except Exception as error:
        pytest.skip(f"torch.compile does not work here: {error}")
    torch._dynamo.utils.counters.clear()
    word = "conformance.tests.candidates.test_compiled:aot_eager"

    status = cli.main(["--candidate", word, "--only", "ciou,dfl_loss", *OPTIONS])

    verdicts = {clause["id"]: clause["verdict"] for clause in json.loads(capsys.readouterr().out)["clauses"]}
    assert (status, verdicts) == (0, dict.fromkeys(("IOU-4", "IOU-4g", "DFL-1", "DFL-1g", "DFL-2"), "CONFORMS"))
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] > 1
