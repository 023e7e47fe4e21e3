"""Ops compiled by `torch.compile` conform like the eager ones, in value and in gradient."""

import functools
import json

import pytest

from conformance import cli

torch = pytest.importorskip("torch")

from conformance.candidates.dense_torch import DenseTorch  # noqa: E402

OPS = ("decode_boxes", "ciou", "dfl_loss", "bbox_loss", "detection_loss")


@functools.lru_cache(maxsize=None)
def backend():
    """Inductor where a C++ compiler is found, else the same graphs without its kernels; None if nothing compiles."""
    for name in ("inductor", "aot_eager"):
        try:
            torch.compile(lambda x: x.sin() + 1, backend=name)(torch.ones(2))
            return name
        except Exception:
            torch._dynamo.reset()
    return None


def factory(dialect):
    """`DenseTorch` with its differentiable ops compiled, for any shape."""
    made = DenseTorch(dialect)
    for op in OPS:
        setattr(made, op, torch.compile(getattr(made, op), backend=backend(), dynamic=True))
    return made


def test_compiled_ops_conform_in_value_and_gradient(capsys):
    if backend() is None:
        pytest.skip("torch.compile works with no backend here")
    word = "conformance.tests.test_compiled:factory"
    options = ["--only", "ciou,dfl_loss", "--profile", "quick", "--dtype", "float64"]

    status = cli.main(["--candidate", word, *options, "--json"])

    verdicts = {clause["id"]: clause["verdict"] for clause in json.loads(capsys.readouterr().out)["clauses"]}
    assert (status, verdicts) == (0, dict.fromkeys(("IOU-4", "IOU-4g", "DFL-1", "DFL-1g", "DFL-2"), "CONFORMS"))
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] > 0
