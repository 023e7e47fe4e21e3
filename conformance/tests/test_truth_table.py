"""What the real command line says of candidates that answer, and of those that do not: the truth table of the harness."""

import subprocess
import sys
from pathlib import Path

import pytest

import conformance

ROOT = Path(conformance.__file__).parents[1]

CANDIDATES = '''
import numpy as np
import refimpl

class Right:
    """The IoU of the reference, changed by one method."""

    def __init__(self, dialect):
        self.dialect = dialect
        self.calls = 0

    def right(self, boxes1, boxes2):
        return np.asarray(refimpl.iou(boxes1, boxes2, dialect=self.dialect)).astype(boxes1.dtype)

    def iou(self, boxes1, boxes2):
        self.calls += 1
        return self.changed(self.right(boxes1, boxes2))

    def changed(self, values):
        return values

class Breaks(Right):
    def changed(self, values): return values + 0.01

class AlwaysZero(Right):
    def changed(self, values): return 0 * values

class NotANumber(Right):
    def changed(self, values): return np.full_like(values, np.nan)

class Infinite(Right):
    def changed(self, values): return np.full_like(values, np.inf)

class Raises(Right):
    def changed(self, values): raise ValueError("no boxes today")

class WouldBroadcast(Right):
    def changed(self, values): return values[..., np.newaxis]

class AScalar(Right):
    def changed(self, values): return 0.5

class Text(Right):
    def changed(self, values): return values.astype(str)

class Complex(Right):
    def changed(self, values): return values + 0j

class HalfPrecision(Right):
    def changed(self, values): return values.astype(np.float16)

class TooMany(Right):
    def changed(self, values): return values, values

class Nothing(Right):
    def changed(self, values): return None

class EveryThirdCall(Right):
    def changed(self, values): return values + 0.01 * (self.calls % 3 == 0)

class ByChance(Right):
    random = np.random.default_rng()
    def changed(self, values): return values + self.random.uniform(0, 0.01, values.shape)

class Prints(Right):
    def changed(self, values):
        print("hello")
        return values

class Refuses(Right):
    def changed(self, values): raise NotImplementedError("another day")

class OtherOp(Right):
    iou = None
    def giou(self, boxes1, boxes2): return boxes1
'''


@pytest.mark.parametrize(
    "name, status, said",
    [
        ("Right", 0, "IOU-1  CONFORMS"),
        ("Prints", 0, "IOU-1  CONFORMS"),
        ("Breaks", 1, "IOU-1  BREAKS"),
        ("AlwaysZero", 1, "IOU-1  BREAKS"),
        ("NotANumber", 1, "IOU-1  BREAKS"),
        ("Infinite", 1, "IOU-1  BREAKS"),
        ("HalfPrecision", 1, "IOU-1  BREAKS"),
        ("EveryThirdCall", 1, "the same call gave different answers: state kept between calls, or chance"),
        ("ByChance", 1, "IOU-1  BREAKS"),
        ("Raises", 1, "iou: raised ValueError: no boxes today"),
        ("WouldBroadcast", 1, "iou: values: expected shape "),
        ("AScalar", 1, "iou: values: expected shape "),
        ("Text", 1, "iou: values: expected real numbers"),
        ("Complex", 1, "iou: values: expected real numbers"),
        ("TooMany", 1, "iou: "),
        ("Nothing", 1, "iou: values: expected real numbers"),
        ("Refuses", 2, "not provided: iou"),
        ("OtherOp", 2, "not provided: iou"),
    ],
)
def test_only_a_right_answer_conforms(tmp_path, name, status, said):
    (tmp_path / "candidates.py").write_text(CANDIDATES)

    words = ["--candidate", f"{tmp_path}/candidates.py:{name}", "--profile", "quick", "--only", "iou"]
    done = subprocess.run([sys.executable, "-m", "conformance", *words], cwd=ROOT, capture_output=True, text=True)

    assert (done.returncode, said in done.stdout) == (status, True), done.stdout[-1500:]
    assert ("CONFORMS  -" in done.stdout) == (status == 0), done.stdout[-1500:]
