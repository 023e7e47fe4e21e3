"""The truth table of the harness: hostile candidates through the real command line, and a clear verdict for each.

One command judges them all, each in a process of its own. Some of those that leave a process alive are judged without
isolation as well: the table is the same, to the letter.
"""

import time

import pytest

import conformance.tests.calling.hostile_candidates as hostile
from conformance.tests.installed import judged, rows, verdicts

SECONDS = 3
"""The limit of a call."""

MODULE = hostile.__name__

WRONG = {
    "nan": ("BREAKS", "got nan"),
    "infinite": ("BREAKS", "got inf"),
    "always_zero": ("BREAKS", "expected"),
    "a_little_off": ("BREAKS", "expected"),
    "half_precision": ("BREAKS", "expected"),
    "whole_numbers": ("BREAKS", "expected"),
    "EveryThirdCall": ("BREAKS", "the same call gave different answers: state kept between calls, or chance"),
    "text": ("ERROR", "iou: values: expected real numbers"),
    "complex_numbers": ("ERROR", "iou: values: expected real numbers"),
    "objects": ("ERROR", "iou: values: expected real numbers"),
    "would_broadcast": ("ERROR", "iou: values: expected shape (1,), got (1, 1)"),
    "too_short": ("ERROR", "iou: values: expected shape (1,), got (0,)"),
    "a_scalar": ("ERROR", "iou: values: expected shape (1,), got ()"),
    "ragged": ("ERROR", "iou: values: expected an array, got list of 2"),
    "extra_output": ("ERROR", "iou: values: expected shape (1,), got (2, 1)"),
    "no_output": ("ERROR", "iou: values: expected real numbers, got NoneType"),
    "a_generator": ("ERROR", "iou: values: expected real numbers, got generator"),
    "enormous": ("ERROR", "iou: values: "),
    "untouchable": ("ERROR", "iou: values: "),
    "WritesIntoInputs": ("ERROR", "read-only"),
    "WritesAsAKernelDoes": ("ERROR", "iou: boxes1 was written into, 1 of 4 values are not as given; arguments are read-only"),
    "FailsWithoutBoxes": ("ERROR", "iou: raised IndexError"),
    "raises": ("ERROR", "iou: raised ValueError: no boxes today"),
    "raises_strangely": ("ERROR", "iou: raised StrangeError"),
    "raises_exit": ("ERROR", "iou: raised SystemExit: 0"),
    "raises_generator_exit": ("ERROR", "iou: raised GeneratorExit"),
    "recurses": ("ERROR", "iou: raised RecursionError"),
}
"""What is wrong with an answer, or with the way to it."""

RIGHT = (
    "Right", "says", "says_json", "warns", "makes_warnings_errors", "changes_errstate", "changes_printing", "changes_folder",
    "changes_environment", "changes_random_state", "changes_recursion_limit", "starts_a_thread", "a_list", "wider_floats",
    "a_strided_view", "KeepsItsInputs", "HasNamesOfOurs",
)  # fmt: skip
"""Nothing is wrong with their answers."""

ALONE = {
    "ByChance": ("BREAKS", ""),
    "GlobalRandomState": ("BREAKS", ""),
    "raises_interrupt": ("ERROR", "raised KeyboardInterrupt"),
    "crashes": ("ERROR", "iou: the program was ended by SIGSEGV"),
    "kills_itself": ("ERROR", "iou: the program was ended by SIGKILL"),
    "exits": ("ERROR", "iou: the program ended with exit status 0 instead of a reply"),
    "sleeps": ("ERROR", f"iou: no reply within {SECONDS} s"),
    "spins": ("ERROR", f"iou: no reply within {SECONDS} s"),
    "deaf_and_asleep": ("ERROR", f"iou: no reply within {SECONDS} s"),
    "endless_output": ("ERROR", f"iou: no reply within {SECONDS} s"),
    "out_of_memory": ("ERROR", "MemoryError"),
    "closes_all_files": ("ERROR", "instead of a reply"),
}
"""To be judged in a process of their own only; what chance decides differs from one process to another."""

