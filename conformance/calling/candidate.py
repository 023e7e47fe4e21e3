"""A candidate at work: made for the dialects it serves, called op by op, and held to the form of the protocol."""

from __future__ import annotations

import contextlib
import functools
from typing import Any, Callable, Sequence, Tuple

import numpy as np

from conformance.calling import dialects
from conformance.calling import errors as foreign
from conformance.calling.tensors import Exchange, form, lent, unpacked
from conformance.calling.errors import CandidateError, CandidateNotFound, NotServed
from conformance.calling.frameworks import bridge
from conformance.calling.loading import known, load
from conformance.calling.offer import offer, served
from conformance.cases.protocol import GRADIENTS, OPS, vjp
from conformance.calling.remote import candidate as remote
from conformance.calling.remote.limits import PREFIX, Limits
from conformance.judging.rounding import Precision
from refimpl import YOLOV8, Dialect

__all__ = ["Candidate", "CandidateError", "CandidateNotFound", "NotServed", "find", "known", "load"]


def find(word: str, dialect: str | None = None, limits: Limits | None = None) -> Candidate:
    """Load a candidate; without `dialect`, a word as `dialects.named` takes it, its factory's attribute `dialect` says which,
    or YOLOV8.

    With `limits` it runs in a process of its own that is held to them; a program always does.

    Raises
    ------
    CandidateNotFound
        If it cannot be loaded or made, or names an unknown dialect.
    """
    alone = limits is not None or word.startswith(PREFIX)
    factory = remote.load(word, dialect, limits or Limits()) if alone else load(word)
    name = getattr(factory, "dialect", YOLOV8.name) if dialect is None else dialect
    try:
        return Candidate(factory, dialects.named(name), word, name)
    except BaseException:
        remote.close(factory)
        raise


