"""What is wrong with the inputs of a recorded step before any loss is computed: labels, maps, numbers that are not finite."""

from __future__ import annotations

from typing import Any, List, NamedTuple, Sequence, Tuple

import numpy as np

from refimpl import ContractError, Dialect
from refimpl.maps import image_size

IN_PX = 2.0
"""A coordinate of a label beyond this many images is none of a fraction."""


ENOUGH = 50
"""Logits of which none is outside of 0 … 1 by chance."""


class Fault(NamedTuple):
    """What is wrong, in a sentence; rows: of the targets it is about; fatal: whether the rest cannot be computed."""

    text: str
    rows: Tuple[int, ...] = ()
    fatal: bool = True


def faults(maps: Sequence[np.ndarray], targets: np.ndarray, dialect: Dialect) -> List[Fault]:
    """All that is wrong, the gravest first."""
    found = of_shapes(maps, targets, dialect)
    if found:
        return found
    return of_targets(targets, len(maps[0]), dialect.num_classes) + of_numbers(maps, dialect) + of_logits(maps, dialect) + of_order(targets)


def of_shapes(maps: Sequence[np.ndarray], targets: np.ndarray, dialect: Dialect) -> List[Fault]:
    """Maps that are not those of one image, or do not have 4R + C channels."""
    channels = 4 * dialect.reg_max + dialect.num_classes
    if targets.ndim != 2 or targets.shape[1] != 6:
        return [Fault(f"targets: expected (N, 6) image, class, cx, cy, w, h, got shape {targets.shape}")]
    if len(maps) != len(dialect.strides):
        return [Fault(f"maps: expected {len(dialect.strides)}, one for each stride of {dialect.strides}, got {len(maps)}")]
    last = all(level.ndim == 4 for level in maps) and _channels_last([level.shape[1:] for level in maps], channels)
    for i, level in enumerate(maps):
        if level.ndim != 4 or level.shape[1] != channels or len(level) != len(maps[0]):
            words = f"maps[{i}]: expected ({len(maps[0])}, {channels}, H, W), 4R + C channels, got {level.shape}"
            return [Fault("channels come last: is it transposed (NHWC)? " * last + words)]
    shapes = [level.shape[2:] for level in maps]
    try:
        image_size(shapes, dialect=dialect)
    except ContractError as error:
        return [Fault(_out_of_order(shapes, dialect) or str(error))]
    return []


def _channels_last(shapes: Sequence[Any], channels: int) -> bool:
    """Whether the last axis of every map has the channels: as many as expected, or one number where the first axes differ."""
    last = {shape[-1] for shape in shapes}
    return last == {channels} or len(last) == 1 < len({shape[0] for shape in shapes})


def _out_of_order(shapes: Sequence[Any], dialect: Dialect) -> str:
    """Whether maps fit the image once they are reversed, or once one of them is transposed: in words, "" if not."""
    if _of_one_image(shapes[::-1], dialect.strides):
        return f"maps come in reverse order: {_listed(shapes)} are of strides {', '.join(f'{s:g}' for s in dialect.strides[::-1])}"
    for i in range(len(shapes)):
        turned = [shape[::-1] if i == j else shape for j, shape in enumerate(shapes)]
        if _of_one_image(turned, dialect.strides):
            others = _listed([shape for j, shape in enumerate(shapes) if j != i])
            return f"maps[{i}] is transposed: (H, W) = {tuple(shapes[i])} does not fit {others}, {turned[i]} does"
    return ""


def _of_one_image(shapes: Sequence[Any], strides: Sequence[float]) -> bool:
    """Whether there is an image of which these are the maps, its last cells counted whole."""
    cells, side = np.array(shapes), np.array(strides)[:, None]
    return bool((((cells - 1) * side).max(axis=0) < (cells * side).min(axis=0)).all())


def _listed(shapes: Sequence[Any]) -> str:
    return ", ".join(str(tuple(shape)) for shape in shapes)


def of_numbers(maps: Sequence[np.ndarray], dialect: Dialect) -> List[Fault]:
    """The first number of the maps that is not finite."""
    for i, level in enumerate(maps):
        bad = ~np.isfinite(level)
        if bad.any():
            image, channel, y, x = (int(n) for n in np.argwhere(bad)[0])
            what = channel_name(channel, dialect)
            place = f"maps[{i}][{image}, {channel}, {y}, {x}] is {level[image, channel, y, x]}"
            return [Fault(f"{place}: {what} in image {image}; {int(bad.sum())} of {bad.size} numbers are not finite")]
    return []


