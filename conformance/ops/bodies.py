"""Bodies of clauses: the result is the reference's on error-carrying numbers, or that of a licensed form."""

from __future__ import annotations

import functools
from typing import Any, Callable, Sequence, Tuple

import numpy as np

from conformance.cases.case import Case
from conformance.cases.protocol import OPS
from conformance.judging.clause import Body, Judged
from conformance.judging.finding import Broken
from conformance.judging.judge import Judge
from conformance.judging.rounding import Precision
from conformance.ops.family import rows

Form = Callable[..., Any]
"""A function with the arguments of an op, or of its gradient, and `dialect`: another right way to write it."""


def each_call(body: Body) -> Body:
    """The body, for each call of a case of which every one is judged."""

    @functools.wraps(body)
    def judged(answer: Any, case: Any, judge: Judge) -> None:
        if not case.every:
            return body(answer, case, judge)
        for i, (call, one) in enumerate(zip(case.calls, answer)):
            try:
                body(one, Case((call,)), judge.of_call(i))
            except Broken as error:
                raise Broken(f"call {i}: {error}", error.finding) from error

    return judged


def values(
    *licensed: Form,
    of: str = "",
    part: Callable[[Any], Any] = lambda result: result,
    widen: Callable[..., Any] | None = None,
    span: Callable[[Any], Any] = lambda case: 1.0,
) -> Body:
    """Each value is that of the reference, or of a licensed form, within its bound.

    Parameters
    ----------
    licensed : other forms of the op
    of : the result that is judged, where the op has several
    part : of that result, what is judged
    widen : of the expected value and the arguments, both error-carrying: the value with a wider bound
    span : of the case, the range of the output, as in `Judge.values`
    """

    @each_call
    def body(answer: Any, case: Any, judge: Judge) -> None:
        name = of or answer._fields[0]

        def value(form: Form) -> Any:
            found = judge.expected(lambda: computed(form, widen, case, judge.precision), f"value {form} {widen}")
            return part(getattr(found, name) if of else found)

        forms = [functools.partial(value, form) for form in (OPS[judge.op].function, *licensed)]
        judge.either(name, part(getattr(answer, name)), *forms, span=span(case))

    body.licensed = licensed
    return body


def computed(form: Form, widen: Any, case: Any, precision: Precision) -> Any:
    """What a form of an op gives on error-carrying numbers."""
    arguments = case.rounded(precision)
    found = form(**arguments, dialect=case.dialect)
    return widen(found, **arguments) if widen else found


def equal(of: str) -> Body:
    """A result is exactly the reference's."""

    @each_call
    def body(answer: Any, case: Any, judge: Judge) -> None:
        expected = judge.expected(lambda: OPS[judge.op].function(**case.arguments, dialect=case.dialect), "exact")
        judge.equal(of, getattr(answer, of), getattr(expected, of) if isinstance(expected, tuple) else expected)

    body.exact = True
    return body


def gradients(*licensed: Form, of: str = "", by_cotangent: bool = False) -> Body:
    """Each gradient is the reference's or that of a licensed form; at a kink any mean of the one-sided derivatives.

    Parameters
    ----------
    licensed : other forms of the gradient
    of : the argument whose gradient is judged; all by default
    by_cotangent : whether the range of the output is that of the cotangent, not of each row of the gradient
    """

    @each_call
    def body(answer: Any, case: Any, judge: Judge) -> None:
        span = np.abs(case.cotangent).max(initial=0) if by_cotangent else None
        for name, forms in expected_gradients(answer._fields, licensed, case, judge):
            if name == of or not of:
                judge.gradient(f"gradient by {name}", getattr(answer, name), *forms, span=span)

    body.licensed = licensed
    return body


def expected_gradients(names: Tuple[str, ...], licensed: Sequence[Form], case: Any, judge: Judge) -> Any:
    """Name of each argument, and its expected gradients as functions of the precision."""
    forms = OPS[judge.op].vjp, *licensed
    pulled = [judge.expected(functools.partial(in_precision, form, case), f"gradient {form}") for form in forms]
    for i, name in enumerate(names):
        yield name, [functools.partial(_one, form, i, len(names)) for form in pulled]


def _one(form: Callable[[Precision], Any], index: int, count: int, precision: Precision) -> Any:
    found = form(precision)
    return found[index] if count > 1 else found


def in_precision(vjp: Form, case: Any) -> Callable[[Precision], Any]:
    """The gradient as a function of the precision, computed once in each."""
    return functools.lru_cache(maxsize=None)(lambda precision: vjp(**case.rounded(precision), dialect=case.dialect))


def on(cases: str, body: Body) -> Judged:
    """A body that is judged on other cases than those of its op: on those of another key of the table `CASES`."""
    return Judged(body, cases)


def licensed_forms(op: str, gradient: bool) -> Tuple[Form, ...]:
    """The licensed forms of an op, or of its gradient, in all clauses that are judged through it."""
    judged = (clause.judged[op].body for clause in rows("clauses") if op in clause.judged and clause.gradient == gradient)
    return tuple(dict.fromkeys(form for body in judged for form in getattr(body, "licensed", ())))


def is_exact(op: str) -> bool:
    """Whether every clause asks for just the reference's results."""
    judged = [clause.judged[op].body for clause in rows("clauses") if op in clause.judged and not clause.gradient]
    return all(getattr(body, "exact", False) for body in judged)