class Candidate:
    """An implementation under judgement.

    Attributes
    ----------
    word : how it was asked for.
    name, framework, device, dtypes, ops, misspelt : as in `Offer`.
    apart : whether it runs in a process of its own.
    preset, by : the dialect it is judged by, and the word for it.
    differentiable : the ops whose gradient it offers, by the autograd of its framework or as `<op>_vjp`.
    served : the preset and its variants, as far as the factory takes them.
    refused : the reasons it gave for not taking the others.

    Raises
    ------
    CandidateNotFound
        If the factory fails or refuses every dialect, or what it makes has no op or no known framework.
    """

    def __init__(self, factory: Callable[[Dialect], Any], preset: Dialect, word: str, by: str = "") -> None:
        self.preset, self.word, self.by, self._factory = preset, word, by or preset.name, factory
        self._made = functools.lru_cache(maxsize=None)(
            functools.partial(foreign.run, f"candidate {word!r}: factory", factory)
        )
        self.served, self.refused = served(self._made, preset, word)
        made = self._made(self.served[0])
        try:
            said = foreign.run(f"candidate {word!r}", offer, made, word)
        except (CandidateError, NotServed) as error:
            raise CandidateNotFound(str(error)) from error
        if not said.ops:
            some = f"expected an object with some of {', '.join(OPS)}"
            raise CandidateNotFound(f"candidate {word!r}: {some}, got {'; '.join((form(made), *said.misspelt))}")
        self.name, self.framework, self.device, self.dtypes = said.name, said.framework, said.device, said.dtypes
        self.ops, self.misspelt = said.ops, said.misspelt
        self._bridge, self.apart = bridge(said.bridge), said.bridge == "process"
        self._exchange = Exchange(self._bridge, self.device)
        self._autograd = getattr(self._bridge, "vjp", None)
        self._computing_in = getattr(self._bridge, "computing_in", contextlib.nullcontext)
        self.differentiable = frozenset(op for op in GRADIENTS if op in (self.ops if self._autograd else said.vjps))

    def call(
        self, op: str, dialect: Dialect, args: Sequence[Any], precision: Precision,
        shapes: Sequence[Tuple[int, ...]] | None = None, *, layout: str = "", then: Sequence[Any] | None = None,
    ) -> Tuple[np.ndarray, ...]:  # fmt: skip
        """Run one op on copies of the arguments, floats in `precision`, and bring its results back.

        Parameters
        ----------
        args : arrays, lists of arrays, and anything else, which passes as it is
        shapes : expected shapes of the results, in the order of the protocol; None to leave them unchecked
        layout : in which the arguments lie in memory
        then : arguments of another call, which is made before the results of this one are looked at

        Returns
        -------
        tuple of arrays, of any real dtype; of one array for an op with one result

        Raises
        ------
        CandidateError
            If the candidate raises or writes into an argument, or a result is missing, not real, or of the wrong shape.
        NotServed
            If the candidate raises NotImplementedError.
        """
        instance = self._made(dialect)
        with self._computing_in(precision.dtype):
            tensors = foreign.run(op, self._exchange.inward, list(args), precision.dtype, layout)
            results = foreign.run(op, lambda: getattr(instance, op)(*lent(tensors)))
            if then is not None:
                others = foreign.run(op, self._exchange.inward, list(then), precision.dtype)
                foreign.run(op, lambda: getattr(instance, op)(*lent(others)))
            self._exchange.untouched(op, OPS[op].parameters, tensors, args, precision.dtype)
            arrays = self._exchange.outward(op, OPS[op].returns, results)
        if shapes is not None:
            for name, array, shape in zip(OPS[op].returns, arrays, shapes):
                if array.shape != tuple(shape):
                    raise CandidateError(f"{op}: {name}: expected shape {tuple(shape)}, got {array.shape}")
        return arrays

    def call_unrecorded(
        self, op: str, dialect: Dialect, args: Sequence[Any], precision: Precision
    ) -> Tuple[np.ndarray, ...]:
        """Run one op, as `call` does, where the framework records nothing for gradients."""
        with getattr(self._bridge, "no_gradients", contextlib.nullcontext)():
            return self.call(op, dialect, args, precision)

    def gradients(
        self, op: str, dialect: Dialect, args: Sequence[Any], cotangents: Sequence[Any], precision: Precision,
        *, layout: str = "", manner: str = "", then: Sequence[Any] | None = None, again: Sequence[Any] | None = None,
    ) -> Tuple[Any, ...]:  # fmt: skip
        """Pull cotangents back through one op, by autograd or by the candidate's `<op>_vjp`.

        Parameters
        ----------
        args : as in `call`
        cotangents : arrays, one for each of the first results
        layout : in which arguments and cotangents lie in memory
        manner : how the gradient is asked for, one of `conformance.calling.frameworks.MANNERS`, or ""
        then : arguments of another call, which is made before the gradient of this one is asked for
        again : arguments and cotangents of another gradient, which is asked for before this one is looked at

        Returns
        -------
        an array, or a list of arrays, for each argument in `GRADIENTS[op].wrt`

        Raises
        ------
        CandidateError
            If it raises or writes into what it is given, or a gradient is not real or not of the shape of its argument.
        NotServed
            If the candidate raises NotImplementedError.
        """
        instance, names = self._made(dialect), GRADIENTS[op].wrt
        places, count = [OPS[op].parameters.index(name) for name in names], len(args)
        values, given_as = [*args, *cotangents], OPS[op].parameters[:count] + GRADIENTS[op].cotangents

        def forward(*tensors: Any) -> Any:
            given[:count] = tensors
            return getattr(instance, op)(*lent(tensors))

        with self._computing_in(precision.dtype):
            given = foreign.run(op, self._exchange.inward, values, precision.dtype, layout)
            others = None if then is None else foreign.run(op, self._exchange.inward, list(then), precision.dtype)

            def between() -> None:
                if others is not None:
                    getattr(instance, op)(*lent(others))

            if self._autograd:
                ways = (forward, given[:count], places, given[count:], manner, between)
                found = foreign.run(f"gradient of {op}", self._autograd, *ways)
            else:
                if then is not None and op in self.ops:
                    foreign.run(op, forward, *given[:count])
                    foreign.run(op, between)
                ordered = OPS[op].gradient.among(dict(zip(given_as, given))).values()
                found = foreign.run(vjp(op), lambda: getattr(instance, vjp(op))(*lent(ordered)))
                found = unpacked(vjp(op), names, found)
            if again is not None:
                self.gradients(op, dialect, again[:count], again[count:], precision)
            self._exchange.untouched(vjp(op), given_as, given, values, precision.dtype)
            return tuple(self._exchange.like(f"{vjp(op)}: {n}", x, args[i]) for n, x, i in zip(names, found, places))

    def anew(self) -> Candidate:
        """The same candidate, made once more: whatever its instances keep is forgotten."""
        return Candidate(self._factory, self.preset, self.word, self.by)

    def close(self) -> None:
        """Let go of the process of a candidate that has one of its own."""
        remote.close(self._factory)
