"""Probes: each is drawn for every op whose signature calls for it, is a call that the reference takes, and kills its fault."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from conformance.candidates.dense_numpy import DenseNumPy
from conformance.calling.candidate import Candidate
from conformance.cases.protocol import OPS, fields_read
from conformance.cases.case import always
from conformance.cases.probes.calls import NOT_FINITE
from conformance.cases.probes.probed import probed
from conformance.cases.sizes import ODD, odd, variants
from conformance.judging.rounding import FLOAT32, FLOAT64
from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR, Outcome
from conformance.ops import family
from conformance.ops.right import Right
from conformance.ops.spec import PROPERTIES
from conformance.suite.run import settings
from conformance.suite import examination as module
from conformance.suite.examination import Examination
from conformance.trial.examples import can_be_asked, drawn
from refimpl import YOLO26, YOLOV8

SERVED = (YOLOV8, *variants(YOLOV8))
PROBES = {(one.op, id(one.cases), event): (one.op, one.clause, event) for one in PROPERTIES for event in sorted(one.cases.few)}
"""One of the clauses that look at the same cases, for each probe."""



@pytest.fixture(autouse=True)
def as_found(monkeypatch):
    """What broke is not made small: that takes most of the time."""
    monkeypatch.setattr(module, "SHRINKING", 0)


def judged(op, clause):
    return next(one for one in PROPERTIES if (one.op, one.clause) == (op, clause))


def verdict(op, clause, event, dtype="float32", **faulty):
    """The verdict on the right candidate with one faulty op, by one probe."""
    factory = type("Faulty", (Right,), faulty)
    run = settings(profile="quick", seed=None, dtype=dtype, only=None)
    outcome = Outcome(clause, op, dtype, event)
    examination = Examination(judged(op, clause), Candidate(factory, YOLOV8, "faulty"), run, outcome)
    examination.make_smallest = examination.look_into = lambda: None
    examination.conduct()
    return outcome.verdict


def kills(op, clause, event, fault):
    """Whether an event shows a fault of an op, and accuses no right one."""
    return [verdict(op, clause, event, "float64", **faulty) for faulty in ({op: fault}, {})] == [BREAKS, CONFORMS]


@pytest.mark.parametrize("op, clause, event", PROBES.values())
def test_every_probe_is_drawn_and_is_a_call_that_the_reference_takes(op, clause, event):
    cases = judged(op, clause).cases
    if not cases.possible(event, FLOAT64, SERVED):
        pytest.skip("an axis along which the op chooses")
    run = settings(profile="quick", seed=None, dtype="float64", only=None)

    for case in drawn(run, op, event, "float64", cases, SERVED):
        if case.manner != NOT_FINITE:
            names = OPS[op].arguments
            OPS[op].function(**{name: case.arguments[name] for name in names}, dialect=case.dialect)


def test_an_event_that_bears_the_name_of_a_probe_is_refused_lest_it_be_drawn_no_more():
    own = family.of("pad_targets", "cases")

    with pytest.raises(ValueError, match="pad_targets: events many images bear the names of probes"):
        probed(OPS["pad_targets"], own._replace(events={**own.events, "many images": always}), False)


def test_an_op_that_chooses_along_an_axis_is_not_asked_for_a_long_one():
    cases = judged("select_topk", "TAL-4").cases

    assert not cases.possible("many anchors", FLOAT32, SERVED) and cases.possible("many images", FLOAT32, SERVED)


def test_odd_hyperparameters_are_drawn_where_the_reference_reads_them():
    assert set(judged("iou", "IOU-1").events) & set(ODD) == {"other epsilon of overlaps"}
    assert {odd(dialect) for dialect in SERVED} == {"", *ODD}
    assert "alpha" in fields_read(OPS["assign"]) and not fields_read(OPS["bce_loss"])


def last_rows_wrong(self, boxes1, boxes2):
    return np.where(np.arange(len(boxes1)) < 1000, DenseNumPy.iou(self, boxes1, boxes2), 0)


def one_buffer(self, boxes1, boxes2):
    found = DenseNumPy.iou(self, boxes1, boxes2)
    kept = vars(self).setdefault("kept", {}).setdefault(found.shape, found)
    kept[...] = found
    return kept


def wrong_after_many(self, boxes1, boxes2):
    vars(self)["calls"] = vars(self).get("calls", 0) + 1
    return DenseNumPy.iou(self, boxes1, boxes2) + (vars(self)["calls"] > 200)


def as_if_contiguous(self, boxes1, boxes2):
    raw = [np.array(x.T if x.flags.f_contiguous and not x.flags.c_contiguous else x) for x in (boxes1, boxes2)]
    return DenseNumPy.iou(self, *(x.reshape(boxes1.shape) for x in raw))


def in_the_order_of_memory(self, average, value, decay):
    flat = decay * np.ravel(average, order="K") + (1 - decay) * np.ravel(value, order="K")
    return flat.reshape(np.shape(average))


def hides(self, logits, targets):
    return np.nan_to_num(DenseNumPy.bce_loss(self, logits, targets))


def own_epsilon(self, boxes1, boxes2):
    return DenseNumPy(YOLOV8).iou(boxes1, boxes2)


def half_inside(self, boxes1, boxes2):
    return DenseNumPy.iou(self, *(x.astype(np.float16).astype(x.dtype) for x in (boxes1, boxes2)))


def known_by_the_first_box(self, points, boxes, mask):
    found = DenseNumPy.candidates_in_gts(self, points, boxes, mask)
    known = vars(self).setdefault("known", {})
    return known.setdefault((points.tobytes(), boxes[:, :1].tobytes(), found.shape), found)


def labels_in_a_byte(self, scores, boxes, labels, *rest):
    return DenseNumPy.alignment_metric(self, scores, boxes, labels % 256, *rest)


def labels_of_64_boxes(self, scores, boxes, labels, *rest):
    return DenseNumPy.alignment_metric(self, scores, boxes, labels[:, np.arange(labels.shape[1]) % 64], *rest)


def at_most_one(self, metric, mask):
    return DenseNumPy.select_topk(self, np.minimum(metric, 1), mask)


def at_most_32(self, metric, mask):
    k = min(self.dialect.topk, 32)
    return DenseNumPy(replace(self.dialect, topk=k)).select_topk(metric, mask)


def without_small_overlaps(self, claims, overlaps):
    return DenseNumPy.resolve_conflicts(self, claims, np.where(overlaps < 1e-5, 0, overlaps))


def nothing_past_512(self, *arguments):
    labels, boxes, scores, fg_mask, owner = DenseNumPy.assign(self, *arguments)
    fg_mask[:, 512:], scores[:, 512:] = 0, 0
    return labels, boxes, scores, fg_mask, owner


def sum_at_least_one(self, dist, boxes, points, target, scores, scores_sum, mask):
    return DenseNumPy.bbox_loss(self, dist, boxes, points, target, scores, np.maximum(scores_sum, 1), mask)


def equal_when_near(self, boxes1, boxes2):
    near = np.abs(boxes1 - boxes2).max(axis=-1) < 1e-2 * np.abs(boxes1).max(axis=-1)
    return np.where(near, 1, DenseNumPy.iou(self, boxes1, boxes2))


def share_in_quarters(self, one, other, lam):
    return Right(self.dialect).mixup(one, other, round(lam * 4) / 4)


def ranked_in_float32(self, boxes, scores, threshold):
    return Right(self.dialect).nms(boxes, scores.astype(np.float32), threshold)


def none_is_all(self, rows, score, iou, count):
    return Right(self.dialect).detections(rows, score, iou, count or 300)


def wrong_past_16_bits(self, logits, targets):
    found = DenseNumPy.bce_loss(self, logits, targets)
    return np.where(np.arange(found.size).reshape(found.shape) < 65536, found, 0)


def rows_by_a_reciprocal(self, shapes):
    cells = [np.arange(h * w) for h, w in shapes]
    rows = [np.floor(i * (1 / w)) for i, (_, w) in zip(cells, shapes)]
    points = [np.stack([i - y * w, y], axis=-1) + 0.5 for i, y, (_, w) in zip(cells, rows, shapes)]
    return np.concatenate(points), DenseNumPy.make_anchors(self, shapes)[1]


def largest_of_16_bins(self, dist, points):
    logits = dist.reshape(*dist.shape[:2], 4, -1)
    with np.errstate(over="ignore", invalid="ignore"):
        mass = np.exp(logits - logits[..., :16].max(axis=-1, keepdims=True))
        distance = mass @ np.arange(logits.shape[-1]) / mass.sum(axis=-1)
    return DenseNumPy.dist2bbox(self, distance, points)


def on_a_bin_when_near(self, dist, target):
    near = np.abs(target - np.rint(target)) < 1e-4
    return DenseNumPy.dfl_loss(self, dist, np.where(near, np.rint(target), target))


def eight_regions(self, features, rois, *rest):
    pooled = Right(self.dialect).roi_max_pool(features, rois, *rest)
    return np.where(np.arange(len(rois)).reshape(-1, 1, 1, 1) < 8, pooled, 0)


def channels_in_fours(self, features, *rest):
    pooled, whole = Right(self.dialect).roi_align(features, *rest), len(features) // 4 * 4
    return np.where(np.arange(len(features)).reshape(-1, 1, 1) < (whole or len(features)), pooled, 0)


def sides_up_to_512(self, anchors, deltas):
    wide = (anchors[:, 2:] - anchors[:, :2]).max(axis=-1, keepdims=True) > 512
    return np.where(wide, anchors, Right(self.dialect).decode_deltas(anchors, deltas))


def classes_modulo_80(self, boxes, scores, classes, threshold):
    return Right(self.dialect).batched_nms(boxes, scores, classes % 80, threshold)


def moved_by_the_largest(self, boxes, scores, classes, threshold):
    by = boxes.max(initial=0) + 1 if np.isfinite(boxes).all() else 1e4
    return Right(self.dialect).nms(boxes + by * classes[:, np.newaxis], scores, threshold)


def four_times_as_many_enter(self, rows, score, iou, count):
    best = np.sort(np.argsort(-rows[4:].max(axis=0), kind="stable")[: 4 * count])
    return Right(self.dialect).detections(rows[:, best], score, iou, count)


def half_past_64(self, maps):
    found = Right(self.dialect).predict(maps)
    return found.astype(np.float16).astype(found.dtype) if found.shape[-1] > 64 else found


def at_most_32_boxes(self, maps, targets):
    rank = np.array([np.sum(targets[:i, 0] == row[0]) for i, row in enumerate(targets)])
    return DenseNumPy.detection_loss(self, maps, targets[rank < 32])


def some_size(self, *arguments):
    return Right(self.dialect).propose(*arguments[:-1], max(arguments[-1], 1e-6))


@pytest.mark.parametrize(
    "op, clause, event, fault",
    [
        ("iou", "IOU-1", "many rows", last_rows_wrong),
        ("iou", "IOU-1", "kept while asked again", one_buffer),
        ("iou", "IOU-1", "asked often", wrong_after_many),
        ("iou", "IOU-1", "transposed in memory", as_if_contiguous),
        ("ema_update", "EMA-2", "each second transposed in memory", in_the_order_of_memory),
        ("bce_loss", "BCE-1", NOT_FINITE, hides),
        ("iou", "IOU-1", "other epsilon of overlaps", own_epsilon),
        ("iou", "IOU-1", "far from the origin", half_inside),
        ("candidates_in_gts", "TAL-1", "asked before with an end changed", known_by_the_first_box),
        ("alignment_metric", "TAL-3", "300 classes", labels_in_a_byte),
        ("alignment_metric", "TAL-3", "many ground truths", labels_of_64_boxes),
        ("select_topk", "TAL-4", "of every magnitude", at_most_one),
        ("select_topk", "TAL-4", "37 claims", at_most_32),
        ("resolve_conflicts", "TAL-5", "of every magnitude", without_small_overlaps),
        ("assign", "TAL-4", "behind many others", nothing_past_512),
        ("bbox_loss", "BOX-1", "of every magnitude", sum_at_least_one),
        ("bce_loss", "BCE-1", "many elements", wrong_past_16_bits),
        ("iou", "IOU-1", "hardly apart", equal_when_near),
        ("mixup", "MIX-1", "odd ratios", share_in_quarters),
        ("detections", "NMS-5", "max_det of 0", none_is_all),
        ("nms", "NMS-1", "a hair apart", ranked_in_float32),
        ("make_anchors", "ANC-1", "every width", rows_by_a_reciprocal),
        ("decode_boxes", "DEC-3", "17 bins", largest_of_16_bins),
        ("dfl_loss", "DFL-1", "close to a bin", on_a_bin_when_near),
        ("roi_max_pool", "ROI-1", "many regions", eight_regions),
        ("roi_align", "RAL-3", "many channels", channels_in_fours),
        ("decode_deltas", "DLT-2", "16384 times as large", sides_up_to_512),
        ("batched_nms", "NMS-4", "every class in one place", classes_modulo_80),
        ("batched_nms", "NMS-3", "apart by the largest coordinate", moved_by_the_largest),
        ("detections", "NMS-5", "doubles above the cap", four_times_as_many_enter),
        ("predict", "PRD-2", "many cells", half_past_64),
        ("detection_loss", "DET-1", "behind many boxes", at_most_32_boxes),
        ("propose", "RPN-3", "no least size", some_size),
    ],
)
def test_a_probe_kills_the_fault_it_is_for_and_nothing_right(op, clause, event, fault):
    assert kills(op, clause, event, fault)


@pytest.mark.parametrize("event", ["lattice", "kept while asked again"])
def test_a_head_without_bins_is_not_asked_for_their_loss(event):
    cases, run = judged("dfl_loss", "DFL-1").cases, settings(profile="quick", seed=None, dtype="float64", only=None)
    some = (YOLO26, *variants(YOLO26))

    assert not cases.possible(event, FLOAT64, (YOLO26,)) and cases.possible(event, FLOAT64, some)
    assert all(case.dialect.reg_max > 1 for case in drawn(run, "dfl_loss", event, "float64", cases, some))


def test_what_is_no_number_is_not_asked_on_a_gpu():
    cases, here = judged("bce_loss", "BCE-1").cases, SimpleNamespace(served=SERVED, device="cpu")

    assert can_be_asked(cases, NOT_FINITE, FLOAT32, here)
    assert not can_be_asked(cases, NOT_FINITE, FLOAT32, SimpleNamespace(served=SERVED, device="cuda:0"))


def test_a_gradient_that_the_next_one_overwrites_is_seen():
    def one_buffer_of_gradients(self, *arguments):
        found = DenseNumPy.bce_loss_vjp(self, *arguments)
        kept = vars(self).setdefault("kept", {}).setdefault(found.shape, found)
        kept[...] = found
        return kept

    assert verdict("bce_loss", "BCE-1g", "kept while asked again", bce_loss_vjp=one_buffer_of_gradients) == BREAKS
    assert verdict("bce_loss", "BCE-1g", "kept while asked again") == CONFORMS


def test_a_candidate_that_raises_on_other_layouts_is_not_accused():
    def view(self, boxes1, boxes2):
        if not boxes1.flags.c_contiguous:
            raise RuntimeError("view size is not compatible with input tensor's size and stride")
        return DenseNumPy.iou(self, boxes1, boxes2)

    assert verdict("iou", "IOU-1", "transposed in memory", iou=view) != ERROR


@pytest.mark.parametrize("op", ["assign", "select_topk"])
def test_a_single_anchor_is_asked_only_where_a_box_claims_no_more(op):
    cases = next(judged.cases for judged in PROPERTIES if judged.op == op)
    run = settings(profile="standard", seed=5, dtype="float64", only=op)

    asked = drawn(run, op, "one anchor", "float64", cases, SERVED)

    assert asked and all(case.dialect.topk == 1 for case in asked)
    assert not cases.possible("one anchor", FLOAT64, (YOLOV8,))
    assert cases.possible("one anchor", FLOAT64, (replace(YOLOV8, fewer_anchors_than_topk=True),))
