"""The page: whole, well-formed, in need of nothing else, and closed to what a candidate says."""

import html.parser
import json
import re

import pytest

from conformance.publishing.readme_sections import ROOT
from conformance.suite.report import Report
from conformance.reporting.page import page
from conformance.reporting.record import VERSION, record, whole
from conformance.ops.spec import CLAUSES
from conformance.tests.reporting.judging import break_of, broken
from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR, KNOWN, NOT_PROVIDED, Row

EVIL = "</style><script>alert(1)</script><img src=x onerror=alert(1)>\x00 &amp; \"'"


class _Document(html.parser.HTMLParser):
    """Tags that are open, ids, links, and all that could reach out of the file."""

    VOID = {"meta", "br"}

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.reaching, self.words = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, name, attributes):
        if name not in self.VOID:
            self.open.append(name)
        self._see(name, dict(attributes))

    def handle_startendtag(self, name, attributes):
        self._see(name, dict(attributes))

    def handle_endtag(self, name):
        assert self.open.pop() == name

    def handle_data(self, data):
        self.words.append(data)

    def _see(self, name, attributes):
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.links += [attributes["href"]] if "href" in attributes else []
        reaching = name in ("script", "link", "img", "iframe", "object") or any(k.startswith("on") for k in attributes)
        self.reaching += [name] if reaching or "src" in attributes else []


def _judged(*pairs, **facts):
    """A run that breaks these clauses, and conforms to one."""
    found = record(Report("mine", (("dialect", "YOLOV8"),), "YOLOV8", "quick", (Row("iou", "IOU-1", CONFORMS, 9, 0.5, 0, ""),)))
    found["clauses"] += [json.loads(break_of(*pair)) for pair in pairs]
    return {"schema_version": VERSION, **found, "word": broken("IOU-4"), "verdict": BREAKS if pairs else CONFORMS, **facts}


BREAKING = _judged(("IOU-4", "ciou"), ("TAL-7", "assign"), ("DFL-1", "dfl_loss"), ("IOU-1g", "iou"))


def test_the_page_is_well_formed_and_every_link_in_it_leads_somewhere():
    seen = _Document(page(BREAKING))

    assert seen.open == [] and seen.reaching == []
    assert len(seen.ids) == len(set(seen.ids))
    assert {link[1:] for link in seen.links if link.startswith("#")} <= set(seen.ids)


def test_the_spec_has_every_anchor_that_the_page_names():
    index = (ROOT / "docs" / "spec" / "README.md").read_text(encoding="utf-8")

    assert "docs/clauses/IOU-4.md" in page(BREAKING)
    assert set(CLAUSES) <= set(re.findall(r'id="([\w-]+)"', index))


def test_nothing_in_the_page_reaches_out_of_it():
    text = page(BREAKING)

    assert re.findall(r"(?:https?:)?//(?!www\.w3\.org/2000/svg)[^\s\"<]*\.", text) == []
    assert "@import" not in text and "url(" not in text


def test_two_candidates_stand_on_one_page_without_meeting():
    other = {**_judged(("IOU-4", "ciou")), "candidate": "other"}

    seen = _Document(page({"schema_version": VERSION, "exit_code": 1, "candidates": [_judged(("IOU-4", "ciou")), other]}))

    assert len(seen.ids) == len(set(seen.ids)) and {"mine", "other"} <= set(word.strip() for word in seen.words)


def test_what_a_candidate_says_stays_text():
    rows = (Row("iou", "IOU-1", ERROR, 0, 0.0, 0.0, EVIL),)
    evil = Report(EVIL, ((EVIL, EVIL),), "YOLOV8", "quick", rows, (EVIL,), word=EVIL)

    seen = _Document(page(whole([evil], single=True)))

    assert seen.open == [] and seen.reaching == []
    assert EVIL.replace("\x00", "\ufffd") in "".join(seen.words)


def test_a_verdict_is_told_by_a_word_and_a_sign():
    text = page(BREAKING)

    assert "✕ </span><span>breaks" in text and "✓ </span><span>conforms" in text


def test_a_break_tells_all_that_is_needed_to_name_the_fault():
    record = json.loads(json.dumps(BREAKING))
    bug = {"id": "x", "sentence": "beta is 5", "seen": "a fork", "convention": False, "dialect": ""}
    record["clauses"][2]["counterexample"].update(bugs=[bug], stage="first divergent stage: alignment_metric (TAL-3)")

    words = " ".join(_Document(page(record)).words)

    stage = "First divergent stage: alignment_metric (TAL-3)"
    assert all(told in words for told in ("beta is 5 (seen in a fork)", stage, "expected", "got", "To see it again"))


def test_a_known_failure_has_its_reason_and_a_section_of_its_own():
    excused = json.loads(break_of("IOU-4", "ciou"))
    excused.update(verdict=KNOWN, detail="until version 3 (known.txt:1)\n  what it was")
    run = _judged(verdict=KNOWN)

    seen = _Document(page({**run, "clauses": [*run["clauses"], excused]}))

    words = " ".join(seen.words)
    assert "conforms to 1 of 2 clauses, 1 known to fail" in words and "What breaks" not in words
    assert "What is known to fail" in words and "until version 3 (known.txt:1)" in words
    assert {"break-ciou-IOU-4", "IOU-4"} <= set(seen.ids) and "#break-ciou-IOU-4" in seen.links


def test_a_conforming_run_has_no_break_to_show():
    words = " ".join(_Document(page(_judged())).words)

    assert "conforms to 1 clause" in words and "What breaks" not in words
    assert "quick: not sufficient for conformance" in words


def test_an_op_that_is_not_provided_is_named_once():
    text = page(whole([Report("mine", rows=(Row("giou", "IOU-2", NOT_PROVIDED, 0, 0.0, 0.0, ""),))], single=True))

    assert "Not provided: giou." in text


@pytest.mark.parametrize("count", [50])
def test_fifty_breaks_stay_below_two_megabytes(count):
    """The largest program and the largest pictures, each fifty times."""
    clauses = max((c for c in BREAKING["clauses"]), key=lambda c: len(page({**BREAKING, "clauses": [c]})))

    assert len(page({**BREAKING, "clauses": [clauses] * count}).encode()) < 2_000_000
