"""The command line in processes of its own: exit status, text, JSON, and nothing that leaks in or out."""

import json
import os
import sys

import pytest

from conformance.command import cli, one_candidate, run
from conformance.reporting.files import FILES
from conformance.suite.profiles import PROFILES


@pytest.mark.parametrize(
    "factory, status, said",
    [
        ("conforms", 0, "made:conforms: CONFORMS (1 CONFORMS)"),
        ("serves_16", 0, "YOLOV8; not served: reg_max must be 16"),
        ("breaks", 1, "BREAKS  iou: 1 of 2 wrong"),
        ("raises", 1, "ERROR  iou: raised KeyError: 'key'\n"),
        ("undecided", 2, "made:undecided: UNDECIDED"),
        ("not_provided", 2, "made:not_provided: NO VERDICT (1 NOT PROVIDED)"),
        ("fails", 2, "factory: raised ValueError: no room"),
        ("needs", 2, "No module named 'no_such_package'"),
        ("nothing", 2, "module 'made' has no attribute 'nothing'"),
        ("silent", 2, "passed without a verdict"),
        ("bug", 2, "a bug in the suite"),
    ],
)
def test_the_exit_status_tells_a_broken_clause_from_a_missing_verdict(command, factory, status, said):
    done = command("--candidate", f"made:{factory}")

    assert (done.returncode, said in done.stdout) == (status, True), done


def test_without_any_candidate_there_is_no_verdict(command):
    done = command()

    assert (done.returncode, done.stdout) == (2, "") and "no candidate is installed" in done.stderr


def test_an_unknown_name_is_answered_with_the_ways_in(command):
    done = command("--candidate", "nobody")

    assert done.returncode == 2
    assert "unknown. Known names: " in done.stdout and "path/to/file.py:attr" in done.stdout


@pytest.mark.parametrize("option, known", [("dialect", "YOLOV8"), ("only", "ciou"), ("profile", "quick"), ("dtype", "both")])
def test_an_unknown_choice_is_answered_with_the_known_ones(command, option, known):
    done = command("--candidate", "made:conforms", f"--{option}", "nonsense")

    assert (done.returncode, done.stdout) == (2, "")
    assert f"{option}: got 'nonsense'. Expected one of " in done.stderr and known in done.stderr


def test_a_run_looks_where_and_as_hard_as_it_is_told(command):
    words = "--profile quick --dtype float32 --seed 7 --only iou,ciou --dialect ULTRALYTICS_8_4".split()
    done = command("--candidate", "made.py:conforms", *words)

    quick = PROFILES["quick"]
    assert f"run        quick, {quick} examples per event, float32, seed 7, only iou, ciou\n" in done.stdout
    assert "dialect    ULTRALYTICS_8_4\n" in done.stdout
    assert f"IOU-1  CONFORMS  -         {2 * quick:8} " in done.stdout


def test_json_is_one_object_and_nothing_else_though_the_candidate_prints(command):
    done = command("--candidate", "made:prints", "--json")

    told = json.loads(done.stdout)
    assert (told["candidate"], told["dialect"], told["verdict"], told["exit_code"]) == (
        "made:prints",
        "YOLOV8",
        "CONFORMS",
        0,
    )
    assert [(clause["id"], clause["op"], clause["verdict"]) for clause in told["clauses"]] == [("IOU-1", "iou", "CONFORMS")]


def test_quiet_prints_the_conclusion_alone(command):
    done = command("--candidate", "made:breaks", "--quiet")

    assert (done.returncode, done.stdout) == (1, "made:breaks: BREAKS (1 BREAKS)\n")


def test_a_pipe_gets_no_colour_and_a_line_of_progress_for_each_op(command):
    done, quiet = (command("made:breaks", "--only", "iou", *how) for how in ((), ("--quiet",)))

    assert "\033" not in done.stdout + done.stderr
    assert (done.stderr, quiet.stderr) == ("made:breaks: 1 of 1 ops done, iou: IOU-1 BREAKS\n", "")


def test_a_candidate_is_named_by_a_word_alone_or_by_an_option_but_not_by_both(command):
    alone, option = command("made:breaks"), command("--candidate", "made:breaks")

    both = command("made:breaks", "--candidate", "made:breaks")

    assert alone == option or (alone.returncode, alone.stdout) == (option.returncode, option.stdout)
    assert both.returncode == 2 and "made:breaks: a candidate is named twice" in both.stderr


