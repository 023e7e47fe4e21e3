"""What a page of a family beside those of its ops is made from."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, NamedTuple

import numpy as np

from conformance.paper.svg import Picture


class Stored(NamedTuple):
    """The golden tensors as data: the manifest, and from the id of a case its tensors by name."""

    manifest: Dict[str, Any]
    tensors: Callable[[str], Dict[str, np.ndarray]]


class Page(NamedTuple):
    """Name of the file, text in Markdown, and the pictures it shows. `PAGES` of a family: functions of `Stored` to pages."""

    name: str
    text: str
    pictures: List[Picture]
