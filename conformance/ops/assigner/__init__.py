"""The task-aligned assigner, op by op and as a whole."""

from refimpl import alignment_metric, assign, candidates_in_gts, resolve_conflicts, select_topk

TITLE = "The task-aligned assigner"
OPS = (candidates_in_gts, alignment_metric, select_topk, resolve_conflicts, assign)
