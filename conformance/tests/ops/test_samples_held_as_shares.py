"""Samples of RoIAlign may be held as shares of the map, as `grid_sample` takes them: its side sets their rounding."""

import numpy as np

from conformance.calling.candidate import Candidate
from conformance.cases.case import Case
from conformance.judging.rounding import FLOAT32
from conformance.ops.spec import PROPERTIES
from conformance.trial.trial import trial
from refimpl import YOLOV8

ONE = np.float32(1)


class HeldAsShares:
    """One sample a bin, not aligned, in float32; `off` is added to each value."""

    off = 0.0

    def __init__(self, dialect):
        pass

    def roi_align(self, features, rois, output_size, spatial_scale, sampling_ratio, aligned):
        (x1, y1, x2, y2), (_, height, width) = (rois[0] * np.float32(spatial_scale)).T, features.shape
        sides = ((y1, y2, height), (x1, x2, width))
        rows, columns = (self.weights(a, np.maximum(b - a, ONE) / output_size, n, output_size) for a, b, n in sides)
        return np.einsum("dhw,ph,qw->dpq", features, rows, columns)[np.newaxis] + np.float32(self.off)

    def weights(self, start, step, cells, bins):
        at = start + (np.arange(bins, dtype=np.float32) + ONE / 2) * step
        share = np.clip(at, 0, cells - 1) * np.float32(2 / (cells - 1)) - ONE
        return np.maximum(ONE - np.abs(((share + ONE) / 2 * (cells - 1))[:, np.newaxis] - np.arange(cells, dtype=np.float32)), 0)


class OffByAHair(HeldAsShares):
    off = 1e-4


STEEP = np.float32([[-7.5, -5.75, -6.75, -7.75], [-6, -7, -8, -6.25], [-7.25, -5.5, -6.5, -7.5], [-5.75, -4.557855606, 0.957561553, -6]])
CASE = Case.of(
    YOLOV8,
    {
        "features": STEEP[np.newaxis].astype(np.float64),
        "rois": np.array([[8.0, 20.0, 12.0, 24.0]]),
        "output_size": 2,
        "spatial_scale": 0.125,
        "sampling_ratio": 1,
        "aligned": False,
    },
)
VALUES = [one for one in PROPERTIES if one.op == "roi_align" and not one.clause.endswith("g")]


def states(factory):
    return {trial(one, Candidate(factory, YOLOV8, "mine"), CASE, FLOAT32).state for one in VALUES}


def test_what_the_side_of_the_map_rounds_is_right():
    assert states(HeldAsShares) == {"HOLDS"}


def test_what_is_off_by_more_is_wrong():
    assert "BROKEN" in states(OffByAHair)
