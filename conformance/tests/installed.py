"""Many candidates, installed and judged by one command, as its records tell of them."""

import json
import os
import subprocess
import sys

from conformance.tests.conftest import ROOT

START = (
    "import sys; from conformance.command import cli; from conformance.suite.profiles import PROFILES;"
    " from conformance.trial import asking; PROFILES['quick'] = 1; asking.OFTEN = 3; sys.exit(cli.main())"
)
"""The command line, with one example for each event, and few calls: the tables ask whether a run goes on, not how far it sees."""


def judged(folder, places, *words, **variables):
    """Install candidates, places by name, and judge all that are installed; their records by name, and the command."""
    points = "".join(f"{name} = {place}\n" for name, place in places.items())
    info = folder / "hostile-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hostile\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[conformance.candidates]\n{points}")
    words = ["--only", "iou,bce_loss", "--profile", "quick", "--dtype", "float32", "--json", *words]
    environment = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", **variables}
    done = subprocess.run([sys.executable, "-c", START, *words], cwd=folder, env=environment, capture_output=True, text=True)
    return {one["candidate"]: one for one in json.loads(done.stdout)["candidates"]}, done


def rows(record):
    """The rows of what is provided."""
    return {row["id"]: row for row in record["clauses"] if row["verdict"] != "NOT PROVIDED"}


def verdicts(record):
    """What the rows say, but not what an inquiry found out about a break: that depends on how long each call takes."""
    kept = ("op", "verdict", "examples", "worst", "undecided")
    said = {id: (row["counterexample"] or {"message": row["detail"]})["message"] for id, row in rows(record).items()}
    return {id: ([row[name] for name in kept], said[id]) for id, row in rows(record).items()}
