"""The speed of the reference: its detection loss and the gradient on a full batch, beside those of dense torch.

The gradient of the reference alone starts from the feature maps again; that of a rival, by autograd, from what its
forward pass has kept. To be compared are the seconds of both, a step of training: one assignment on either side.

Each run is a process of its own, so that its peak memory is its own; the two sides take turns. Nothing is asserted. On
a busy machine the ratio flatters the reference: threads that wait for each other suffer more than one that does not.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from typing import Any, Callable, Dict, List, Sequence, Tuple

import numpy as np

import refimpl
from conformance.ops.made_of import largest
from refimpl import OPS, YOLOV8

WHOLE = largest()
"""What is timed."""

SIDE = 640
"""Height and width of the images, px."""

BOXES = (8, 30)
"""Labelled boxes per image, one benchmark each."""

RIVALS = ("ultralytics", "dense_torch")
"""The first of these built-in candidates that is installed runs beside the reference."""

_CASE = "B {}, {} x {}, C {}, R {}; {} threads, {} rounds, sides taking turns; median (min - max)"
_LINE = "{:>5}  {:28}" + 3 * "{:22}" + 3 * "{:19}" + "{}"
_HEADINGS = "boxes,,forward s,gradient s,both s,gradient/forward,peak MiB,before the loss,total".split(",")
_SECONDS = ("forward", "gradient", "both")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark and print its table."""
    options = _parser().parse_args(argv)
    if options.run:
        print(json.dumps(_measure(options.run, options.boxes, options.images, options.threads)))
        return 0
    rival = next((name for name in RIVALS if _installed(name)), None)
    sizes = (options.images, SIDE, SIDE, YOLOV8.num_classes, YOLOV8.reg_max, options.threads, options.repeat)
    print(_CASE.format(*sizes), _LINE.format(*_HEADINGS), sep="\n")
    for boxes in BOXES:
        print("\n".join(_compare(boxes, rival, options)), flush=True)
    return 0


def _compare(boxes: int, rival: str | None, options: argparse.Namespace) -> List[str]:
    """Time both sides in turn: a line for each, and one for the ratio of the neighbours."""
    sides = ["refimpl", *([rival] if rival else [])]
    rounds = [[_process(side, boxes, options) for side in sides] for _ in range(options.repeat)]
    lines = [_LINE.format(boxes, runs[0]["who"], *_columns(runs), f"{runs[0]['total']:.6g}") for runs in zip(*rounds)]
    if rival:
        ratios = [_spread([ours[key] / theirs[key] for ours, theirs in rounds], 2) for key in _SECONDS]
        lines.append(_LINE.format(boxes, f"refimpl / {rival}", *ratios, "", "", "", ""))
    return [line.rstrip() for line in lines]


def _columns(runs: Sequence[Dict[str, Any]]) -> List[str]:
    """Seconds, their ratio and memory of one side."""
    seconds = [_spread([run[key] for run in runs], 3) for key in _SECONDS]
    ratio = _spread([run["gradient"] / run["forward"] for run in runs], 2)
    return [*seconds, ratio, *(_spread([run[key] for run in runs], 0) for key in ("peak", "start"))]


