"""Targets: labelled boxes of a batch, one row each, as fractions of the image."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from conformance.cases.case import Case, Cases, also_asked_before, always
from conformance.cases.draws import composite, in_precision, numbers, realness, served_with


def images(case: Case) -> np.ndarray:
    """The image each target belongs to."""
    return case.targets[:, 0]


def pixels(case: Case) -> np.ndarray:
    """Corners of the targets, px, float64."""
    height, width = case.image_size
    centre, half = case.targets[:, 2:4], case.targets[:, 4:] / 2
    return np.concatenate([centre - half, centre + half], axis=1) * [width, height, width, height]


EVENTS = {
    "lattice": always,
    "real": always,
    "H != W": lambda c: c.image_size[0] != c.image_size[1],
    "unsorted": lambda c: (np.diff(images(c)) < 0).any(),
    "empty first image": lambda c: len(c.targets) > 0 and images(c).min() > 0,
    "empty last image": lambda c: len(c.targets) > 0 and images(c).max() < c.batch_size - 1,
    "empty middle image": lambda c: {0, 1, 2} - set(images(c)) == {1},
    "boxes in every image": lambda c: set(images(c)) == {0, 1, 2} and len(c.targets) > 3,
    "no targets": lambda c: len(c.targets) == 0,
    "several boxes in an image": lambda c: len(c.targets) > len(set(images(c))),
    "off the image": lambda c: ((pixels(c) < 0).any(1) & (pixels(c).sum(1) > 0)).any(),
    "coordinate sum not positive": lambda c: (pixels(c).sum(1) <= 0).any(),
    "coordinate sum hardly positive": lambda c: bool(((pixels(c).sum(1) > 0) & (pixels(c).sum(1) < 1e-3)).any()),
    "coordinate sum zero": lambda c: (pixels(c).sum(1) == 0).any(),
    "coordinate sum positive as fractions alone": lambda c: bool(
        ((pixels(c).sum(1) < 0) & (c.targets[:, 2:4].sum(1) > 0)).any()
    ),
    "zero area": lambda c: (c.targets[:, 4:] == 0).any(),
    "duplicate boxes": lambda c: len(c.targets) > len(np.unique(c.targets, axis=0)),
    "largest class": lambda c: bool((c.targets[:, 1] == c.dialect.num_classes - 1).any()) and c.dialect.num_classes > 1,
    "more than 256 images": lambda c: bool((images(c) > 256).any()),
    "more than 300 boxes": lambda c: len(c.targets) > 300,
}


@composite
def target_rows(draw, image, classes, *, precision, real=False, low=0.0625, high=0.9375):
    """Draw one labelled box for each entry of `image`: (N, 6)."""
    count = len(image)
    labels = draw(st.lists(st.integers(0, classes - 1), min_size=count, max_size=count), label="classes")
    centre = draw(numbers((count, 2), low, high, step=0.0625, precision=precision, real=real), label="centre")
    size = draw(numbers((count, 2), 0.0625, 0.75, step=0.0625, precision=precision, real=real), label="size")
    return np.concatenate([np.array([image, labels], np.float64).T.reshape(-1, 2), centre, size], axis=1)


@composite
def _target_cases(draw, event, precision, served):
    if event == "unsorted":
        served = served_with(served, any_target_order=bool)
    if event == "largest class":
        served = served_with(served, num_classes=lambda classes: classes == max(d.num_classes for d in served))
    dialect = draw(st.sampled_from(served))
    batch_size = 3 if event in ("empty middle image", "boxes in every image") else draw(st.integers(2, 3), label="B")
    if event == "more than 256 images":
        batch_size = 260
    image = {
        "no targets": [],
        "more than 256 images": [0, 9, 257],
        "empty first image": [1],
        "empty last image": [0],
        "empty middle image": [0, 2],
        "boxes in every image": [0, 0, 1, 1, 2],
        "unsorted": [1, 0],
    }.get(event, [0])
    more = draw(st.lists(st.sampled_from(image or [0]), max_size=3), label="more") if image else []
    if event == "several boxes in an image":
        more = [0, *more]
    image = image + more
    if event != "unsorted" or not dialect.any_target_order:
        image = sorted(image)
    real = draw(realness(event), label="real")
    rows = draw(target_rows(image, dialect.num_classes, precision=precision, real=real), label="targets")
    rows = _shaped(draw, event, rows, dialect)
    height = 32 * draw(st.integers(1, 4), label="H / 32")
    width = 32 * draw(st.integers(1, 4), label="W / 32")
    if event == "H != W" and width == height:
        width += 32
    if event == "coordinate sum positive as fractions alone":
        width = 4 * height
    if event == "real":
        height, width = height - draw(st.integers(0, 31), label="less"), width - draw(st.integers(0, 31), label="less")
    arguments = {"targets": in_precision(rows, precision), "batch_size": batch_size, "image_size": (height, width)}
    return Case.of(dialect, arguments)


def _shaped(draw, event, rows, dialect):
    """The rows (N, 6), changed so that the event occurs."""
    if event == "off the image":
        rows[0, 2:] = [0.125, 0.5, 0.5, 0.5]
    if event == "coordinate sum not positive":
        rows[0, 2:] = [*[draw(st.sampled_from([-0.125, -0.5]), label="centre")] * 2, 0.25, 0.5]
    if event == "coordinate sum hardly positive":
        rows[0, 2:] = [2.0**-20, 0, 0.25, 0.5]
    if event == "coordinate sum zero":
        rows[0, 2:] = [0, 0, 0.25, 0.5]
    if event == "coordinate sum positive as fractions alone":
        rows[0, 2:] = [-0.125, 0.1875, 0.25, 0.25]
    if event == "zero area":
        rows[0, 4 + draw(st.integers(0, 1))] = 0
    if event == "largest class":
        rows[0, 1] = dialect.num_classes - 1
    if event == "duplicate boxes":
        rows = np.concatenate([rows[:1], rows])
    if event == "more than 300 boxes":
        rows = np.concatenate([rows[:1]] * 301 + [rows])
        rows[:, 2] += np.arange(len(rows)) / 4096
    return rows


def _possible(event, precision, served):
    if event == "largest class":
        return any(d.num_classes > 1 for d in served)
    return event != "unsorted" or any(d.any_target_order for d in served)


TARGETS = also_asked_before(
    Cases(EVENTS, _target_cases, _possible), lambda c: {"targets": c.targets[:, [0, 1, 3, 2, 5, 4]].copy()}
)

CASES = {"pad_targets": TARGETS}
