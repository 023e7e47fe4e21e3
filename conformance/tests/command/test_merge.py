"""Merging and soaking from the command line, on the stand-in for the suite."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from conformance.reporting.files import FILES
from conformance.tests.conftest import ROOT


def test_the_parts_of_a_run_are_merged(command, tmp_path):
    for part in (1, 2):
        command("made:breaks", "--shard", f"{part}/2", "--only", "iou,ciou", "--report", f"part-{part}")
    command("made:breaks", "--only", "iou,ciou", "--report", "at-once")

    done = command("merge", "part-1", "part-2/report.json", "--report", "whole")

    whole, at_once = (json.loads((tmp_path / name / "report.json").read_text()) for name in ("whole", "at-once"))
    assert done.returncode == 1 and sorted(path.name for path in (tmp_path / "whole").iterdir()) == sorted(FILES)
    assert whole.pop("parts") and whole == at_once


def test_without_a_part_there_is_no_verdict(command):
    command("made:conforms", "--shard", "1/2", "--only", "iou,ciou", "--report", "part")

    done = command("merge", "part")

    assert done.returncode == 2 and "part 2/2, iou, ciou: this part is missing" in done.stdout


@pytest.mark.parametrize(
    "words, said",
    [
        (("right", "right"), "right and right share examples"),
        (("right", "wrong"), "candidate: made:conforms in right, but made:breaks in wrong"),
        (("right", "nowhere"), "expected a report.json or the folder of one, got 'nowhere'"),
    ],
)
def test_reports_that_do_not_belong_together_are_refused(command, words, said):
    command("made:conforms", "--report", "right")
    command("made:breaks", "--report", "wrong")

    done = command("merge", *words)

    assert (done.returncode, done.stdout) == (2, "") and said in done.stderr


@pytest.mark.parametrize("candidate, status", [("conforms", 0), ("breaks", 1), ("undecided", 2)])
def test_one_candidate_is_judged_alike_in_one_process_and_in_several(command, candidate, status):
    one, several = (command(f"made:{candidate}", "--jobs", jobs, "--json") for jobs in ("1", "3"))

    assert (one.returncode, one.stdout) == (several.returncode, several.stdout) and one.returncode == status


def test_a_soak_ends_after_its_rounds_and_has_seen_other_seeds(command, tmp_path):
    done = command("soak", "made:conforms", "--rounds", "3", "--seed", "5", "--shard", "2/2", "--report", "soaked")

    told = json.loads((tmp_path / "soaked" / "report.json").read_text())
    assert done.returncode == 0 and "so far 3 rounds" in done.stderr
    assert sorted(one["seed"] for one in told["parts"]) == [6, 8, 10]


def test_a_soak_of_what_breaks_tells_it_once(command):
    done = command("soak", "made:breaks", "--rounds", "2", "--json")

    assert done.returncode == 1 and [row["verdict"] for row in json.loads(done.stdout)["clauses"]] == ["BREAKS"]


def test_a_soak_of_nobody_does_not_go_on(command):
    done = command("soak", "made:fails")

    assert done.returncode == 2 and "no room" in done.stdout


def test_a_soak_that_is_told_to_stop_leaves_a_whole_report(tmp_path):
    words = "soak dense_numpy --profile quick --only resized_shape,make_anchors --dtype float32 --report soaked".split()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    soaking = subprocess.Popen([sys.executable, "-m", "conformance", *words], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not (tmp_path / "soaked" / "summary.md").exists() and time.monotonic() < deadline:
        time.sleep(0.1)

    soaking.send_signal(signal.SIGINT)
    printed, errors = soaking.communicate(timeout=60)

    told = json.loads((tmp_path / "soaked" / "report.json").read_text())
    assert soaking.returncode == 0 and "dense_numpy: CONFORMS" in printed, errors
    assert not told["interrupted"] and told["problems"] == []
