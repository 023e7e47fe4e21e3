"""Every golden case can be drawn, from the command line as from Python."""

import subprocess
import sys
from xml.etree import ElementTree

import pytest

from golden import draw
from golden.check import read_case
from golden.manifest import read_manifest
from golden.store import HOME

ENTRIES = {entry.id: entry for entry in read_manifest(HOME)[0]}
SVG = "{http://www.w3.org/2000/svg}svg"


EMPTY = {"targets-none", "bbox-loss-no-foreground", "gradient-bbox-loss-no-foreground"}
"""Cases without a box or an anchor that could be drawn."""


def test_every_case_is_drawn_but_those_that_hold_nothing():
    bare = set()
    for entry in ENTRIES.values():
        whole = ElementTree.fromstring(draw.svg(entry, read_case(HOME, entry)))

        said = " ".join(text.text for text in whole.findall("{http://www.w3.org/2000/svg}text"))
        assert said.startswith(f"{entry.id}: {entry.op}")
        bare |= set() if whole.findall(SVG) else {entry.id}
        told = said.replace(entry.id, "")
        assert ("nothing" in told or "no box" in told) == (entry.id in bare), entry.id

    assert bare == EMPTY


def test_the_command_line_writes_the_picture(tmp_path):
    name = "assign-three-images"
    done = [sys.executable, "-m", "conformance", "draw", name]

    printed = subprocess.run(done, capture_output=True, text=True, check=True, cwd=HOME.parent).stdout
    subprocess.run([*done, "--out", str(tmp_path / "case.svg")], check=True, cwd=HOME.parent)

    assert ElementTree.fromstring(printed).tag == SVG
    assert (tmp_path / "case.svg").read_text(encoding="utf-8") == printed


def test_without_a_case_all_are_listed(capsys):
    assert draw.main([]) == 0
    assert capsys.readouterr().out.split() == list(ENTRIES)


@pytest.mark.parametrize(
    "name, said", [("assign-three-image", "perhaps assign-three-images"), ("zzz", "draw` lists, got 'zzz'")]
)
def test_an_unknown_case_is_answered_with_the_nearest(name, said, capsys):
    assert draw.main([name]) == 2
    assert said in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_refused(tmp_path, capsys):
    assert draw.main(["assign-three-images", "--out", str(tmp_path / "none" / "x.svg")]) == 2
    assert "conformance draw: " in capsys.readouterr().err


def test_a_terminal_is_not_filled_with_svg(monkeypatch, capsys):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    assert draw.main(["assign-three-images"]) == 2
    assert "--out assign-three-images.svg writes it to a file" in capsys.readouterr().err
