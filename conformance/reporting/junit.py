"""JUnit: one run as the XML that continuous integration shows; a suite for each candidate, a case for each op and clause."""

from __future__ import annotations

from typing import Any, Dict

from conformance.paper.markup import Markup, plain, tag
from conformance.suite.report import SKIPPED
from conformance.reporting.record import candidates
from conformance.judging.verdicts import BREAKS, CONFORMS, ERROR, KNOWN, NOT_PROVIDED

_OUTCOMES = {BREAKS: "failure", NOT_PROVIDED: "skipped", KNOWN: "skipped"}


def junit(run: Dict[str, Any]) -> str:
    """The document. BREAKS is a failure; NOT PROVIDED and KNOWN are skipped; what errs or leaves no verdict is an error."""
    suites = [_suite(judged) for judged in candidates(run)]
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tag("testsuites", *suites, name="conformance") + "\n"


def _suite(judged: Dict[str, Any]) -> Markup:
    cases = [_case(clause["op"], clause["id"], clause["verdict"], clause["detail"]) for clause in judged["clauses"]]
    verdict = NOT_PROVIDED if judged["verdict"] == SKIPPED else ERROR
    cases += [_case("run", plain(problem).partition("\n")[0][:80], verdict, problem) for problem in judged["problems"]]
    about = {**judged["about"], "verdict": judged["verdict"], "evidence": judged["evidence"]}
    properties = tag("properties", *(tag("property", name=name, value=value) for name, value in about.items()))
    counts = {f"{kind}s" if kind != "skipped" else kind: sum(f"<{kind}" in case for case in cases) for kind in _KINDS}
    return tag("testsuite", properties, *cases, name=judged["candidate"], tests=len(cases), **counts)


_KINDS = ("failure", "error", "skipped")


def _case(op: str, name: str, verdict: str, detail: str) -> Markup:
    if verdict == CONFORMS:
        return tag("testcase", classname=f"conformance.{op}", name=name)
    kind = _OUTCOMES.get(verdict, "error")
    message = plain(detail).partition("\n")[0]
    outcome = tag(kind, detail, message=message if message else verdict, **({} if kind == "skipped" else {"type": verdict}))
    return tag("testcase", outcome, classname=f"conformance.{op}", name=name)
