"""The page of the seeds: what seed 001 says before and after the loss, and which clause holds each sentence.

Which sections a clause comes from is said in its source; the page lists those by section, then each item of the seed
with its clauses, its erratum, or as words without content.
"""

from __future__ import annotations

import re
from typing import Dict, List, NamedTuple, Tuple

from conformance.ops.spec import CLAUSES
from conformance.paper import markdown

INTRODUCED = "Written by `make spec` from the sources that the clauses name."


class Item(NamedTuple):
    """Something a section of the seed says: in short, the clauses that hold it, and what is wrong with it."""

    says: str
    clauses: Tuple[str, ...]
    erratum: str = ""


ITEMS: Dict[str, Tuple[Item, ...]] = {
    "RPN": (
        Item("anchors and a softmax give foreground anchors", ("RPN-6",), "the scores are given: any that rise with the chance of an object"),
        Item("the proposal layer moves anchors by (dx, dy, dw, dh)", ("RPN-6",)),
        Item("anchors are sorted by score and the first pre_nms_topN (6000), moved, are taken", ("RPN-4", "RPN-5")),
        Item(
            "those that cross the border by much are left out", ("CLP-1", "RPN-3"),
            "released layers clip to the border; leaving out is the decision `propose_border`",
        ),
        Item("suppression", ("RPN-7",)),
        Item("sorted again, the first post_nms_topN (300) are proposed", ("RPN-4",)),
        Item("the last anchors go to RoI pooling", ("RPN-6",)),
    ),
    "RoI Pooling": (
        Item("a proposal is mapped to the scale of the map", ("ROI-1", "ROI-2"), "the seed says: to the original image; the pooled map is smaller"),
        Item("height and width are divided into 7 parts", ("ROI-3", "ROI-5")),
        Item("each part is max pooled to an output of fixed length", ("ROI-4", "ROI-6g")),
    ),
    "1.1": (
        Item("load_image: the long side is resized to imgsz, the ratio kept", ("GEO-1",)),
        Item("ratio_pad = resized shape / original shape", ("GEO-5",)),
        Item("labels are loaded beside their image", ("GEO-6",)),
        Item("Mosaic of several images", ("AUG-2",)),
        Item("RandomPerspective", ("AUG-3",)),
        Item("MixUp: img₁ · λ + img₂ · λ", ("MIX-1",), "the second weight is 1 − λ; as written, brightness is 2λ"),
        Item("RandomHSV", ("AUG-5",)),
        Item("RandomFlip, twice", ("AUG-1",)),
    ),
    "2.1": (
        Item("w_t = β · w_(t−1) + (1 − β) · δ_t", ("EMA-2", "EMA-3"), "w is the average and δ the weights: the seed names them the other way round"),
    ),
    "3.1": (Item("learning rate", ("LRS-1", "LRS-2", "LRS-3"), "a heading alone; the clauses are those of released code"),),
    "6.1": (Item("multi_scale", ("SIZ-1", "SIZ-2"), "a name alone; the clauses are those of released code"),),
}  # fmt: skip
"""By section, in the order of the seed."""

WORDS = (
    "CopyPaste", "Albumentations", "Format", "Compose", "ims, in which resized images are kept for Mosaic",
    "1.2 preprocessing", "1.3 augmentation", "3.2 weight decay", "3.3 momentum", "EMA as temporal ensembling",
    "RoI pooling serves classification and box regression",
)  # fmt: skip
"""Said by a name or in passing: there is nothing in them that a candidate could do wrong."""


def page() -> str:
    """The page."""
    rows = [
        (section, one.says, ", ".join(f"[{id}](clauses/{id}.md)" for id in one.clauses), one.erratum or "–")
        for section, items in ITEMS.items()
        for one in items
    ]
    return markdown.blocks(
        "# What seed 001 says around the loss",
        INTRODUCED,
        "Its loss, assigner and decoding are the clauses of the head. Around them stands, section by section:",
        markdown.table(["section", "what it says", "clauses", "erratum"], rows),
        f"Words without content: {'; '.join(WORDS)}.",
        "By the sources of the clauses:",
        *(f"- section {section}: {', '.join(ids)}" for section, ids in by_section().items()),
    )


def by_section() -> Dict[str, List[str]]:
    """Ids of the clauses whose source names a section of seed 001."""
    found: Dict[str, List[str]] = {section: [] for section in ITEMS}
    for clause in CLAUSES.values():
        for named in re.findall(r"seed 001 section ([^;,]+)", clause.source):
            found.setdefault(named.strip(), []).append(clause.id)
    return found
