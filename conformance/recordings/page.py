"""The report on recorded steps: one HTML file, with a picture of the anchors whose owner is illegal."""

from __future__ import annotations

from typing import List

import numpy as np

from conformance.judging.verdicts import BREAKS
from conformance.paper.markup import Markup, joined, tag
from conformance.paper.marks import corners, framed, legend, line, mark, picture, words
from conformance.paper.style import INK, PICTURE
from conformance.recordings.findings import Finding
from conformance.recordings.step import dialect_of, laid_out
from conformance.recordings.told import Judged, headline, step
from refimpl import Dialect
from refimpl.targets import to_pixels

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

_PAGE = """
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.6 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 3rem 1.5rem; } h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 3rem 0 1rem; } .wrong { color: var(--accent); font-weight: 600; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; } th, td { text-align: left; padding: .3rem .75rem .3rem 0;
vertical-align: baseline; font-weight: 400; overflow-wrap: anywhere; } thead th { border-bottom: 1px solid var(--line); }
svg.picture { width: 100%; max-width: 34rem; height: auto; display: block; margin: 1.5rem 0; }
"""

MOST = 3
"""Images drawn of one step at most."""


def page(judged: List[Judged], dialect: Dialect) -> str:
    """The document."""
    title = headline(judged)
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{title} – recorded steps"),
        tag("style", Markup(INK + PICTURE + _PAGE)),
    )
    parts = [_step(one, dialect, i) for i, one in enumerate(judged)]
    return "<!doctype html>\n" + tag("html", head, tag("body", tag("main", tag("h1", title), *parts)), lang="en") + "\n"


def _step(one: Judged, dialect: Dialect, number: int) -> Markup:
    rows = [_row(finding) for finding in one.judgement.findings]
    heads = tag("thead", tag("tr", *(tag("th", name) for name in ("what", "verdict", "clause", "", "error / bound"))))
    drawn = [_scene(one, dialect, finding, f"s{number}") for finding in one.judgement.findings if finding.anchors]
    table = tag("table", heads, tag("tbody", *rows))
    return joined(tag("h2", f"{step(one)}: {one.judgement.verdict}"), table, *drawn[:MOST])


def _row(f: Finding) -> Markup:
    worst = f"{f.worst:.2g}" if f.worst and np.isfinite(f.worst) else ""
    verdict = tag("td", f.verdict, class_="wrong" if f.verdict == BREAKS else None)
    return tag("tr", tag("td", f.what), verdict, tag("td", f.clause), tag("td", f.text), tag("td", worst))


def _scene(one: Judged, dialect: Dialect, finding: Finding, key: str) -> Markup:
    """The image: its boxes, the anchors whose owner is illegal, and a line to the box each may belong to."""
    seen = laid_out(one.recording, dialect_of(one.recording, dialect))
    boxes = to_pixels(seen.labels(finding.image)[:, 2:], seen.size)
    places = seen.points * seen.stride
    wrong = [anchor for anchor, _ in finding.anchors]
    frame, tall = framed(np.concatenate([corners(boxes), places[wrong], [[0, 0], seen.size[::-1]]]))
    drawn = [frame.box((0, 0, *seen.size[::-1]), "cell")]
    drawn += [frame.box(box, "box", f"gt {g}", g % 2 == 1) for g, box in enumerate(boxes)]
    for anchor, legal in finding.anchors:
        at = frame.at(*places[anchor])
        drawn += [line(at, frame.at(*boxes[g].reshape(2, 2).mean(axis=0)), "ref thin") for g in legal[:1]]
        drawn.append(mark("cross", at))
    entries = [("box", "labelled box"), ("cross", "anchor whose owner is illegal")]
    entries += [("ref", "the box it belongs to")] if any(legal for _, legal in finding.anchors) else []
    legends, below = legend(tall, *entries)
    told, end = words(tall + below, [finding.text])
    return picture(f"{key}-image{finding.image}", f"Image {finding.image}", finding.text, tall + below + end, *drawn, legends, told)