NEVER = {
    "no_dialect": "factory: raised TypeError: no_dialect() takes 0 positional arguments but 1 was given",
    "nothing": "expected an object with some of make_anchors, ",
    "without_gpu": "factory: raised RuntimeError: no CUDA device is available",
    "other_framework": "no bridge for framework 'abacus'",
    "factory_exits": "factory: raised SystemExit: 0",
    "refuses": "refuses YOLOV8 and all variants: another day",
    "not_a_function": "expected a factory(dialect), got int",
    "PropertyThatRaises": "raised RuntimeError: not now",
    "not_there": f"module '{MODULE}' has no attribute 'not_there'",
    "not_importable": "No module named 'no_such_module'",
    "not_python": "SyntaxError",
}
"""No candidate comes of them."""


REUSES = "ReusesItsBuffer"
"""Its next answer stands where the last one did."""

TOGETHER = (*list(WRONG)[::3], *RIGHT[::3], *list(NEVER)[::3])
"""Some that are judged without isolation as well."""


def command(folder, names, *words):
    """Judge candidates of these names; their records by name, and the command."""
    elsewhere = {"not_importable": "no_such_module:factory.deep", "not_python": "not_python:factory"}
    (folder / "not_python.py").write_text("def factory(:\n")
    return judged(folder, {name: elsewhere.get(name, f"{MODULE}:{name}") for name in names}, *words)


@pytest.fixture(scope="module")
def isolated(tmp_path_factory):
    """The records of all, each in a process of its own."""
    names = [*WRONG, *RIGHT, *ALONE, *NEVER, "needs_a_package", "refuses_one_op", REUSES]
    begun = time.monotonic()
    found, done = command(tmp_path_factory.mktemp("isolated"), names, "--isolate", "--timeout", str(SECONDS), "--memory", "512")
    print(f"{len(names)} candidates in {time.monotonic() - begun:.0f} s")
    return found, done


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    """The records of many that leave a process alive, without isolation."""
    return command(tmp_path_factory.mktemp("together"), (*TOGETHER, REUSES))[0]


def test_one_command_ends_with_the_verdicts_of_all_and_a_traceback_of_none(isolated):
    found, done = isolated

    assert {*WRONG, *RIGHT, *ALONE, *NEVER} < set(found) and len(found) > 60
    assert done.returncode == 1 and "Traceback" not in done.stderr


@pytest.mark.parametrize("name", [*WRONG, *ALONE])
def test_a_wrong_answer_or_none_is_told_and_the_run_goes_on(isolated, name):
    record, (verdict, said) = isolated[0][name], {**WRONG, **ALONE}[name]

    found = rows(record)
    assert (record["exit_code"], found["IOU-1"]["verdict"]) == (1, verdict), record
    assert said in found["IOU-1"]["detail"], found["IOU-1"]["detail"]
    assert found["BCE-1"]["verdict"] == "CONFORMS" and record["problems"] == []


@pytest.mark.parametrize("name", RIGHT)
def test_bad_manners_are_no_wrong_answer(isolated, name):
    record = isolated[0][name]

    assert (record["exit_code"], [row["verdict"] for row in rows(record).values()]) == (0, ["CONFORMS", "CONFORMS"]), record


def test_an_answer_that_the_next_call_overwrites_is_wrong_but_behind_a_process_that_copies_it(isolated, together):
    assert (isolated[0][REUSES]["verdict"], together[REUSES]["verdict"]) == ("CONFORMS", "BREAKS")


def test_an_op_that_is_not_served_is_not_provided_and_no_fault(isolated):
    record = isolated[0]["refuses_one_op"]

    verdicts = {row["id"]: row["verdict"] for row in record["clauses"]}
    assert (record["exit_code"], verdicts["IOU-1"], verdicts["BCE-1"]) == (0, "NOT PROVIDED", "CONFORMS")


@pytest.mark.parametrize("name", NEVER)
def test_what_cannot_be_made_gets_no_verdict_and_the_reason(isolated, name):
    record = isolated[0][name]

    assert (record["exit_code"], record["verdict"], record["clauses"]) == (2, "NO VERDICT", [])
    assert NEVER[name] in record["problems"][0], record["problems"]


def test_a_missing_package_is_named(isolated):
    assert isolated[0]["needs_a_package"]["problems"] == ["no module named no_such_package"]


@pytest.mark.parametrize("name", TOGETHER)
def test_the_table_is_the_same_without_isolation(isolated, together, name):
    assert verdicts(together[name]) == verdicts(isolated[0][name])
    assert together[name]["verdict"] == isolated[0][name]["verdict"]
    assert bool(together[name]["problems"]) == bool(isolated[0][name]["problems"])
