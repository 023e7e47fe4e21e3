"""Signatures: one line says what an op takes and returns; names, shapes, checks and documentation follow from it.

    @op("boxes1~: N 4 xyxy, boxes2~: N 4 xyxy -> values~: N")

An operand is `name: axes words`; `~` behind the name says that it is differentiated. Axes are letters, numbers, their
sums and products (`4R+C`), a leading `...` for any number of axes, and `?` for a size that only the op knows. The
letters are those of the field everywhere: B images, L levels, A anchors (Σ H·W over the levels), G ground-truth slots,
N boxes or pairs, C classes, R bins; C, R and L come from the dialect. `[B 4R+C H W]*L` is a list of L arrays. The words
are one kind (`KINDS`, or a plain Python value of `PLAIN`), one unit, and `where mask`: read only where that mask is
true.
"""

from __future__ import annotations

import functools
import re
from typing import Dict, List, Mapping, NamedTuple, Tuple

KINDS: Dict[str, str] = {
    "number": "a finite number",
    "unbounded": "a number, finite or not",
    "xyxy": "a finite number",
    "xywh": "a finite number",
    "ltrb": "a finite number",
    "xy": "a finite number",
    "logit": "a finite number",
    "probability": "a probability, 0 … 1",
    "nonnegative": "a number ≥ 0",
    "positive": "a number > 0",
    "label": "a class, 0 … C − 1",
    "index": "a whole number ≥ 0",
    "mask": "0 or 1",
    "image": "uint8",
    "targets": "a row of image, class, cx, cy, w, h",
}
"""Kinds of array, and what each of their elements is."""

PLAIN: Dict[str, str] = {
    "count": "a whole number ≥ 0",
    "natural": "a whole number > 0",
    "real": "a finite number",
    "share": "a number, 0 … 1",
    "size": "(H, W), two whole numbers > 0",
    "shape": "(H, W), two whole numbers ≥ 0",
    "switch": "True or False",
}
"""Kinds of plain Python value."""

UNITS = ("px", "grid")


class Operand(NamedTuple):
    """An argument or a result of an op.

    Attributes
    ----------
    axes : of an array, such as ("B", "A", "4R"); of a `count` or `natural`, the letter it binds, if any.
    many : the letter of how many arrays or shapes a list holds; "" if it is no list.
    where : name of the mask outside which the operand is not read; "" if it is read everywhere.
    optional : whether callers may leave it out.
    """

    name: str
    axes: Tuple[str, ...] = ()
    kind: str = "number"
    unit: str = ""
    where: str = ""
    differentiable: bool = False
    many: str = ""
    optional: bool = False

    @property
    def plain(self) -> bool:
        """Whether it is a plain Python value, no array."""
        return self.kind in PLAIN

    @property
    def shape(self) -> str:
        """Its axes as a shape is written: (B, A, 4), (N,), (...)."""
        return f"({', '.join(self.axes)}{',' if len(self.axes) == 1 and self.axes != ('...',) else ''})"

    @property
    def letters(self) -> Tuple[str, ...]:
        """The letters among its axes, each once, in order."""
        return tuple(dict.fromkeys(re.findall("[A-Z]", " ".join(self.axes))))


def operands(text: str) -> Tuple[Operand, ...]:
    """Read the operands of one side of a signature.

    Raises
    ------
    ValueError
        If the text is none, or holds a word that is neither axis, kind nor unit.

    >>> operands("gt_bboxes: B G 4 xyxy px where mask_gt")[0].axes
    ('B', 'G', '4')
    """
    return tuple(_operand(part.strip()) for part in text.split(",") if part.strip())


def _operand(text: str) -> Operand:
    found = re.fullmatch(r"(\w+)(~?):\s*(?:\[(.*)\]\*([A-Z])|(.*))", text)
    if not found:
        raise ValueError(f"{text!r}: expected `name: axes words`, or `name: [axes words]*L`")
    name, differentiable, listed, many, single = found.groups()
    words, _, where = (single if listed is None else listed).partition("where ")
    axes: List[str] = []
    rest = words.split()
    while rest and re.fullmatch(r"\.\.\.|\?|[A-Z0-9+]+", rest[0]):
        axes.append(rest.pop(0))
    kinds, units = [w for w in rest if w in KINDS or w in PLAIN], [w for w in rest if w in UNITS]
    if len(kinds) > 1 or len(units) > 1 or len(kinds) + len(units) != len(rest):
        raise ValueError(f"{text!r}: expected one kind of {[*KINDS, *PLAIN]} and one unit of {list(UNITS)}, got {rest}")
    kind, unit = (kinds or ["number"])[0], (units or [""])[0]
    return Operand(name, tuple(axes), kind, unit, where.strip(), bool(differentiable), many or "")


def size_of(axis: str, sizes: Mapping[str, int]) -> int:
    """Size of one axis, e.g. `4R+C` with R = 16 and C = 80 is 144."""
    return sum(factor * (sizes[letter] if letter else 1) for factor, letter in _terms(axis))


@functools.lru_cache(maxsize=None)
def _terms(axis: str) -> Tuple[Tuple[int, str], ...]:
    """Factor and letter, if any, of each term of one axis."""
    terms = (re.fullmatch(r"(\d*)([A-Z]?)", term).groups() for term in axis.split("+"))
    return tuple((int(factor or 1), letter) for factor, letter in terms)


def tail_of(axes: Tuple[str, ...], shape: Tuple[int, ...]) -> Tuple[Tuple[str, ...], Tuple[int, ...], Tuple[int, ...]]:
    """Axes without a leading `...`, the sizes they stand for, and the leading sizes that `...` stands for."""
    if axes[:1] != ("...",):
        return axes, shape, ()
    cut = max(len(shape) - len(axes) + 1, 0)
    return axes[1:], shape[cut:], shape[:cut]
