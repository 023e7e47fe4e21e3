"""The speed of the reference: its detection loss, alone and with the gradient, beside those of others that are installed.

All sides run in one process and take turns. Per core is CPU time on one thread each; wall is what a user waits with all
cores. On a busy machine wall times flatter the reference, since threads that wait for each other suffer more than one
that does not: above a load of 1.5 no ratio of them is told. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import statistics
import sys
import time
from typing import Any, Callable, Dict, List, Sequence, Tuple

import numpy as np

from conformance.evidence import growth, memory, sides
from conformance.evidence.sides import REFERENCE, Side, Size
from refimpl import YOLOV8
from refimpl.threads import cores

BOXES = (8, 30, 100)
"""Labelled boxes per image, one benchmark each."""

LOAD = 1.5
"""Processes that want a core, from which on no ratio of wall times is told."""

PAUSE = 0.05
"""Seconds in which the threads of one side come to rest before the next has its turn."""

KINDS = ("forward CPU s", "step CPU s", "forward wall s", "step wall s")
"""The loss, and the loss with its gradient; per core, and with all cores."""

_LINE = "{:>5}  {:40}" + 4 * "{:23}" + "{:18}{}"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark and print its tables."""
    asked = _parser().parse_args(argv)
    names = (REFERENCE, *sides.installed())
    print(f"B {asked.images}, {asked.side} x {asked.side}, C {YOLOV8.num_classes}, R {YOLOV8.reg_max}; {cores()} cores, {asked.repeat} rounds")
    print(f"sides taking turns; median (min - max); {'; '.join(_versions(names))}")
    print(_LINE.format("boxes", "", *KINDS, "peak MiB", "total"))
    for boxes in asked.boxes:
        print("\n".join(_compared(names, Size(asked.images, asked.side, boxes), asked.repeat)), flush=True)
    if asked.growth:
        print("\n".join(growth.lines()))
    return 0


def _compared(names: Sequence[str], size: Size, repeat: int) -> List[str]:
    """Time the sides in turn: a line for each, one for each ratio, and the load."""
    made = [sides.side(name, size) for name in names]
    totals = [one.step() for one in made]
    before, busy = os.getloadavg()[0], Busy()
    rounds = [[_timed(one) for one in made] for _ in range(repeat)]
    load = max(before, busy.others())
    lines = []
    for i, (name, one) in enumerate(zip(names, made)):
        spreads = [_spread([each[i][kind] for each in rounds], 3) for kind in KINDS]
        lines.append(_LINE.format(size.boxes, one.name, *spreads, memory.told(name, size), f"{totals[i]:.6g}"))
    for i, one in enumerate(made[1:], start=1):
        lines.append(_LINE.format(size.boxes, f"{REFERENCE} / {one.name}", *_ratios(rounds, i, load), "", "").rstrip())
    refused = "" if load <= LOAD else f": above {LOAD}, so no ratio of wall times"
    return [*lines, f"{size.boxes:>5}  load {load:.2f} (before {before:.2f}){refused}"]


def _ratios(rounds: Sequence[Sequence[Dict[str, float]]], i: int, load: float) -> List[str]:
    """Of the reference to side i, round by round."""
    return [
        "-" if "wall" in kind and load > LOAD else _spread([each[0][kind] / each[i][kind] for each in rounds], 2)
        for kind in KINDS
    ]


def _timed(one: Side) -> Dict[str, float]:
    found = {}
    for threads, clock, word in ((1, time.process_time, "CPU"), (cores(), time.perf_counter, "wall")):
        one.threads(threads)
        for what, work in (("forward", one.forward), ("step", one.step)):
            time.sleep(PAUSE)
            found[f"{what} {word} s"] = seconds(work, clock)
    return found


def seconds(work: Callable[[], Any], clock: Callable[[], float]) -> float:
    """What some work takes by a clock."""
    begun = clock()
    work()
    return clock() - begun


class Busy:
    """How many cores other processes keep busy from now on; 0 where the system does not tell."""

    def __init__(self) -> None:
        self._begun = self._now()

    def others(self) -> float:
        (all_, own, wall), (all_0, own_0, wall_0) = self._now(), self._begun
        return max(0.0, (all_ - all_0) - (own - own_0)) / max(wall - wall_0, 1e-9)

    def _now(self) -> Tuple[float, float, float]:
        """CPU seconds of all processes and of this one, and the time."""
        own, wall = time.process_time(), time.perf_counter()
        try:
            with open("/proc/stat", encoding="ascii") as file:
                user, nice, system = map(int, file.readline().split()[1:4])
        except (OSError, ValueError):
            return own, own, wall
        return (user + nice + system) / os.sysconf("SC_CLK_TCK"), own, wall


def _versions(names: Sequence[str]) -> List[str]:
    """NumPy, and the frameworks that run beside it, with the BLAS of each that says."""
    blas = getattr(np.__config__, "CONFIG", {}).get("Build Dependencies", {}).get("blas", {})
    told = [f"NumPy {np.__version__} (BLAS {blas.get('name', 'not told')} {blas.get('version', '')})".replace(" )", ")")]
    for framework in dict.fromkeys(sides.package(name) for name in names[1:]):
        module = importlib.import_module(framework)
        found = re.search(r"\bBLAS_INFO=(\w+)", module.__config__.show()) if hasattr(module, "__config__") else None
        told.append(f"{framework} {module.__version__} (BLAS {found[1] if found else 'not told'})")
    return told


def _spread(values: Sequence[float], digits: int) -> str:
    """Median (min - max)."""
    middle, least, most = (f"{f(values):.{digits}f}" for f in (statistics.median, min, max))
    return f"{middle} ({least} - {most})"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m conformance.evidence.bench", description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", metavar="N", type=int, default=5, help="rounds (default %(default)s)")
    parser.add_argument("--images", metavar="B", type=int, default=16, help="batch size (default %(default)s)")
    parser.add_argument("--side", metavar="PX", type=int, default=640, help="of an image (default %(default)s)")
    parser.add_argument("--boxes", metavar="G", type=int, nargs="+", default=BOXES, help="per image (default 8 30 100)")
    parser.add_argument("--growth", action="store_true", help="how the time of the reference grows with B, A, G and C")
    return parser


if __name__ == "__main__":
    sys.exit(main())
