"""Code shaped like Ultralytics is judged by the names of its parts, without an adapter."""

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")

from conformance.calling.errors import CandidateNotFound
from conformance.calling.loading import load
from conformance.candidates import ultralytics_like
from conformance.cases.protocol import OPS
from conformance.tests.candidates.forked.assigning.aligned import TaskAlignedAssigner
from conformance.tests.candidates.forked.geometry import bbox_iou
from conformance.tests.conftest import ROOT
from conformance.tests.installed import START
from refimpl import YOLOV8

FORK = "ultralytics-like:conformance.tests.candidates.forked"


def offered(found):
    made = ultralytics_like.factory_of(found, "a fork")(YOLOV8)
    return {op for op in OPS if getattr(made, op, None) is not None}


def judged(word):
    words = ["--candidate", word, "--profile", "quick", "--dtype", "float32", "--only", "ciou,assign,dfl_loss", "--json"]
    done = subprocess.run([sys.executable, "-c", START, *words], cwd=ROOT, capture_output=True, text=True)
    return json.loads(done.stdout)


def test_a_fork_with_renamed_modules_is_judged_without_an_adapter():
    record = judged(FORK)

    assert record["verdict"] == "CONFORMS" and record["dialect"] == "YOLOV8"


def test_a_fault_of_a_fork_is_seen(tmp_path, monkeypatch):
    geometry = (ROOT / "conformance/tests/candidates/forked/geometry.py").read_text()
    (tmp_path / "faulty_fork").mkdir()
    (tmp_path / "faulty_fork" / "boxes.py").write_text(geometry.replace("(1 + eps)", "eps"))
    (tmp_path / "faulty_fork" / "__init__.py").write_text("")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    assert judged("ultralytics-like:faulty_fork")["verdict"] == "BREAKS"


def test_a_package_offers_the_ops_whose_parts_it_has():
    assert offered({"bbox_iou": bbox_iou}) == {"iou", "giou", "diou", "ciou"}
    assert {"assign", "select_topk"} <= offered({"TaskAlignedAssigner": TaskAlignedAssigner})
    assert "detection_loss" not in offered({"TaskAlignedAssigner": TaskAlignedAssigner})


@pytest.mark.parametrize("method, op", [
    ("select_candidates_in_gts", "candidates_in_gts"), ("get_box_metrics", "alignment_metric"),
    ("select_topk_candidates", "select_topk"), ("select_highest_overlaps", "resolve_conflicts"),
])  # fmt: skip
def test_of_an_assigner_that_names_a_step_otherwise_that_step_alone_is_not_offered(monkeypatch, method, op):
    whole = offered({"TaskAlignedAssigner": TaskAlignedAssigner})

    monkeypatch.delattr(TaskAlignedAssigner, method)

    assert whole - offered({"TaskAlignedAssigner": TaskAlignedAssigner}) == {op}


def test_an_overlap_of_an_early_signature_is_given_corners():
    def early(first, second, x1y1x2y2=False, GIoU=False, CIoU=False):
        assert x1y1x2y2
        return bbox_iou(first, second, xywh=False, GIoU=GIoU, CIoU=CIoU)

    made = ultralytics_like.factory_of({"bbox_iou": early}, "a fork")(YOLOV8)

    assert made.ciou(torch.tensor([[0.0, 0, 2, 2]]), torch.tensor([[0.0, 0, 2, 2]])).item() == pytest.approx(1)


@pytest.mark.parametrize(
    "below_first, below_second, name",
    [(0, 0, "YOLOV8"), (1, 0, "ULTRALYTICS_8_4_0"), (1, 1, "ULTRALYTICS_8_4")],
)
def test_two_small_boxes_tell_the_dialect(below_first, below_second, name):
    inside = torch.tensor([[[below_first], [below_second]]])
    kind = type("Assigner", (TaskAlignedAssigner,), {"select_candidates_in_gts": lambda self, *args, **more: inside})

    assert ultralytics_like.dialect_of({"TaskAlignedAssigner": kind}) == name


def test_a_package_without_any_of_the_names_is_refused_with_them(tmp_path, monkeypatch):
    (tmp_path / "bare.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))

    with pytest.raises(CandidateNotFound, match="bare: expected some of TaskAlignedAssigner, .* got none of them"):
        load("ultralytics-like:bare")
    with pytest.raises(CandidateNotFound, match="No module named 'no_such_package'"):
        load("ultralytics-like:no_such_package")
    with pytest.raises(CandidateNotFound, match="expected the name of a package, got ''"):
        load("ultralytics-like:")


def test_fewer_anchors_than_claims_are_refused():
    with pytest.raises(NotImplementedError, match="fewer_anchors_than_topk must be False, got True"):
        ultralytics_like.factory_of({"bbox_iou": bbox_iou}, "a fork")(SimpleNamespace(fewer_anchors_than_topk=True))


def test_the_page_names_every_part_that_is_looked_for():
    page = (ROOT / "docs" / "ultralytics.md").read_text(encoding="utf-8")

    assert [name for name in ultralytics_like.NAMES if f"`{name}`" not in page] == []
