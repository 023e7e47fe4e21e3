"""Memory: the peak of one side on one step, in a process of its own, beside what it needed before."""

from __future__ import annotations

import contextlib
import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Sequence, Tuple

from conformance.evidence import sides
from conformance.evidence.sides import Size


def told(name: str, size: Size) -> str:
    """Peak, and that before the step."""
    before, peak = measured(name, size)
    return f"{peak:.0f} ({before:.0f} before)"


def measured(name: str, size: Size) -> Tuple[float, float]:
    """Largest resident memory before a step and after it, MiB."""
    command = [sys.executable, "-m", __name__, name, json.dumps(size)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    before, peak = json.loads(done.stdout.splitlines()[-1])
    return before, peak


def main(words: Sequence[str]) -> None:
    """Print both as JSON."""
    one = sides.side(words[0], Size(*json.loads(words[1])))
    before = _peak()
    one.step()
    print(json.dumps([before, _peak()]))


def _peak() -> float:
    """Largest resident memory of this process so far, MiB; where only the usage is told, at least that of its parent."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("VmHWM:"))) / 2**10
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / 2**20 if sys.platform == "darwin" else size / 2**10


if __name__ == "__main__":
    main(sys.argv[1:])