@pytest.mark.parametrize(
    "words, said",
    [
        (("made:conform",), "module 'made' has no attribute 'conform'. Did you mean 'conforms'"),
        (("made:conforms", "--only", "cious"), "got 'cious'. Did you mean 'ciou' or"),
        (("made:conforms", "--dialect", "yolo-v8"), "got 'yolo-v8'. Did you mean 'YOLOV8'"),
        (("made:conforms", "--profil", "quick"), "unrecognized arguments: --profil quick Did you mean '--profile'?"),
        (("made:conforms", "--profil", "quick", "--onyl", "iou"), "Did you mean '--profile'? Did you mean '--only' or "),
        (("made:conforms", "--report", "/proc/none"), "report: expected a folder, there or to be made, got '/proc/none': "),
        (("made:nearly",), "note       bce_los is no op: did you mean bce_loss?"),
    ],
)
def test_a_misspelt_name_is_answered_with_a_question(command, words, said):
    done = command(*words)

    assert said in done.stdout + done.stderr


def test_a_reader_that_has_seen_enough_is_no_error(command):
    done = command("made:breaks", "|", "head", "-1")

    assert "candidate  made:breaks" in done.stdout and "Broken pipe" not in done.stderr and "Traceback" not in done.stderr


def test_a_run_leaves_nothing_behind_in_the_current_folder(command, tmp_path):
    before = {path.name for path in tmp_path.iterdir()}

    command("made:breaks")

    assert {path.name for path in tmp_path.iterdir()} - before <= {"__pycache__"}


def test_what_was_not_judged_stands_in_the_header(command):
    done = command("made:conforms", "--dtype", "float32")

    assert "\nnot judged float64 (not asked for)\n" in done.stdout


def test_a_run_is_compared_with_the_report_of_an_earlier_one(command, tmp_path):
    command("made:conforms", "--report", "right")
    command("made:breaks", "--report", "wrong")

    worse = command("made:breaks", "--baseline", "right/report.json", "--report", "now")
    still = command("made:breaks", "--baseline", "wrong")
    better = command("made:conforms", "--baseline", "wrong/report.json")

    assert (worse.returncode, still.returncode, better.returncode) == (1, 0, 0)
    assert worse.stdout.endswith("\nsince the baseline: 1 new: iou IOU-1\n")
    assert still.stdout.endswith("1 still: iou IOU-1\n") and better.stdout.endswith("1 resolved: iou IOU-1\n")
    kept = json.loads((tmp_path / "now" / "report.json").read_text())
    assert kept["comparison"]["new"] == [{"op": "iou", "id": "IOU-1"}]
    assert "1 new: iou IOU-1" in (tmp_path / "now" / "summary.md").read_text(encoding="utf-8")


def test_a_baseline_that_is_no_report_is_refused(command):
    done = command("made:breaks", "--baseline", "nowhere.json")

    assert done.returncode == 2 and "expected a report.json or the folder of one, got 'nowhere.json'" in done.stderr


def test_two_candidates_are_compared(command, tmp_path):
    done = command("--compare", "made:conforms", "made:breaks", "--report", "both")

    assert done.returncode == 1 and done.stdout.endswith("1 new: iou IOU-1\n")
    assert "Side by side" in (tmp_path / "both" / "report.html").read_text(encoding="utf-8")


def test_a_report_that_was_saved_is_compared_with_a_candidate(command):
    command("--candidate", "made:breaks", "--report", "before")

    done = command("--compare", "before", "made:conforms", "--quiet")

    assert (done.returncode, done.stdout) == (0, "1 resolved: iou IOU-1\n")


def test_a_comparison_without_a_verdict_has_none(command):
    done = command("--compare", "made:conforms", "made:fails")

    assert done.returncode == 2 and "no room" in done.stdout


def test_json_of_a_candidate_that_is_not_found_is_an_object_too(command):
    done = command("--candidate", "made:fails", "--json")

    assert done.returncode == json.loads(done.stdout)["exit_code"] == 2
    assert "no room" in json.loads(done.stdout)["problems"][0]


def test_the_report_file_holds_the_same_object(command, tmp_path):
    done = command("--candidate", "made:breaks", "--json", "--report", "some/where")

    assert sorted(path.name for path in (tmp_path / "some" / "where").iterdir()) == sorted(FILES)
    assert json.loads((tmp_path / "some" / "where" / "report.json").read_text()) == json.loads(done.stdout)


