"""Stages: where a whole first goes wrong. Each op the candidate offers is judged on what it would be given on the way.

The inputs of a stage are those of the reference on the counterexample, so that the first stage that breaks is the one
that holds a fault, not one that suffers from another.
"""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

import numpy as np

import refimpl
from conformance.candidate import Candidate
from conformance.examples import Property, ask
from conformance.foreign import CandidateError, NotServed
from conformance.judge import Broken, Judge, Undecided
from conformance.legal import TooManyToDecide
from conformance.protocol import GRADIENTS, PROTOCOL
from conformance.rounding import Precision
from conformance.spec import CLAUSES
from conformance.strategies import Case
from conformance.strategies.detection import image_size
from conformance.verdicts import Outcome
from refimpl.bce import sigmoid
from refimpl.detection import split_predictions

Arguments = Dict[str, Any]
WHOLES = ("assign", "bbox_loss", "detection_loss")
"""The ops that are made of others."""


def first_divergent(
    properties: List[Property], candidate: Candidate, whole: str, case: Case, precision: Precision, gradient: bool
) -> str:
    """One line for the user: the first stage of a broken whole that breaks by itself, or that none does.

    Parameters
    ----------
    properties : everything the suite judges
    whole : one of `WHOLES`
    case : the counterexample
    gradient : whether it breaks in its gradient; the stages are then judged by value and by gradient
    """
    passed = []
    for op, arguments in _stages(whole, case):
        if op not in (candidate.differentiable if gradient else candidate.ops) or op == whole:
            continue
        stage = Case(case.dialect, {name: _held(x, precision) for name, x in arguments.items()})
        for judged in properties:
            by_gradient = CLAUSES[judged.clause].gradient
            if judged.op == op and by_gradient <= gradient:
                asked = stage._replace(arguments={**stage.arguments, **_ones(op, stage)}) if by_gradient else stage
                if not _passes(judged, candidate, asked, precision, by_gradient):
                    return f"first divergent stage: {op} ({judged.clause})"
        passed.append(op)
    if not passed:
        return ""
    return f"first divergent stage: {whole} itself, for on its inputs {', '.join(dict.fromkeys(passed))} conform"


def _passes(judged: Property, candidate: Candidate, case: Case, precision: Precision, gradient: bool) -> bool:
    try:
        answer = ask(candidate, judged.op, case, precision, gradient)
        outcome = Outcome(judged.clause, judged.op, precision.dtype.name, "")
        judged.body(answer, case, Judge(precision, outcome, {}, {}))
    except (Broken, CandidateError):
        return False
    except (Undecided, TooManyToDecide, NotServed):
        pass
    return True


def _held(value: Any, precision: Precision) -> Any:
    """Floats as the precision can hold them."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.astype(precision.dtype).astype(np.float64)
    return value


def _ones(op: str, case: Case) -> Arguments:
    """A cotangent of ones for each result the op is differentiated from."""
    arguments = {name: case.arguments[name] for name in PROTOCOL[op].arguments}
    answer = getattr(refimpl, op)(**arguments, dialect=case.dialect)
    names = GRADIENTS[op].cotangents
    results = answer if isinstance(answer, tuple) else (answer,)
    return {name: np.ones(np.shape(result)) for name, result in zip(names, results)}


def _stages(whole: str, case: Case) -> List[Tuple[str, Arguments]]:
    """The ops a whole is made of, in their order, each with its arguments by name."""
    return {"assign": _of_assign, "bbox_loss": _of_bbox_loss, "detection_loss": _of_detection}[whole](case)


def _named(op: str, *values: Any) -> Tuple[str, Arguments]:
    return op, dict(zip(PROTOCOL[op].arguments, values))


def _of_assign(case: Case) -> List[Tuple[str, Arguments]]:
    d = case.dialect
    scores, boxes, points, gt_labels, gt_boxes, mask_gt = (case.arguments[name] for name in PROTOCOL["assign"].arguments)
    inside = refimpl.candidates_in_gts(points, gt_boxes, mask_gt, dialect=d)
    metric, overlaps = refimpl.alignment_metric(scores, boxes, gt_labels, gt_boxes, inside, dialect=d)
    claimed = refimpl.select_topk(metric, mask_gt, dialect=d)
    claims = claimed & inside if d.claims_inside else claimed
    b, g, a = np.nonzero(inside)
    return [
        _named("candidates_in_gts", points, gt_boxes, mask_gt),
        _named("ciou", gt_boxes[b, g], boxes[b, a]),
        _named("alignment_metric", scores, boxes, gt_labels, gt_boxes, inside),
        _named("select_topk", metric, mask_gt),
        _named("resolve_conflicts", claims, overlaps),
        ("assign", dict(case.arguments)),
    ]


def _of_bbox_loss(case: Case) -> List[Tuple[str, Arguments]]:
    at = np.nonzero(case.fg_mask)
    target, points = case.target_bboxes[at], case.anchor_points[at[1]]
    distance = refimpl.bbox2dist(points, target, dialect=case.dialect)
    return [
        _named("ciou", case.pred_bboxes[at], target),
        _named("bbox2dist", points, target),
        _named("dfl_loss", case.pred_dist[at], distance),
        ("bbox_loss", dict(case.arguments)),
    ]


def _of_detection(case: Case) -> List[Tuple[str, Arguments]]:
    d, size = case.dialect, image_size(case)
    shapes = [level.shape[2:] for level in case.feature_maps]
    pred_dist, logits = split_predictions(case.feature_maps, dialect=d)
    points, stride = refimpl.make_anchors(shapes, dialect=d)
    boxes = refimpl.decode_boxes(pred_dist, points, dialect=d)
    gt = refimpl.pad_targets(case.targets, len(logits), size, dialect=d)
    assigning = _named("assign", sigmoid(logits), boxes * stride, points * stride, *gt)
    assigned = refimpl.assign(**assigning[1], dialect=d)
    scores_sum = np.maximum(assigned.target_scores.sum(), 1)
    losing = _named(
        "bbox_loss", pred_dist, boxes, points, assigned.target_bboxes / stride, assigned.target_scores, scores_sum, assigned.fg_mask
    )
    return [
        _named("make_anchors", shapes),
        _named("dist2bbox", np.ones(boxes.shape), points),
        _named("decode_boxes", pred_dist, points),
        _named("pad_targets", case.targets, len(logits), size),
        *_of_assign(Case(d, assigning[1])),
        _named("bce_loss", logits, assigned.target_scores),
        *_of_bbox_loss(Case(d, losing[1])),
    ]
