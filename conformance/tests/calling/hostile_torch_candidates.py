"""Candidates in torch that are right, and misbehave in one way each; their `bce_loss` refuses if torch is not as it was."""

import torch

from conformance.candidates.dense_torch import DenseTorch


def settings():
    """What a candidate can set for all of torch."""
    return torch.get_default_dtype(), torch.get_num_threads()


class Right(DenseTorch):
    """A port that is right, and sees whether another op has changed torch."""

    def __init__(self, dialect):
        super().__init__(dialect)
        self.settings = settings()

    def iou(self, boxes1, boxes2):
        values = super().iou(boxes1, boxes2)
        self.after(boxes1, boxes2)
        return values

    def bce_loss(self, logits, targets):
        if settings() != self.settings:
            raise RuntimeError(f"torch was {self.settings}, and is {settings()}")
        return super().bce_loss(logits, targets)

    def after(self, boxes1, boxes2):
        pass


def then(action):
    """A candidate that finds its answer, and then does something."""
    return type("Doing", (Right,), {"after": lambda self, boxes1, boxes2: action(boxes1, boxes2)})


class OnAbsentDevice(Right):
    device = "cuda:99"


writes_into_inputs = then(lambda boxes1, boxes2: boxes1.data.add_(1))
writes_while_recording = then(lambda boxes1, boxes2: boxes2.requires_grad and boxes2.data.add_(1))
needs_a_gpu = then(lambda boxes1, boxes2: boxes1.cuda())

changes_default_dtype = then(lambda *_: torch.set_default_dtype(torch.float16))
changes_threads = then(lambda *_: torch.set_num_threads(torch.get_num_threads() + 1))
changes_grad_mode = then(lambda *_: torch.set_grad_enabled(False))
changes_random_state = then(lambda *_: torch.manual_seed(1))
asks_for_gradients = then(lambda boxes1, boxes2: boxes2.detach_().requires_grad_())
