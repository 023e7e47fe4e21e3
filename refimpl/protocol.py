"""The protocol: the ops of the reference, each declared by one line on its function.

`@op("…")` reads the signature (see `signature`), puts the door before the function and enters it in `OPS`; `@vjp(op)`
does the same for its gradient, which takes the arguments of the op, then a cotangent for each differentiable result.
"""

from __future__ import annotations

import inspect
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Sequence, Tuple

import numpy as np

from refimpl.dialect import Dialect
from refimpl.door import cells_of, guarded, neutralised
from refimpl.elements import numeric
from refimpl.signature import Operand, operands, size_of, tail_of


class Op(NamedTuple):
    """An op of the protocol.

    Attributes
    ----------
    name : of the op.
    signature : the line it was declared by.
    function, vjp : of the reference, both with the door; `vjp` is None if there is no gradient.
    takes, gives : the operands on either side of the arrow.
    """

    name: str
    signature: str
    function: Callable
    takes: Tuple[Operand, ...]
    gives: Tuple[Operand, ...]
    vjp: Callable | None = None

    @property
    def arguments(self) -> Tuple[str, ...]:
        """Names of the arguments every caller gives."""
        return tuple(o.name for o in self.given)

    @property
    def given(self) -> Tuple[Operand, ...]:
        """The operands every caller gives."""
        return tuple(o for o in self.takes if not o.optional)

    @property
    def parameters(self) -> Tuple[str, ...]:
        """Names of all arguments in their order; those a caller may leave out come last."""
        return tuple(o.name for o in self.takes)

    @property
    def call(self) -> str:
        """How it is called, but for the dialect: "(boxes1, boxes2)"; what may be left out is None."""
        return f"({', '.join(o.name + '=None' * o.optional for o in self.takes)})"

    def among(self, values: Mapping[str, Any]) -> Dict[str, Any]:
        """The arguments among values by name, in their order: those it takes, and of those what is there."""
        return {name: values[name] for name in self.parameters if name in values}

    @property
    def returns(self) -> Tuple[str, ...]:
        """Names of the results; an op that returns one array returns no tuple."""
        return tuple(o.name for o in self.gives)

    @property
    def wrt(self) -> Tuple[str, ...]:
        """Names of the arguments the op is differentiated by."""
        return tuple(o.name for o in self.takes if o.differentiable)

    @property
    def cotangents(self) -> Tuple[str, ...]:
        """Names of the cotangents: one for each differentiable result."""
        of = [o.name for o in self.gives if o.differentiable]
        return tuple("cotangent" if len(of) == 1 else f"cotangent_{name}" for name in of)

    @property
    def gradient(self) -> "Op":
        """`<op>_vjp` as an op: it takes the arguments, then the cotangents, and returns what `wrt` names."""
        differentiable = [o for o in self.gives if o.differentiable]
        cotangents = [o._replace(name=name, kind="number") for name, o in zip(self.cotangents, differentiable)]
        required, optional = ([o for o in self.takes if o.optional is wanted] for wanted in (False, True))
        gives = tuple(o._replace(kind="number") for o in self.takes if o.differentiable)
        takes = (*required, *cotangents, *optional)
        return self._replace(name=f"{self.name}_vjp", function=self.vjp, takes=takes, gives=gives)


OPS: Dict[str, Op] = {}
"""All ops by name, in the order of the protocol, which is the order in which the recipe needs them."""


def op(signature: str) -> Callable[[Callable], Callable]:
    """Declare a function of the reference as an op of the protocol.

    Raises
    ------
    ValueError
        If the signature cannot be read, or its arguments are not those of the function.
    """

    def declare(function: Callable) -> Callable:
        left, right = (operands(side) for side in signature.split("->"))
        takes = _as_declared(function, left)
        checked = guarded(function, takes)
        OPS[function.__name__] = Op(function.__name__, signature, checked, takes, right)
        return checked

    return declare


def vjp(of: Callable) -> Callable[[Callable], Callable]:
    """Declare a function as the gradient of an op: `<op>_vjp(arguments…, cotangents…)`."""

    def declare(function: Callable) -> Callable:
        op = OPS[of.__name__]
        OPS[op.name] = op._replace(vjp=guarded(function, _as_declared(function, op.gradient.takes)))
        return OPS[op.name].vjp

    return declare


def takes_as(of: Callable) -> Callable[[Callable], Callable]:
    """Put the door of an op before another function that takes the same arguments."""
    return lambda function: guarded(function, _as_declared(function, OPS[of.__name__].takes))


def _as_declared(function: Callable, takes: Sequence[Operand]) -> Tuple[Operand, ...]:
    """The operands, those with a default marked as optional, if they are the parameters of the function."""
    parameters = inspect.signature(function).parameters
    if (*(o.name for o in takes), "dialect") != tuple(parameters):
        names = [o.name for o in takes]
        raise ValueError(f"{function.__name__}: expected parameters {[*names, 'dialect']}, got {list(parameters)}")
    return tuple(o._replace(optional=parameters[o.name].default is not inspect.Parameter.empty) for o in takes)


def shapes(op: Op, arguments: Mapping[str, Any], dialect: Dialect) -> List[Tuple[int, ...]] | None:
    """The shapes of what an op returns for these arguments; None if it alone knows one of the sizes.

    >>> from refimpl import OPS, YOLOV8
    >>> shapes(OPS["make_anchors"], {"feature_shapes": [(2, 3), (1, 1), (1, 1)]}, YOLOV8)
    [(8, 2), (8, 1)]
    """
    if any("?" in o.axes for o in op.gives):
        return None
    sizes: Dict[str, Any] = {"C": dialect.num_classes, "R": dialect.reg_max, "...": ()}
    for o in op.takes:
        value = arguments.get(o.name)
        if o.many:
            sizes["A"] = sum(cells_of(o, item) for item in value)
            if not o.plain and len(value):
                sizes.update({axis: size for axis, size in zip(o.axes, np.shape(value[0])) if axis.isalpha()})
        elif o.plain:
            sizes.update({letter: value for letter in o.axes})
        elif value is not None:
            axes, tail, leading = tail_of(o.axes, np.shape(value))
            sizes.update({axis: size for axis, size in zip(axes, tail) if axis.isalpha()})
            sizes.update({"...": leading} if o.axes[:1] == ("...",) else {})
    leading = [sizes["..."] if o.axes[:1] == ("...",) else () for o in op.gives]
    return [
        before + tuple(size_of(axis, sizes) for axis in o.axes if axis != "...") for before, o in zip(leading, op.gives)
    ]


def as_read(op: Op, arguments: Mapping[str, Any]) -> Dict[str, Any]:
    """The arguments with 0 wherever a mask hides what they hold: two calls that agree in these are one and the same."""
    named = {o.name: o for o in op.takes}
    masks = {o.name: numeric(o, o.name, arguments[o.name]) != 0 for o in op.takes if o.kind == "mask"}
    return {
        name: neutralised(named[name], value, masks, named) if name in named and named[name].where else value
        for name, value in arguments.items()
    }
