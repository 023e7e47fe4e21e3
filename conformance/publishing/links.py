"""Dead links: every link between the pages leads to a file that is made and an anchor that is in it."""

from __future__ import annotations

import posixpath
import re
from typing import Dict, List, Set

from conformance.publishing.readme_sections import ROOT

_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_ID = re.compile(r'<a id="([^"]+)">')
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def dead_links(pages: Dict[str, str]) -> List[str]:
    """Links that lead nowhere, and anchors that stand twice on a page, each as a sentence.

    Parameters
    ----------
    pages : path below docs/ -> text; a link may also lead to another file of the checkout
    """
    problems = []
    for name, text in pages.items():
        ids = _ID.findall(text)
        problems += [
            f"docs/{name}: anchor {id} stands {ids.count(id)} times" for id in sorted(set(ids)) if ids.count(id) > 1
        ]
        for target in _LINK.findall(_CODE.sub("`", text)) if name.endswith(".md") else ():
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            whole = posixpath.normpath(posixpath.join("docs", posixpath.dirname(name), path)) if path else f"docs/{name}"
            own = whole[len("docs/") :] if whole.startswith("docs/") else None
            beside = own is None or not own.endswith((".md", ".svg"))
            if own not in pages and not (beside and (ROOT / whole).exists()):
                problems.append(f"docs/{name}: link to {target}: no such page")
            elif anchor and own in pages and anchor not in anchors(pages[own]):
                problems.append(f"docs/{name}: link to {target}: no such anchor")
    return problems


def anchors(text: str) -> Set[str]:
    """Where a link may lead within a page: what has an id, and headings as GitHub names them."""
    headings = _HEADING.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    slugs = (re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)
    return {*_ID.findall(text), *slugs}
