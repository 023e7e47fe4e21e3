"""Other ways to write the binary cross-entropy of a logit."""

from __future__ import annotations

import numpy as np

from conformance.candidates.dense_numpy import DenseNumPy, sigmoid
from conformance.candidates.variants.variant import variant


@variant("BCE is max(x, 0) − x·z + log1p(exp(−|x|))")
class BceByMaximum(DenseNumPy):
    def bce_loss(self, logits, targets):
        return np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))


@variant("BCE is (1 − z)·x + softplus(−x), as PyTorch has it")
class BceByRemainder(DenseNumPy):
    def bce_loss(self, logits, targets):
        return (1 - targets) * logits + np.maximum(-logits, 0) + np.log1p(np.exp(-np.abs(logits)))


@variant("BCE is softplus(x) − z·x")
class BceBySoftplus(DenseNumPy):
    def bce_loss(self, logits, targets):
        return np.logaddexp(logits, 0) - targets * logits


@variant("BCE is −z·log σ(x) − (1 − z)·log σ(−x), each logarithm a log1p that never overflows")
class BceByLogSigmoids(DenseNumPy):
    def bce_loss(self, logits, targets):
        rest = np.log1p(np.exp(-np.abs(logits)))
        yes, no = np.minimum(logits, 0) - rest, np.minimum(-logits, 0) - rest
        return -targets * yes - (1 - targets) * no


@variant("softplus is x itself past 20, as in torch.nn.functional.softplus")
class BceByCutSoftplus(DenseNumPy):
    def bce_loss(self, logits, targets):
        softplus = np.where(logits > 20, logits, np.log1p(np.exp(np.minimum(logits, 20))))
        return softplus - targets * logits


@variant("log(1 + exp(−|x|)) without log1p")
class BceByPlainLogarithm(DenseNumPy):
    def bce_loss(self, logits, targets):
        return np.maximum(logits, 0) - logits * targets + np.log(1 + np.exp(-np.abs(logits)))


@variant("the gradient of BCE is σ(x) − z, σ through tanh")
class BceGradientByTanh(DenseNumPy):
    def bce_loss_vjp(self, logits, targets, cotangent):
        return cotangent * ((np.tanh(logits / 2) + 1) / 2 - targets)


@variant("the gradient of BCE is (1 − z) − σ(−x)")
class BceGradientByRemainder(DenseNumPy):
    def bce_loss_vjp(self, logits, targets, cotangent):
        return cotangent * ((1 - targets) - sigmoid(-logits))