def test_an_interrupted_run_leaves_a_report_of_what_was_judged(command, tmp_path):
    done = command("--candidate", "made:interrupts_second", "--report", "left")

    assert done.returncode == 2 and done.stderr.endswith("conformance: interrupted\n")
    assert "iou               IOU-1  CONFORMS" in done.stdout and "interrupted: insufficient for conformance" in done.stdout
    told = json.loads((tmp_path / "left" / "report.json").read_text())
    assert (told["interrupted"], told["verdict"], told["exit_code"]) == (True, "NO VERDICT", 2)
    assert [(clause["id"], clause["examples"]) for clause in told["clauses"]] == [("IOU-1", PROFILES["standard"])]
    assert sorted(path.name for path in (tmp_path / "left").iterdir()) == sorted(FILES)


def test_a_request_to_end_leaves_a_report_too(command, tmp_path):
    done = command("--candidate", "made:terminates_second", "--report", "left")

    assert done.returncode == 2 and done.stderr.endswith("conformance: interrupted\n")
    assert json.loads((tmp_path / "left" / "report.json").read_text())["interrupted"]


def test_a_report_folder_that_cannot_be_made_is_refused(command):
    done = command("--candidate", "made:conforms", "--report", "made.py/inside")

    assert (done.returncode, done.stdout) == (2, "") and "made.py" in done.stderr


def test_the_list_names_dialects_ops_and_clauses(command):
    done, told = command("--list"), json.loads(command("--list", "--json").stdout)

    assert done.returncode == 0 and "\n  IOU-4              CIoU is" in done.stdout
    assert "\n  dist2bbox          distance (..., A, 4) ltrb" in done.stdout and "feature_maps (B, 4R+C, H, W) · L" in done.stdout
    assert "YOLOV8" in told["dialects"] and "iou" in told["ops"] and "DET-4" in told["clauses"]


def test_what_is_meant_for_other_test_runs_has_no_effect(command, tmp_path, announce):
    announce("pytest11", theirs="theirs")
    (tmp_path / "theirs.py").write_text("def pytest_collection_modifyitems(items): items.clear()")
    (tmp_path / "conftest.py").write_text("raise RuntimeError('not meant for this')")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -k nothing\n")

    done = command("--candidate", "made:conforms", PYTEST_ADDOPTS="-k nothing", PYTEST_PLUGINS="no_such_plugin")

    assert done.returncode == 0, done


def test_a_module_of_the_suite_that_cannot_be_imported_is_no_verdict(command, tmp_path):
    (tmp_path / "standin" / "test_broken.py").write_text("import no_such_module")

    done = command("--candidate", "made:conforms")

    assert done.returncode == 2 and "cannot be collected" in done.stdout and "no_such_module" in done.stdout


def test_a_suite_without_a_test_is_no_verdict(command):
    done = command("--candidate", "made:conforms", "--only", "ciou")

    assert done.returncode == 2 and "NO_TESTS_COLLECTED" in done.stdout


def test_an_interrupt_is_no_verdict(command):
    done = command("--candidate", "made:interrupts")

    assert done.returncode == 2 and done.stderr.endswith("conformance: interrupted\n")
    assert "insufficient for conformance" in done.stdout


def test_a_terminal_that_cannot_show_a_formula_does_not_stop_the_report(command):
    done = command("--candidate", "made:breaks", PYTHONIOENCODING="ascii")

    assert done.returncode == 1 and "iou: 1 of 2 wrong ? ?" in done.stdout


def test_the_environment_is_put_back_after_a_run(monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "-x")
    before = dict(os.environ)

    with one_candidate._plain_pytest():
        assert "PYTEST_ADDOPTS" not in os.environ

    assert dict(os.environ) == before


def test_modules_in_the_current_folder_are_within_reach(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(run, "_judge_all", lambda *_: sys.path.count(str(tmp_path)))

    assert cli.main(["--candidate", "any"]) == 1


def test_an_error_of_the_command_line_itself_is_no_verdict(monkeypatch, capsys):
    monkeypatch.setattr(cli, "_run", lambda options: {}["bug"])

    assert cli.main([]) == 2
    assert "KeyError: 'bug'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "names, status", [(("conforms", "needs"), 0), (("conforms", "undecided"), 2), (("fails", "breaks"), 1), (("needs",), 2)]
)
def test_without_a_candidate_all_installed_ones_are_judged(command, announce, names, status):
    announce("standin.candidates", **{name: f"made:{name}" for name in names})

    done, told = command(), json.loads(command("--json").stdout)

    assert (done.returncode, told["exit_code"]) == (status, status)
    assert [one["candidate"] for one in told["candidates"]] == sorted(names)
    assert ("needs: skipped: no module named no_such_package" in done.stdout) == ("needs" in names)
