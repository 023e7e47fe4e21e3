"""The variants in PyTorch by name; their modules import it, so they wait until one is asked for."""

from __future__ import annotations

from conformance.candidates.variants.variant import on_demand

on_demand(
    "torch",
    "runs",
    Eager="dense PyTorch as it stands, gradients from autograd",
    OneThread="every op on one thread",
    TwoThreads="every op on two threads",
    InFloat64="all is computed and answered in float64, whatever came",
    TransposedInMemory="arguments and answers lie in memory with the last axis the slowest",
    CompiledSlow="decode, CIoU, BCE and DFL are compiled by torch.compile, which takes minutes",
)
on_demand(
    "torch",
    "overlaps",
    Relu="the overlap of two boxes is a relu, without gradient at contact",
    MaximumWithZero="the overlap is torch.maximum with zeros, with half the gradient at contact",
    WhereAboveZero="the overlap is torch.where(x > 0, x, 0)",
    WhereAtLeastZero="the overlap is torch.where(x >= 0, x, 0)",
    ClampInPlace="the overlap is clamped in place",
    CornersByWhere="of two equal corners the second learns, by torch.where",
    CornersByClamp="a corner is one box's clamped to the other's",
    CornersByStack="corners are amin and amax of a stack, which share the gradient of equal ones",
    OverlapByMask="the overlap is torch.where((w > 0) & (h > 0), w·h, 0)",
    AlphaWithoutGraph="alpha is v / (v − iou + (1 + ε)), computed where nothing is recorded",
    AnglesByArctan2="angles are atan2(w, h), as autograd differentiates it",
)
on_demand(
    "torch",
    "losses",
    BceByHand="BCE is clamp(x, 0) − x·z + log1p(exp(−|x|))",
    BceByRelu="BCE is relu(x) − x·z + log(1 + exp(−|x|))",
    BceBySoftplus="BCE is F.softplus(x) − x·z",
    BceByLogsigmoid="BCE is the two F.logsigmoid terms weighted by z and 1 − z",
    BceByLogaddexp="BCE is torch.logaddexp(x, 0) − x·z",
    DflByCrossEntropy="DFL is two unreduced F.cross_entropy, as in Ultralytics before 8.4.104",
    DflBySoftLabels="DFL is F.cross_entropy against the weights of all bins",
    DflByLerp="DFL is torch.lerp between the cross-entropies of two bins",
    DflByLogsumexp="DFL is logsumexp less the logits under two one-hot rows",
    DecodeByConvolution="the expectation is a 1×1 convolution, as in the DFL module of Ultralytics",
    DecodeByMatrix="the expectation is a matrix product",
    DecodeByPowersOfTwo="softmax by exp2",
    DecodeByLogSoftmax="probabilities are exp of the log-softmax",
    DecodeByLogsumexp="probabilities are exp of x less its logsumexp",
    ForegroundByMask="losses of all anchors times the foreground mask, background boxes replaced by torch.where",
    Reduced="BCE is reduced by the library, sums are divided by S last, components are detached",
    PerImage="the detection loss is gathered image by image, each padded and assigned on its own",
)
on_demand(
    "torch",
    "assigner",
    SparsePairs="metric and overlap are computed for the pairs on the mask only",
    StableSort="top-k by a stable descending sort",
    LastOfEquals="of equal metrics and overlaps the last is taken",
    CountedClaims="claims are counted with scatter_add and answered as floats, as in Ultralytics; small integer types",
)
on_demand(
    "torch",
    "around",
    SortedSuppression="suppression after torch.argsort, which puts equal scores in any order",
    PredictionByModules="a prediction of torch's softmax and sigmoid, level by level",
    DeltasByClamp="growth is clamped by torch.clamp, gradients from autograd",
    PooledByAmax="the largest by torch.amax, which shares the gradient of equals",
    PooledByMaxOfRows="the largest by torch.max of rows, then of columns, which gives it to one",
    LerpedAverage="an average by torch.lerp",
    SampledByShares="RoiAlign by grid_sample, for which samples are shares of the map",
)
