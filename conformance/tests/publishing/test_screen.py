"""Screens: every word of the run, broken where the terminal ends, with verdicts and bug standing out."""

from xml.etree import ElementTree

from conformance.publishing.screen import COLUMNS, screen

SVG = "{http://www.w3.org/2000/svg}"
RUN = "$ python -m conformance\nciou  BREAKS\n  looks like: <beta> is 5\n\n    " + "word " * 40 + "\n"


def _lines(svg):
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_every_word_is_there_and_no_line_is_longer_than_the_terminal():
    lines = _lines(screen(RUN, "a run"))

    assert " ".join(" ".join(lines).split()) == " ".join(RUN.split())
    assert max(map(len, lines)) <= COLUMNS


def test_what_goes_on_below_is_indented_further():
    first, second = _lines(screen(RUN, "a run"))[-3:-1]

    assert first.startswith("    word") and second.startswith("        word")


def test_the_command_a_verdict_and_the_bug_stand_out():
    found = ElementTree.fromstring(screen(RUN, "a run"))

    texts = [one for tag in ("text", "tspan") for one in found.iter(f"{SVG}{tag}") if one.get("class")]
    dressed = {"".join(one.itertext()).strip(): one.get("class") for one in texts}
    assert dressed == {"$ python -m conformance": "command", "BREAKS": "wrong", "looks like: <beta> is 5": "bug"}


def test_who_cannot_see_it_can_read_it():
    found = ElementTree.fromstring(screen(RUN, "a run"))

    assert (found[0].text, found[1].text) == ("a run", RUN)
