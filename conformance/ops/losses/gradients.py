"""Cases of the gradients of the losses."""

from __future__ import annotations

from conformance.cases.gradients import Kink, gradients
from conformance.ops.losses.cases import BIN_TARGETS, LOGIT_TARGETS, OUTSIDE_BIN_TARGETS
from conformance.ops.losses.foregrounds import FOREGROUNDS
from conformance.ops.overlaps.gradients import pair_kinks

AT_ZERO = Kink(lambda c: bool((c.logits == 0).all()), lambda arguments: arguments["logits"].fill(0))

ANY_BIN_TARGETS = BIN_TARGETS._replace(events={**BIN_TARGETS.events, **OUTSIDE_BIN_TARGETS.events})

GRADIENT_CASES = {
    "bce_loss": gradients("bce_loss", LOGIT_TARGETS, {"at zero": AT_ZERO}),
    "dfl_loss": gradients("dfl_loss", ANY_BIN_TARGETS),
    "bbox_loss": gradients("bbox_loss", FOREGROUNDS, pair_kinks("pred_bboxes", "target_bboxes")),
}
