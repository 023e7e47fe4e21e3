"""README.md: its examples run, the commands and paths it names exist, its generated parts are up to date."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.command import explain, judge_run, merge, options
from conformance import plugin
from conformance.evidence.field.__main__ import BUGS
from conformance.publishing import __main__ as docs, readme, readme_sections
from conformance.suite import report
from conformance.publishing.readme_sections import FIXED, ROOT, ReadmeError, Run
from golden import draw

PAGES = {name: (ROOT / name).read_text(encoding="utf-8") for name in readme.PAGES}
README = PAGES["README.md"]
BY_HAND = {**PAGES, **{f"docs/{name}": text for name, text in docs.by_hand(ROOT / "docs").items()}}
TEXT = "\n".join(BY_HAND.values())
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", TEXT, re.DOTALL)
# The adapter of a torch loss is judged in a test of its own.
PYTHON = [text for language, text in BLOCKS if language == "python" and "import torch" not in text]
INLINE = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL))
PROGRAMS = ("make", "python", "pip", "pytest")
COMMANDS = [line for language, text in BLOCKS if language == "sh" for line in text.splitlines()]
COMMANDS += [code for code in INLINE if code.split()[0] in PROGRAMS and code not in PROGRAMS]
COMMANDS += [f"python -m conformance {code}" for code in INLINE if code.startswith("--")]
COMMANDS = list(dict.fromkeys(line for line in COMMANDS if not line.startswith("cd ")))
PATHS = [code for code in INLINE if re.fullmatch(r"[\w.-]+(/[\w.-]*)+|LICENSE|Makefile|setup\.cfg", code)]
PATHS = [path for path in PATHS if path not in report._HEADINGS]

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE)
VARIABLES = re.findall(r"\b([A-Z]+)=", MAKEFILE)
VERBS = {
    "draw": draw._parser, "explain": explain.parser, "judge-run": judge_run._parser, "merge": merge._parser,
    "soak": options.soaking,
}  # fmt: skip
PARSERS = {"conformance": options.parser, "conformance.publishing.readme": readme._parser}


def fails(command):
    """Why a command cannot be given as it stands, or ""."""
    words = shlex.split(command, comments=True)
    program = Path(words[0]).name
    if program == "make":
        given = {word.partition("=")[0] for word in words[1:] if "=" in word}
        unknown = given - set(VARIABLES) | {word for word in words[1:] if "=" not in word} - set(TARGETS)
    elif program in ("python", "python3") and words[1:2] == ["-m"] and words[2] in PARSERS:
        try:
            verb = VERBS.get(words[3]) if words[2] == "conformance" and len(words) > 3 else None
            verb().parse_args(words[4:]) if verb else PARSERS[words[2]]().parse_args(words[3:])
            return ""
        except SystemExit:
            return f"{words[2]} does not take {words[3:]}"
    elif words[1:3] == ["-m", "conformance.evidence.field"]:
        unknown = set(words[3:4]) - {*BUGS, "measure", "note"}
    elif program == "pytest":
        asked = {word for word in words[1:] if word.startswith("--")}
        unknown = asked - {"--pyargs", *re.findall(r'"(--[\w-]+)"', Path(plugin.__file__).read_text(encoding="utf-8"))}
    else:
        unknown = set() if words[:3] == ["python3", "-m", "venv"] or program == "pip" else {program}
    return f"unknown: {', '.join(sorted(unknown))}" if unknown else ""


def write(folder, pages):
    """The pages in a folder of their own."""
    (folder / "docs").mkdir(exist_ok=True)
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")


def judge(folder, command):
    """Run a command of the README in a folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    words = [sys.executable, *shlex.split(command)[1:]]
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, encoding="utf-8")


@pytest.mark.parametrize("block", PYTHON, ids=range(len(PYTHON)))
def test_a_block_of_python_runs(block):
    exec(compile(block, "README.md", "exec"), {})


def test_the_plug_in_conforms_by_the_command_below_it(tmp_path):
    (tmp_path / "my_loss.py").write_text(readme_sections.plug_in(README), encoding="utf-8")
    command = next(c for c in COMMANDS if c.startswith("python -m conformance my_loss.py:MyLoss"))

    done = judge(tmp_path, command)

    assert done.returncode == 0 and "IOU-4  CONFORMS" in done.stdout, done


def test_the_plug_in_with_the_fault_breaks_as_shown():
    run = readme_sections.wrong_plug_in(README, "--profile", "quick")

    assert (run.record["exit_code"], run.record["verdict"]) == (1, "BREAKS")
    assert all(re.search(r"ciou +IOU-4 +BREAKS", text) for text in (run.printed, readme.sections(PAGES)["break"]))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_is_named_exists(command):
    assert not fails(command)


@pytest.mark.parametrize(
    "command",
    ["make nothing", "make test C=red", "python -m none", "python -m conformance --colour", "pytest --colour", "c"]
    + ["python -m conformance draw --colour"],
)
def test_a_command_that_does_not_exist_is_noticed(command):
    assert fails(command)


def test_commands_and_paths_are_found_in_the_text():
    assert {"make conformance CANDIDATE=my_loss.py:MyLoss", "python -m conformance --list"} <= set(COMMANDS)
    assert {"refimpl/", "conformance/candidates/", "LICENSE"} <= set(PATHS)


def test_the_first_page_is_short():
    assert README.count("\n") <= 170


