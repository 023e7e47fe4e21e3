"""The state of the field as a page: packages, the decisions they differ in, what they break, their bugs."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Mapping

from conformance.evidence.field.bug import Bug
from conformance.evidence.field.packages import AROUND, PACKAGES, WHY, Package
from conformance.ops.requirements import CLAUSES
from conformance.paper.markdown import table
from refimpl import PRESETS, YOLOV8

SIGNS = {"": "", "NOT PROVIDED": "", "CONFORMS": "✓", "UNDECIDED": "?", "ERROR": "!", "BREAKS": "✗"}
"""Of verdicts, the worst last."""

SIZES = ("name", "num_classes", "strides")
COMMAND = "python -m conformance.evidence.field"


def text(bugs: Mapping[str, Bug], shown: Mapping[str, Any], judged: Mapping[str, Any]) -> str:
    """The page, from what was measured.

    Parameters
    ----------
    bugs : by name
    shown : of each bug that was asked for: expected and got
    judged : of each package that was judged, by `key`: when, verdict, and the clauses that broke
    """
    told = [bug for bug in bugs.values() if bug.name in shown]
    parts = [
        "# The state of the field",
        "What released packages make of the same formulas: where they decide otherwise, which is no fault, and where they are "
        f"wrong. Written by `make field` from what `{COMMAND} measure` and `{COMMAND} note RECORD…` found; a line on this page "
        "that cannot be run again by the command beside it is a fault of the page.",
        "## Packages",
        "\n".join(_packages(PACKAGES, judged)),
        "Around the head:",
        "\n".join(_packages(AROUND, judged)),
        "## Packages and decisions",
        "Only what differs from `YOLOV8`; a blank is as there. `--dialect NAME` judges by a column.",
        "\n".join(_decisions()),
        "## Packages and clauses",
        "Each judged under its own preset. What breaks there is no decision of the dialect: below the table stands the arithmetic "
        "by which it was checked.",
        "\n".join(_verdicts(judged)),
        "✓ conforms, ✗ breaks, ! gives no answer, ? cannot be decided; a blank is not provided.",
        "\n".join(_clauses(judged)),
        "\n".join(_why(PACKAGES, judged)),
        "Around the head, each by the dialect of `conformance.evidence.field.dialects` that has its name, or by YOLOV8; a "
        "clause it breaks is a bug below.",
        "\n".join(_broken(AROUND, judged)),
        "\n".join(_why(AROUND, judged)),
        f"## Bugs ({len(told)})",
        "\n\n".join(_bug(bug, shown[bug.name]) for bug in told),
    ]
    return "\n\n".join(parts) + "\n"


def key(package: Package) -> str:
    """A package by release and adapter."""
    return f"{package.name} {package.version} {package.candidate}"


def _packages(packages: Iterable[Package], judged: Mapping[str, Any]) -> List[str]:
    rows = [
        [f"{one.name} {one.version}", f"`{one.word}`", f"`{one.preset}`" if one.preset else "–", one.install]
        for one in packages
    ]
    return [table(["release", "candidate", "preset", "installs with"], rows)]


def _decisions() -> List[str]:
    presets = {one.preset: PRESETS[one.preset] for one in PACKAGES if one.preset in PRESETS}
    fields = [field for field in vars(YOLOV8) if field not in SIZES]
    rows = []
    for field in fields:
        usual = getattr(YOLOV8, field)
        values = [getattr(preset, field) for preset in presets.values()]
        if any(value != usual for value in values):
            rows.append([f"`{field}`", _value(usual), *("" if value == usual else _value(value) for value in values)])
    return [table(["field", "YOLOV8", *(f"{name}" for name in presets)], rows)]


def _value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")


def _named(package: Package) -> str:
    """A release, with the part of it that is judged where there are several."""
    part = package.candidate.partition(":")[2]
    return f"{package.name} {package.version}" + ("" if part == "factory" else f", {part}")


def _verdicts(judged: Mapping[str, Any]) -> List[str]:
    """A row for each release: how it was judged."""
    rows = []
    for one in PACKAGES:
        found: Dict[str, Any] = judged.get(key(one), {})
        if found:
            how = f"{found.get('profile', 'quick')}, {' + '.join(found.get('dtypes', []))}"
            rows.append([_named(one), f"`{found['dialect']}`", found["verdict"], how, found["when"]])
    return [table(["release", "judged by", "verdict", "profile", "when"], rows)]


def _clauses(judged: Mapping[str, Any]) -> List[str]:
    """A row for each clause, a column for each release."""
    releases = [one for one in PACKAGES if judged.get(key(one), {}).get("clauses")]
    told = [clause for clause in CLAUSES if any(clause in judged[key(one)]["clauses"] for one in releases)]
    rows = [[clause, *(SIGNS.get(judged[key(one)]["clauses"].get(clause, ""), "") for one in releases)] for clause in told]
    return [table(["clause", *map(_named, releases)], rows)]


def _why(packages: Iterable[Package], judged: Mapping[str, Any]) -> List[str]:
    """What breaks in some, as it was checked by hand."""
    return [f"- {one.name} {one.version}: {WHY[key(one)]}" for one in packages if key(one) in WHY and key(one) in judged]


def _broken(packages: Iterable[Package], judged: Mapping[str, Any]) -> List[str]:
    """A row for each release: how it was judged, and the clauses it breaks."""
    rows = []
    for one in packages:
        found: Dict[str, Any] = judged.get(key(one), {})
        if found:
            broke = ", ".join(found["broke"]) or "none"
            rows.append([_named(one), f"`{found['dialect']}`", found["verdict"], broke, found["ops"], found["when"]])
    return [table(["release", "judged by", "verdict", "breaks", "ops", "when"], rows)]


def _bug(bug: Bug, shown: Mapping[str, str]) -> str:
    where = f"reported: {bug.reported}" if bug.reported else "no report known"
    first, second = bug.by_hand.split("\n")
    return "\n".join([
        f"### {bug.name}",
        "",
        f"{bug.package} {bug.version}, `{bug.op}`: {bug.says} ({where}).",
        "",
        f"- right: {first}",
        f"- there: {second}",
        f"- expected `{shown['expected']}`, got `{shown['got']}`",
        f"- `{COMMAND} {bug.name}`",
    ])  # fmt: skip
