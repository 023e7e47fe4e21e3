"""Real releases among the correct variants: `make releases` judges Ultralytics as it was at many points of its history.

Each release is fetched into a folder of its own, without its dependencies, and judged in a process that finds it there
before everything else. The environment needs the extra `ultralytics`, and a torchvision that imports.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, List, Sequence

from conformance.suite.report import versions

FOUND = Path(__file__).with_name("releases.json")
RELEASES = (
    "8.0.52", "8.0.100", "8.0.101", "8.0.150", "8.0.200", "8.0.230", "8.1.0", "8.1.47", "8.2.0", "8.2.103", "8.3.0",
    "8.3.100", "8.3.252", "8.4.128", "8.4.190",
)  # fmt: skip
"""First and late releases of every minor version, as far as the adapter serves them, and two with a known bug."""

KNOWN_BUGS = {
    "8.0.100": "issue 2655 of its repository, mended in 8.0.101",
    "8.3.100": "from 8.3.47 to 8.3.236 the corners of targets are float32, whatever is given",
}
"""Releases that must break, and what their bug is."""

OLD_NEEDS = ("hub-sdk", "py-cpuinfo", "seaborn", "setuptools<81", "thop")
"""What early releases import and the latest does not."""


def main(argv: Sequence[str] | None = None) -> int:
    """Judge releases, write what came out, and print a line for each. Returns 1 if any verdict is not the right one."""
    parser = argparse.ArgumentParser(prog="python -m conformance.evidence.releases", description=__doc__)
    parser.add_argument("releases", nargs="*", default=RELEASES, help="default: %(default)s")
    parser.add_argument("--seeds", metavar="N", type=int, default=2, help="runs of each, at quick (default %(default)s)")
    options = parser.parse_args(argv)
    found = {"made": {"when": time.strftime("%Y-%m-%d", time.gmtime()), "with": versions()}, "releases": {}}
    with tempfile.TemporaryDirectory() as scratch:
        needs = _fetched(Path(scratch, "needs"), OLD_NEEDS)
        for release in options.releases:
            path = [_fetched(Path(scratch, release), [f"ultralytics=={release}"]), needs]
            found["releases"][release] = [_judged(path, seed, scratch) for seed in range(1, options.seeds + 1)]
            print(release, *(run["verdict"] for run in found["releases"][release]), flush=True)
    FOUND.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0 if all(rightly_judged(*judged) for judged in found["releases"].items()) else 1


def rightly_judged(release: str, runs: List[Dict[str, Any]]) -> bool:
    """Whether every run found the release conforming, or broken where it has a known bug."""
    return all(run["exit"] == (1 if release in KNOWN_BUGS else 0) for run in runs)


def _fetched(folder: Path, packages: Sequence[str]) -> Path:
    """Install packages, and nothing they depend on, into a folder."""
    command = [sys.executable, "-m", "pip", "install", "-qq", "--no-deps", "--target", str(folder), *packages]
    subprocess.run(command, check=True)
    return folder


def _judged(path: Sequence[Path], seed: int, home: str) -> Dict[str, Any]:
    """The last line of a run, its exit code and the bugs it names; the package's own settings go to a folder that is thrown away."""
    words = ["--candidate", "ultralytics", "--profile", "quick", "--seed", str(seed)]
    found = os.pathsep.join([*map(str, path), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    environment = {**os.environ, "PYTHONPATH": found, "YOLO_CONFIG_DIR": home}
    command = [sys.executable, "-m", "conformance", *words]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    verdict = (done.stdout.splitlines() or [""])[-1].partition(": ")[2].partition(";")[0]
    told = [line.strip() for line in done.stdout.splitlines() if "looks like: " in line]
    return {"seed": seed, "exit": done.returncode, "verdict": verdict, "told": list(dict.fromkeys(told))}


if __name__ == "__main__":
    sys.exit(main())
