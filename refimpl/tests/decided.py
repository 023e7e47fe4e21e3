"""Dialects under which the two oracles are compared: each value of each decision alone, some together, and the presets."""

from __future__ import annotations

import dataclasses

import refimpl
from refimpl import DECISIONS, PRESETS
from refimpl.decisions_beyond import ROWS

SMALL = dataclasses.replace(refimpl.YOLOV8, num_classes=3, topk=3, reg_max=4, strides=(8, 16))

NUMBERS = {
    "topk2": 1, "reg_max": 1, "iou_eps": 1e-3, "overlap_eps": 1e-2, "inside_eps": 0.01, "norm_eps": 1e-4,
    "class_weights": (0.5, 2.0, 1.0),
}  # fmt: skip

BEYOND = {field for field, *_ in ROWS}
"""Fields that no op of the head reads."""

ALONE = {
    **{f"{d.field}={v.value}": {d.field: v.value} for d in DECISIONS.values() if d.field not in BEYOND for v in d.values[1:]},
    **{f"{field}={value}": {field: value} for field, value in NUMBERS.items()},
}
"""Every other value of a field, by itself."""

TOGETHER = {
    "own metric outside": {"owner_among": "all", "outside_metric": "own"},
    "zero metric outside": {"owner_among": "all"},
    "owner by metric of all": {"owner_among": "all", "outside_metric": "own", "owner_by": "metric"},
    "best of all, limited": {"at_least_one": True, "range_limit": True, "outside_metric": "own", "owner_among": "claimants"},
    "claimed, best claimant": {"normalised_over": "claimed", "score_of": "best_claimant", "owner_among": "claimants"},
    "none above": {"claim_above": 0, "owner_above": 0, "topk_among": "all_then_inside"},
    "no bins, kept best": {"reg_max": 1, "topk2": 2, "widen_gts": "to_second_stride"},
    "no ε anywhere": {"side_eps": "none", "union_eps": "none", "enclosing_eps": "none", "alpha_rule": "floor", "iou_eps": 1e-9},
    "α differentiated, gated": {"alpha_rule": "gated", "constant_alpha": False},
    "α differentiated, inside": {"aspect_factor": "inside", "constant_alpha": False, "ciou_range": (-1, 1)},
    "SIoU, zero sides": {"box_loss": "siou", "negative_sides": "zero", "side_eps": "aspect"},
}
"""Values that tell only beside others."""

DIALECTS = {
    **{name: dataclasses.replace(SMALL, **fields) for name, fields in {**ALONE, **TOGETHER}.items()},
    **{
        name: dataclasses.replace(preset, num_classes=3, topk=3, reg_max=min(preset.reg_max, 4), strides=(8, 16))
        for name, preset in PRESETS.items()
    },
}