@pytest.mark.parametrize("path", PATHS)
def test_a_path_that_is_named_exists(path):
    assert (ROOT / path).exists()


def test_the_generated_sections_are_up_to_date(capsys):
    status = readme.main(["--check"])

    assert (status, capsys.readouterr().out) == (0, "")


@pytest.mark.parametrize("name", FIXED)
def test_a_stale_section_is_noticed(tmp_path, capsys, name):
    write(tmp_path, readme.replaced(PAGES, {name: "something else\n"}))

    status = readme.main(["--check", "--folder", str(tmp_path)])

    told = f"section {name} is stale; `make readme` writes it anew"
    assert status == 1 and told in capsys.readouterr().out.splitlines()


def test_a_picture_that_shows_another_run_is_noticed(copy, capsys):
    readme.main(["--folder", str(copy)])
    fresh = readme.main(["--check", "--folder", str(copy)])
    page = copy / "docs" / "measured.md"
    page.write_text(page.read_text(encoding="utf-8").replace("my_loss.py:MyLoss: X", "my_loss.py:MyLoss: Y"), encoding="utf-8")

    assert (fresh, readme.main(["--check", "--folder", str(copy)])) == (0, 1)
    assert "break.svg does not show the section break" in capsys.readouterr().out


@pytest.mark.parametrize("name", readme.TABLES)
def test_a_row_that_is_missing_from_a_measured_table_is_noticed(name):
    section = readme.sections(PAGES)[name]
    without = "".join(line for line in section.splitlines(True) if "TAL-7" not in line)

    assert readme.stale(readme.replaced(PAGES, {name: without})) == [f"section {name} has no row for assign TAL-7"]


def test_a_missing_section_is_noticed():
    without = {name: text.replace("generated: dialects", "generated: dialect") for name, text in PAGES.items()}

    assert "section dialects is missing" in readme.stale(without)


def test_other_digits_in_a_measured_table_are_not_stale():
    section = readme.sections(PAGES)["margins"]

    assert readme.stale(readme.replaced(PAGES, {"margins": section.replace("0.00%", "0.01%")})) == []


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the pages, and a suite that finds the same on every candidate at once."""
    rows = [dict(op=op, id=id, verdict="CONFORMS", examples=8, worst=0.5, undecided=0.25) for op, id in readme.PAIRS]
    rows[1] = {**rows[1], "worst": 0.75}
    record = {"about": {"dialect": "YOLOV8"}, "dialect": "YOLOV8", "clauses": rows}
    printed = "op \n" + "\n".join(f"{op} {id.rstrip('g')}" for op, id in readme.PAIRS)
    monkeypatch.setattr(readme_sections, "judged", lambda word, *options, **where: Run(f"{printed}\n{word}: X", record))
    write(tmp_path, PAGES)
    return tmp_path


def test_all_sections_but_those_of_ultralytics_are_written_anew(copy):
    assert readme.main(["--folder", str(copy)]) == 0

    written = {name: (copy / name).read_text(encoding="utf-8") for name in readme.PAGES}
    assert "| assign | TAL-7 | 8 | 0.5 | 25.00% | 0.5 | 25.00% |" in written["docs/measured.md"]
    assert "my_loss.py:MyLoss: X" in written["docs/measured.md"] and "…\nreference32: X" in written["README.md"]
    assert readme.stale(written) == [] and "\nultralytics: X" not in written["docs/ultralytics.md"]


def test_the_section_of_an_installed_release_is_written_alone(copy):
    assert readme.main(["--folder", str(copy), "--ultralytics"]) == 0

    written = {name: (copy / name).read_text(encoding="utf-8") for name in readme.PAGES}
    before, after = readme.sections(PAGES), readme.sections(written)
    assert {name for name in before if before[name] != after[name]} == {"ultralytics-YOLOV8"}
    largest, undecided, _, closing = after["ultralytics-YOLOV8"].splitlines()[2:6]
    assert largest == "largest    error/bound 0.75 (make_anchors, ANC-2)"
    assert undecided == "undecided  25.00% at most (make_anchors, ANC-1)"
    assert closing == "ultralytics: X"


@pytest.mark.parametrize("times", [0, 2])
def test_a_section_that_is_not_there_once_is_refused(copy, capsys, times):
    page = copy / "docs" / "measured.md"
    pattern = re.compile(r"<!-- generated: limits .*?<!-- end -->", re.DOTALL)
    before = pattern.sub(lambda found: found[0] * times, page.read_text(encoding="utf-8"))
    page.write_text(before, encoding="utf-8")

    status = readme.main(["--folder", str(copy)])

    assert (status, capsys.readouterr().err) == (2, f"readme: section limits: expected once, got {times} times\n")
    assert page.read_text(encoding="utf-8") == before


def test_a_run_without_a_verdict_fills_no_section():
    with pytest.raises(ReadmeError, match="no verdict on nobody:(.|\n)*unknown. Known names"):
        readme_sections.judged("nobody")


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "expected a block of Python that begins with `# my_loss.py`, got none"),
        ("```python\n# my_loss.py\n```\n", "expected dialect.iou_eps once, got it 0 times"),
    ],
)
def test_a_plug_in_example_that_cannot_be_changed_is_refused(text, said):
    with pytest.raises(ReadmeError, match=re.escape(said)):
        readme_sections.wrong_plug_in(text)
