"""What a source printed beside an example: compared with what is stored, to the last printed digit.

`printed.<name>` holds the digits as numbers, NaN where nothing was printed, and `printed.<name>.half` half a unit of
the last digit. The name is that of an output, or of something computed from the outputs by `DERIVED`.
"""

from __future__ import annotations

from typing import Callable, Dict, Iterator, Mapping, Sequence

import numpy as np

from golden.manifest import Entry, Erratum

Tensors = Mapping[str, np.ndarray]


def _one_hot(entry: Entry, tensors: Tensors) -> np.ndarray:
    """Class of the owner of each foreground anchor: (B, A, C)."""
    labels, fg = tensors["out.target_labels"], tensors["out.fg_mask"]
    return (labels[..., np.newaxis] == np.arange(entry.dialect.num_classes)) & fg[..., np.newaxis]


def _bin_weights(entry: Entry, tensors: Tensors) -> np.ndarray:
    """Weights of the left and the right bin, from the losses of three targets: left bin, between, right bin: (2,)."""
    left, between, right = tensors["out.loss"]
    return np.array([(right - between) / (right - left), (between - left) / (right - left)])


DERIVED: Dict[str, Callable[[Entry, Tensors], np.ndarray]] = {"one_hot": _one_hot, "bin_weights": _bin_weights}
"""What was printed and is no output of the op."""


def misprints(entry: Entry, tensors: Tensors, errata: Sequence[Erratum]) -> Iterator[str]:
    """Where the stored expectation and the printed digits disagree, recorded errata aside."""
    for name in [name[len("printed.") :] for name in tensors if name.startswith("printed.") and not name.endswith(".half")]:
        stored = DERIVED[name](entry, tensors) if name in DERIVED else tensors[f"out.{name}"]
        digits, half = tensors[f"printed.{name}"], tensors[f"printed.{name}.half"]
        wrong = np.abs(stored - digits) > half
        for erratum in errata:
            if entry.id in erratum.cases and erratum.output == name:
                yield from _unconfirmed(erratum, stored, digits, half)
                wrong[erratum.index] = False
        for at in np.argwhere(wrong)[:1]:
            at = tuple(map(int, at))
            yield f"{name}{list(at)}: printed {digits[at]:.9g} ± {half[at]:.3g}, stored {stored[at]:.17g}"


def _unconfirmed(erratum: Erratum, stored: np.ndarray, digits: np.ndarray, half: np.ndarray) -> Iterator[str]:
    """An erratum is confirmed if the seed's digits are as recorded and wrong, and the right ones are right."""
    at, says, right = erratum.index, float(erratum.seed_says), float(erratum.right)
    if digits[at] != says or abs(stored[at] - says) <= half[at] or abs(stored[at] - right) > half[at]:
        yield f"{erratum.output}{list(at)}: erratum says {says} for {right}, printed {digits[at]:.9g}, stored {stored[at]:.17g}"
