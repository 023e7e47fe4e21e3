"""docs/port.md: its adapter runs, and each command judges the op it says."""

import os
import re
import shlex
import subprocess
import sys

import pytest

from conformance.command import options
from conformance.suite.run import UnknownName, settings
from conformance.publishing import port
from conformance.ops.made_of import whole as made
from conformance.cases.protocol import OPS
from refimpl import PRESETS

PAGE = port.page()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = [line for language, text in BLOCKS if language == "sh" for line in text.splitlines()]
JUDGED = [shlex.split(line)[3:] for line in COMMANDS if line.startswith("python -m conformance")]


def judge(folder, command):
    """Run a command of the page in a folder that holds the two files of it."""
    environment = {**os.environ, "PYTHONPATH": str(port.ROOT), "PYTHONIOENCODING": "utf-8"}
    words = [sys.executable, *shlex.split(command)[1:]]
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, encoding="utf-8")


def written(folder, change=("", "")):
    """The blocks of the page that are files, written to a folder, one line of the loss changed."""
    adapter, loss = (text for language, text in BLOCKS[:2])
    (folder / "adapter.py").write_text(adapter, encoding="utf-8")
    assert change[0] in loss
    (folder / "my_loss.py").write_text(loss.replace(*change) if change[0] else loss, encoding="utf-8")


def test_every_op_has_a_step_and_a_command_of_its_own():
    steps = re.findall(r"^## (\d+)\. `(\w+)`$", PAGE, re.MULTILINE)
    asked = [re.search(rf"^## \d+\. `{op}`$.*?--only (\w+)\n", PAGE, re.MULTILINE | re.DOTALL)[1] for _, op in steps]

    assert [int(step) for step, _ in steps] == list(range(1, len(port.order()) + 1))
    assert asked == [op for _, op in steps] == port.order()
    assert sorted(asked) == sorted(OPS)


@pytest.mark.parametrize("whole", [op for op in OPS if made(op)])
def test_an_op_comes_after_those_it_is_made_of(whole):
    assert made(whole).calls and all(port.order().index(op) < port.order().index(whole) for op in made(whole).calls)


@pytest.mark.parametrize("words", JUDGED, ids=" ".join)
def test_a_command_names_options_ops_and_dialects_that_exist(words):
    asked = options.parser().parse_args(words)

    run = settings(profile=asked.profile, seed=asked.seed, dtype=asked.dtype, only=asked.only)

    assert asked.candidate == "adapter.py:Adapter" and (asked.dialect is None or asked.dialect in PRESETS)
    assert run.only == tuple(asked.only.split(",")) if asked.only else not run.only


def test_an_op_that_does_not_exist_is_refused():
    with pytest.raises(UnknownName):
        settings(profile="quick", seed=None, dtype="both", only="ciuo")


def test_the_adapter_of_the_page_conforms_by_the_command_below_it(tmp_path):
    written(tmp_path)

    command = next(command for command in COMMANDS if "--only dist2bbox,ciou" in command)
    done = judge(tmp_path, f"{command} --profile quick")

    assert done.returncode == 0, done
    assert re.search(r"dist2bbox +DEC-1 +CONFORMS", done.stdout) and re.search(r"ciou +IOU-4 +CONFORMS", done.stdout)


def test_a_fault_in_the_code_behind_the_adapter_breaks_its_op(tmp_path):
    written(tmp_path, change=("+ ltrb[..., 2:]", "+ ltrb[..., :2]"))

    command = next(command for command in COMMANDS if command.endswith("--only dist2bbox"))
    done = judge(tmp_path, f"{command} --profile quick")

    assert done.returncode == 1 and re.search(r"dist2bbox +DEC-1 +BREAKS", done.stdout), done


def test_the_lines_of_the_built_in_port_are_counted():
    counted = port.lines_of_port()

    assert "| lines |" in PAGE and counted["bce_loss"] == 2 and all(counted.values())


def test_a_method_is_shown_with_the_shape_of_all_that_goes_in_and_comes_out():
    assert port.method("dist2bbox").splitlines() == [
        "```python",
        "def dist2bbox(self, distance, anchor_points):",
        "    # distance: (…, A, 4) float, ltrb, any unit",
        "    # anchor_points: (A, 2) float, xy, the same unit",
        "    # returns boxes: (…, A, 4) float64, xyxy, the same unit",
        "```",
    ]


@pytest.mark.parametrize("op", OPS)
def test_a_method_says_the_name_of_every_result(op):
    said = port.method(op).split("# returns ")[1]

    assert all(name in said for name in OPS[op].returns)
