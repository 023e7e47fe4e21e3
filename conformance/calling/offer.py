"""What a candidate says of itself: its name, where it runs, which ops and gradients it has, which dialects it serves."""

from __future__ import annotations

from typing import Any, Callable, FrozenSet, NamedTuple, Sequence, Tuple

from conformance.calling import errors as foreign
from conformance.calling.errors import CandidateError, CandidateNotFound, NotServed
from conformance.calling.misspelt import misspelt
from conformance.cases.protocol import GRADIENTS, OPS, vjp
from conformance.cases.sizes import variants
from refimpl import Dialect


class Offer(NamedTuple):
    """What a candidate says of itself.

    Attributes
    ----------
    name, framework, device : by default its word, numpy, cpu.
    bridge : the framework whose tensors it takes, where that is another.
    dtypes : the float types it computes in, if it says so; none for any.
    ops : the ops of the protocol it offers.
    vjps : the ops of which it offers `<op>_vjp`.
    misspelt : a question about each of its attributes that is no op, but reads like one it lacks.
    """

    name: str
    framework: str
    bridge: str
    device: str
    dtypes: Tuple[str, ...]
    ops: FrozenSet[str]
    vjps: FrozenSet[str]
    misspelt: Sequence[str]


def offer(made: Any, word: str) -> Offer:
    """Read what a candidate says of itself, by what its factory has made."""
    framework = getattr(made, "framework", "numpy")
    ops = frozenset(op for op in OPS if getattr(made, op, None) is not None)
    vjps = frozenset(op for op in GRADIENTS if getattr(made, vjp(op), None) is not None)
    names, offered = [*OPS, *map(vjp, GRADIENTS)], {*ops, *map(vjp, vjps)}
    return Offer(
        str(getattr(made, "name", word)),
        framework,
        getattr(made, "bridge", framework),
        str(getattr(made, "device", None) or "cpu"),
        tuple(getattr(made, "dtypes", None) or ()),
        ops,
        vjps,
        misspelt(made, names, [name for name in names if name not in offered]),
    )


def served(made: Callable[[Dialect], Any], preset: Dialect, word: str) -> Tuple[Tuple[Dialect, ...], Tuple[str, ...]]:
    """The preset and its variants, as far as a factory takes them, and its reasons for refusing others.

    Raises
    ------
    CandidateNotFound
        If it fails, or refuses every dialect.
    """
    taken, refused = [], []
    for dialect in (preset, *variants(preset)):
        try:
            made(dialect)
            taken.append(dialect)
        except NotServed as refusal:
            refused.append(str(refusal))
        except CandidateError as error:
            changes = "".join(f" {k}={v}" for k, v in vars(dialect).items() if v != vars(preset)[k])
            missing = foreign.missing_package(error.__cause__)
            raise CandidateNotFound(f"{error}\n  for the dialect {preset.name}{changes}", missing) from error
    if not taken:
        raise CandidateNotFound(f"candidate {word!r}: refuses {preset.name} and all variants: {refused[0]}")
    return tuple(taken), tuple(dict.fromkeys(refused))
