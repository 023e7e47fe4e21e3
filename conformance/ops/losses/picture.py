"""Pictures of the losses."""

from conformance.ops.losses import picture_bins as bins
from conformance.ops.losses.picture_curve import cross_entropy
from conformance.ops.losses.picture_terms import terms
from conformance.ops.overlaps.picture import learned

PICTURES = {
    "bce_loss": (cross_entropy,),
    "dfl_loss": (bins.distribution,),
    "bbox_loss": (learned, bins.learned, terms),
}
