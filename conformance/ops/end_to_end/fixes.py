"""Mistakes in the loss of two heads, each mended in one line."""

from conformance.ops.fix import Fix

_WEIGHTS = Fix(
    "by_many = 0.7 * max(1 - epoch / max(epochs - 1, 1), 0) + 0.1; total = by_many * many + (1 - by_many) * one",
    "by_many = 0.7 * jnp.maximum(1 - epoch / max(epochs - 1, 1), 0) + 0.1; total = by_many * many + (1 - by_many) * one",
    "const double by_many = 0.7 * std::max(1.0 - epoch / std::max(epochs - 1.0, 1.0), 0.0) + 0.1;",
)
_ONE = Fix(
    "one = detection_loss(one_to_one, targets, topk=7, topk2=1)  # of what a box wins it keeps the best",
    "one = detection_loss(one_to_one, targets, topk=7, topk2=1)  # of what a box wins it keeps the best",
    "one = detection_loss(one_to_one, targets, /*topk=*/7, /*topk2=*/1);  // of what a box wins it keeps the best",
)
_SHOWN = Fix(*("return total, one.components",) * 2, "return {total, one.components};")

FIXES = {
    **{f"heads-{name}": _WEIGHTS for name in ("never-fade", "unweighted", "weights-exchanged", "one-to-one-stays", "epoch-from-1")},
    **{f"heads-{name}": _WEIGHTS for name in ("over-all-epochs", "fade-on", "of-one-epoch-divide-by-0", "fade-to-0", "fade-by-calls")},
    **{f"heads-one-{name}": _ONE for name in ("keeps-all", "keeps-two", "claims-one", "claims-as-many", "claims-6")},
    **{f"heads-show-{name}": _SHOWN for name in ("many", "both", "weighted")},
}