def of_logits(maps: Sequence[np.ndarray], dialect: Dialect) -> List[Fault]:
    """Class logits of which none is below 0 or above 1, as no head answers them."""
    logits = np.concatenate([level[:, 4 * dialect.reg_max :].ravel() for level in maps])
    if logits.size < ENOUGH or not ((logits >= 0) & (logits <= 1)).all() or np.ptp(logits) == 0:
        return []
    words = f"class logits lie between {logits.min():.3g} and {logits.max():.3g}, all {logits.size} of them"
    return [Fault(f"{words}: probabilities, it seems, to which sigmoid is applied a second time", (), False)]


def channel_name(channel: int, dialect: Dialect) -> str:
    """What a channel of a map holds, in words."""
    bins = 4 * dialect.reg_max
    if channel >= bins:
        return f"logit of class {channel - bins}"
    side, bin = divmod(channel, dialect.reg_max)
    if dialect.reg_max == 1:
        return f"distance to the {('left', 'top', 'right', 'bottom')[side]} side"
    return f"bin {bin} of the {('left', 'top', 'right', 'bottom')[side]} side"


def of_targets(targets: np.ndarray, images: int, classes: int) -> List[Fault]:
    """Labels that are no boxes of an image of the batch."""
    columns = ("image", "class", "cx", "cy", "w", "h")
    found: List[Fault] = []
    infinite = ~np.isfinite(targets)
    if infinite.any():
        row, column = (int(n) for n in np.argwhere(infinite)[0])
        image = f" of image {targets[row, 0]:.0f}" if np.isfinite(targets[row, 0]) else ""
        rows = np.flatnonzero(infinite.any(axis=1))
        said = f"label {row}{image}: {columns[column]} is {targets[row, column]}"
        found.append(Fault(said + f"; {len(rows)} of {len(targets)} labels are not finite", tuple(map(int, rows))))
    image, label, boxes = targets[:, 0], targets[:, 1], targets[:, 2:]
    with np.errstate(invalid="ignore"):
        found += _rows(
            ~((image >= 0) & (image < images) & (image == np.floor(image))) & np.isfinite(image),
            lambda r: f"label {r}: image {targets[r, 0]:g}, and the batch has images 0 … {images - 1}",
        )
        found += _rows(
            ~((label >= 0) & (label < classes) & (label == np.floor(label))) & np.isfinite(label),
            lambda r: f"label {r}: class {targets[r, 1]:g}, and classes are 0 … {classes - 1} (num_classes {classes})",
        )
        far = (boxes > IN_PX).any(axis=1) & np.isfinite(boxes).all(axis=1)
        found += _rows(
            far, lambda r: f"labels are in px, not fractions of the image: label {r} has cx, cy, w, h = {_short(boxes[r])}"
        )
        found += _rows(
            (boxes[:, 2:] < 0).any(axis=1) & ~far, lambda r: f"label {r}: a side below 0, w, h = {_short(boxes[r, 2:])}"
        )
    return found


def of_order(targets: np.ndarray) -> List[Fault]:
    """Labels that are not sorted by image, which releases of Ultralytics from 8.4.25 on need."""
    back = np.flatnonzero(np.diff(targets[:, 0]) < 0)
    if not len(back):
        return []
    row = int(back[0]) + 1
    jump = f"label {row} is of image {targets[row, 0]:.0f}, the one before of image {targets[row - 1, 0]:.0f}"
    return [Fault(f"targets are not sorted by image ({jump}): Ultralytics from 8.4.25 on raises, or mixes their boxes up", (), False)]


def _rows(bad: np.ndarray, told: Any) -> List[Fault]:
    rows = np.flatnonzero(bad)
    if not len(rows):
        return []
    more = f"; {len(rows)} of {len(bad)} labels are so" if len(rows) > 1 else ""
    return [Fault(told(int(rows[0])) + more, tuple(map(int, rows)))]


def _short(values: np.ndarray) -> str:
    return ", ".join(f"{float(value):.4g}" for value in values)