def _process(side: str, boxes: int, options: argparse.Namespace) -> Dict[str, Any]:
    """One run in a fresh process, with as many threads for every library."""
    words = ["--run", side, "--boxes", boxes, "--images", options.images, "--threads", options.threads]
    threads = {f"{library}_NUM_THREADS": str(options.threads) for library in ("OMP", "MKL", "OPENBLAS")}
    command = [sys.executable, "-m", "conformance.evidence.bench", *map(str, words)]
    done = subprocess.run(command, env={**os.environ, **threads}, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def _measure(side: str, boxes: int, images: int, threads: int) -> Dict[str, Any]:
    """Seconds of the best of three passes each way, once everything is loaded; peak memory, and that before, MiB."""
    who, forward, gradient, step = _side(side, *_batch(boxes, images), threads)
    start = _peak()
    total = forward()
    gradient(total)
    passes = [_seconds(forward, gradient, step) for _ in range(3)]
    seconds = {key: min(times) for key, times in zip(_SECONDS, zip(*passes))}
    return {"who": who, **seconds, "peak": _peak(), "start": start, "total": total.item()}


def _seconds(
    forward: Callable[[], Any], gradient: Callable[[Any], Any], step: Callable[[], Any]
) -> Tuple[float, float, float]:
    """Seconds of the loss, of its gradient, and of both in one go."""
    begun = time.perf_counter()
    total = forward()
    between = time.perf_counter()
    gradient(total)
    after = time.perf_counter()
    step()
    return between - begun, after - between, time.perf_counter() - after


def _side(
    name: str, maps: List[np.ndarray], targets: np.ndarray, threads: int
) -> Tuple[str, Callable[[], Any], Callable[[Any], Any], Callable[[], Any]]:
    """What runs; its detection loss, which returns the total; the gradient of that by the maps; both in one go."""
    if name == "refimpl":
        maps, targets = [level.astype(np.float64) for level in maps], targets.astype(np.float64)
        return (
            "refimpl float64",
            lambda: OPS[WHOLE].function(maps, targets, dialect=YOLOV8)[0],
            lambda total: OPS[WHOLE].vjp(maps, targets, np.ones(()), dialect=YOLOV8),
            lambda: getattr(refimpl, f"{WHOLE}_and_gradient")(maps, targets, dialect=YOLOV8),
        )
    torch, candidate = importlib.import_module("torch"), importlib.import_module(f"conformance.candidates.{name}")
    # After the import of a package that may set it.
    torch.set_num_threads(threads)
    rival = candidate.factory(YOLOV8)
    tensors = [torch.from_numpy(level).requires_grad_() for level in maps]

    def forward() -> Any:
        return getattr(rival, WHOLE)(tensors, torch.from_numpy(targets))[0]

    def gradient(total: Any) -> Any:
        return torch.autograd.grad(total, tensors)

    return f"{getattr(rival, 'name', name)} float32", forward, gradient, lambda: gradient(forward())


def _peak() -> float:
    """Largest resident memory of this process so far, MiB; at its start, that of the process which started it."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / 2**20 if sys.platform == "darwin" else size / 2**10


def _batch(boxes: int, images: int) -> Tuple[List[np.ndarray], np.ndarray]:
    """Float32 outputs of a head in training: class logits around -4, one in fifty around 0; boxes from 16 px."""
    random = np.random.default_rng(boxes)
    maps = []
    for stride in YOLOV8.strides:
        shape = (images, 4 * YOLOV8.reg_max + YOLOV8.num_classes, SIDE // stride, SIDE // stride)
        level = random.standard_normal(shape, np.float32)
        scores = level[:, 4 * YOLOV8.reg_max :]
        scores += np.where(random.random(scores.shape, np.float32) < 0.02, np.float32(0), np.float32(-4))
        maps.append(level)
    count = images * boxes
    sides = np.exp(random.uniform(np.log(16 / SIDE), np.log(0.6), (count, 2)))
    centres = random.uniform(sides / 2, 1 - sides / 2)
    image, label = np.repeat(np.arange(images), boxes), random.integers(0, YOLOV8.num_classes, count)
    return maps, np.column_stack([image, label, centres, sides]).astype(np.float32)


def _cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def _installed(name: str) -> bool:
    return importlib.util.find_spec("torch" if name == "dense_torch" else name) is not None


def _spread(values: Sequence[float], digits: int) -> str:
    """Median (min - max)."""
    middle, least, most = (f"{f(values):.{digits}f}" for f in (statistics.median, min, max))
    return f"{middle} ({least} - {most})"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m conformance.evidence.bench", description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", metavar="N", type=int, default=5, help="rounds (default %(default)s)")
    parser.add_argument("--images", metavar="B", type=int, default=16, help="batch size (default %(default)s)")
    parser.add_argument("--threads", metavar="N", type=int, default=_cores(), help="default: one for each core")
    parser.add_argument("--run", choices=("refimpl", *RIVALS), help=argparse.SUPPRESS)
    parser.add_argument("--boxes", type=int, default=BOXES[0], help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
