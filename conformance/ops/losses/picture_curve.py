"""The curve: binary cross-entropy over the logit, for the soft target that is judged."""

from __future__ import annotations

from typing import List

import numpy as np

import refimpl
from conformance.paper.markup import Markup, tag
from conformance.ops.subject import Subject
from conformance.paper.marks import WIDTH, cross, label, legend, line, picture, ring, short, words

_TALL, _LEFT = 180.0, 12.0


def cross_entropy(subject: Subject, key: str) -> Markup | None:
    """The loss of one logit, and where it lies on the curve of its target."""
    logits, targets = subject.case.logits, subject.case.targets
    if not logits.size:
        return None
    at = subject.index if len(subject.index) == logits.ndim else np.unravel_index(0, logits.shape)
    logit, target = float(logits[at]), float(targets[at])
    reach = max(6.0, 1.2 * abs(logit))
    x = np.linspace(-reach, reach, 121)
    y = refimpl.bce_loss(x, np.full_like(x, target))
    top = float(y.max())

    def place(logit: float, loss: float) -> tuple[float, float]:
        loss = float(np.nan_to_num(np.clip(loss, -0.1 * top, 1.1 * top), nan=-0.1 * top))
        return _LEFT + (logit + reach) / (2 * reach) * (WIDTH - 2 * _LEFT), _TALL - 20 - loss / top * (_TALL - 40)

    points = "L".join("{:.1f} {:.1f}".format(*place(*pair)) for pair in zip(x, y))
    zero = place(0, 0)
    drawn: List[Markup] = [line((_LEFT, zero[1]), (WIDTH - _LEFT, zero[1]), "axis")]
    drawn.append(tag("path", d="M" + points, class_="centres"))
    drawn += [label(place(tick, 0)[0], _TALL - 4, short(tick), "tick middle") for tick in (-reach, 0, reach)]
    entries, said = [("centres", f"loss over the logit, for the target {short(target)}")], [f"logit {short(logit)}"]
    marks = (("ring", ring, "expected", subject.expected), ("cross", cross, "got", subject.got))
    for name, draw, word, answer in marks:
        if "loss" in answer:
            drawn.append(draw(*place(logit, float(answer["loss"][at]))))
            entries.append((name, f"{word} {short(answer['loss'][at])}"))
    marks_drawn, below = legend(_TALL, *entries)
    text, end = words(_TALL + below, said)
    told = ", ".join([*said, *(meaning for _, meaning in entries)])
    return picture(f"{key}-curve", "Cross-entropy", told, _TALL + below + end, *drawn, marks_drawn, text)
