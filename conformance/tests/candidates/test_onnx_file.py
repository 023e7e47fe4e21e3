"""A model file whose inputs and outputs bear the names of an op is judged through onnxruntime."""

import json
import subprocess
import sys
import warnings

import pytest

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from onnx import TensorProto, helper

from conformance.calling.errors import CandidateNotFound
from conformance.calling.loading import load
from conformance.tests.conftest import ROOT
from conformance.tests.installed import START
from refimpl import YOLOV8, Dialect

DISTANCES = {
    "distance": (TensorProto.FLOAT, None),
    "anchor_points": (TensorProto.FLOAT, ["A", 2]),
}
CORNERS = [("Sub", "anchor_points", "before", "start"), ("Add", "anchor_points", "after", "end")]


def file(path, inputs, outputs, nodes, name="graph"):
    """Write a graph of nodes."""
    ends = [[helper.make_tensor_value_info(key, *form) for key, form in side.items()] for side in (inputs, outputs)]
    model = helper.make_model(helper.make_graph(nodes, name, *ends), opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    onnx.save(model, str(path))
    return f"onnx:{path}"


def decode(path, corners=CORNERS):
    """Distances to corners."""
    nodes = [
        helper.make_node("Split", ["distance"], ["before", "after"], axis=-1),
        *(helper.make_node(kind, [first, second], [result]) for kind, first, second, result in corners),
        helper.make_node("Concat", ["start", "end"], ["boxes"], axis=-1),
    ]
    return file(path, DISTANCES, {"boxes": (TensorProto.FLOAT, None)}, nodes)


def judged(word):
    words = ["--candidate", word, "--profile", "quick", "--only", "dist2bbox", "--json"]
    done = subprocess.run([sys.executable, "-c", START, *words], cwd=ROOT, capture_output=True, text=True)
    return json.loads(done.stdout)


def test_a_right_file_conforms_in_the_float_type_of_its_inputs(tmp_path):
    record = judged(decode(tmp_path / "decode.onnx"))

    assert record["verdict"] == "CONFORMS" and record["dtypes"] == ["float32"]


def test_a_wrong_one_breaks(tmp_path):
    swapped = [(kind, first, {"before": "after", "after": "before"}[second], end) for kind, first, second, end in CORNERS]

    assert judged(decode(tmp_path / "decode.onnx", swapped))["verdict"] == "BREAKS"


def overlap(path, name="graph"):
    pair = {key: (TensorProto.DOUBLE, ["N", 4]) for key in ("boxes1", "boxes2")}
    nodes = [
        helper.make_node("Sub", ["boxes1", "boxes2"], ["apart"]),
        helper.make_node("ReduceSum", ["apart"], ["sum"], keepdims=0),
        helper.make_node("Identity", ["sum"], ["values"]),
    ]
    return file(path, pair, {"values": (TensorProto.DOUBLE, ["N"])}, nodes, name)


def test_of_ops_alike_the_name_of_graph_or_file_tells_the_op(tmp_path):
    assert hasattr(load(overlap(tmp_path / "a.onnx", "giou"))(YOLOV8), "giou")
    assert hasattr(load(overlap(tmp_path / "my_ciou.onnx"))(YOLOV8), "ciou")
    with pytest.raises(CandidateNotFound, match="are those of iou, giou, diou, ciou; name the graph or the file"):
        load(overlap(tmp_path / "b.onnx"))


def test_a_file_that_is_no_op_or_not_there_is_refused(tmp_path):
    other = file(
        tmp_path / "other.onnx", {"x": (TensorProto.FLOAT, [1])}, {"y": (TensorProto.FLOAT, [1])},
        [helper.make_node("Identity", ["x"], ["y"])],
    )  # fmt: skip

    with pytest.raises(CandidateNotFound, match="expected inputs and outputs of an op, got x → y"):
        load(other)
    with pytest.raises(CandidateNotFound, match="no file .*gone.onnx"):
        load(f"onnx:{tmp_path}/gone.onnx")


def test_levels_and_channels_that_are_not_those_of_the_graph_are_not_served(tmp_path):
    maps = {f"feature_maps_{i}": (TensorProto.FLOAT, ["B", 144, f"H{i}", f"W{i}"]) for i in range(3)}
    given = {**maps, "targets": (TensorProto.FLOAT, ["N", 6])}
    nodes = [helper.make_node("ReduceSum", ["targets"], ["total"], keepdims=0), helper.make_node("Identity", ["total"], ["components"])]
    ends = {"total": (TensorProto.FLOAT, []), "components": (TensorProto.FLOAT, [])}
    factory = load(file(tmp_path / "loss.onnx", given, ends, nodes))
    changed = type(YOLOV8)(name="one level", strides=(8,))

    assert hasattr(factory(YOLOV8), "detection_loss")
    with pytest.raises(NotImplementedError, match="strides must be 3, got 1"):
        factory(changed)
    with pytest.raises(NotImplementedError, match="4 reg_max . num_classes must be 144, got 145"):
        factory(type(YOLOV8)(name="81 classes", num_classes=81))


HEAD = Dialect(name="HEAD", num_classes=2, reg_max=4, strides=(8, 16))


class Exported:
    """A small head as one's own module decodes it, each decision replaceable by a fault."""

    strides, softmaxes, as_corners = HEAD.strides, 1, False

    def forward(self, torch, maps):
        return torch.cat([self.columns(torch, level, stride) for level, stride in zip(maps, self.strides)], 2)

    def columns(self, torch, level, stride):
        bins, logits = level.flatten(2).split((4 * HEAD.reg_max, HEAD.num_classes), 1)
        share = bins.unflatten(1, (4, HEAD.reg_max))
        for _ in range(self.softmaxes):
            share = share.softmax(2)
        sides = (share * torch.arange(HEAD.reg_max, dtype=level.dtype).view(1, 1, -1, 1)).sum(2)
        down, across = (torch.arange(n, dtype=level.dtype) + 0.5 for n in level.shape[2:])
        y, x = torch.meshgrid(down, across, indexing="ij")
        points = torch.stack([x, y]).flatten(1)
        first, last = points - sides[:, :2], points + sides[:, 2:]
        box = (first, last) if self.as_corners else ((first + last) / 2, last - first)
        return torch.cat([*(part * stride for part in box), logits.sigmoid()], 1)


class StridesTurned(Exported):
    strides = HEAD.strides[::-1]


class DecodedTwice(Exported):
    softmaxes = 2


class Corners(Exported):
    as_corners = True


def exported(path, kind):
    """The file of a module, by torch's own exporter."""
    torch = pytest.importorskip("torch")
    channels = 4 * HEAD.reg_max + HEAD.num_classes
    maps = tuple(torch.zeros(1, channels, *shape) for shape in [(2, 3), (1, 2)])
    module = torch.nn.Module()
    module.forward = lambda *maps: kind().forward(torch, maps)
    names = [f"feature_maps_{i}" for i in range(len(maps))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter by tracing is enough, and needs no other package
        torch.onnx.export(
            module, maps, str(path), input_names=names, output_names=["prediction"], opset_version=17, dynamo=False,
            dynamic_axes={name: {0: "B", 2: f"H{i}", 3: f"W{i}"} for i, name in enumerate(names)},
        )  # fmt: skip
    return f"onnx:{path}"


@pytest.mark.parametrize(
    "kind, breaks, named",
    [
        (Exported, set(), ""),
        (StridesTurned, {"PRD-1"}, "looks like: the strides of the levels are turned round"),
        (DecodedTwice, {"PRD-1"}, "looks like: distances are decoded twice"),
        (Corners, {"PRD-1"}, "looks like: boxes are corners, not centre and size"),
    ],
)
def test_an_exported_head_conforms_and_breaks_with_its_cause_named(kind, breaks, named, tmp_path):
    word, own = exported(tmp_path / "head.onnx", kind), tmp_path / "own.py"
    own.write_text("from refimpl import Dialect\nHEAD = Dialect(name='HEAD', num_classes=2, reg_max=4, strides=(8, 16))\n")
    words = ["--candidate", word, "--dialect", f"{own}:HEAD", "--only", "predict", "--profile", "quick", "--json"]

    done = subprocess.run([sys.executable, "-c", START, *words], cwd=ROOT, capture_output=True, text=True)

    rows = {row["id"]: row for row in json.loads(done.stdout)["clauses"]}
    assert {id for id, row in rows.items() if row["verdict"] != "CONFORMS"} == breaks
    assert all(named in rows[id]["detail"] for id in breaks)


def test_a_file_serves_the_sizes_it_is_first_made_for(tmp_path):
    factory = load(exported(tmp_path / "head.onnx", Exported))
    factory(HEAD)

    with pytest.raises(NotImplementedError, match=r"strides must be \(8, 16\), got \(16, 8\)"):
        factory(Dialect(name="turned", num_classes=2, reg_max=4, strides=(16, 8)))
