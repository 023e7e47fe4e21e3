"""The page `port.md`: in which order to write the ops, and the command that judges each."""

from __future__ import annotations

import ast
from typing import Dict, List

from conformance.publishing import contracts, evidence
from conformance.paper import markdown
from conformance.publishing.ops import link, page_of, returned
from conformance.ops.made_of import Whole, parts, whole
from conformance.cases.protocol import GRADIENTS, OPS, vjp
from conformance.publishing.readme_sections import ROOT, offered
from conformance.ops.spec import CLAUSES

FOLDER = ROOT / "docs" / "port"
"""The adapter of the page, and what it adapts."""

OFFERED = offered((FOLDER / "adapter.py").read_text(encoding="utf-8"))
"""The ops that the adapter of the page offers."""

PORT = ROOT / "conformance" / "candidates" / "dense_torch.py"
"""The built-in port whose lines are counted."""

NOTHING = Whole((), lambda case, answer: iter(()))
"""What an op is made of that calls no other."""

SHOWN = 3
"""Bugs that are shown of an op."""

JUDGE = "python -m conformance --candidate adapter.py:Adapter"


def order() -> List[str]:
    """All ops, each after those it is made of: first the largest whole with all its parts, last what belongs to none."""
    found: Dict[str, None] = {}

    def visit(op: str) -> None:
        for part in (whole(op) or NOTHING).calls:
            visit(part)
        found.setdefault(op)

    for op in sorted(OPS, key=lambda op: -len(parts(op))):
        visit(op)
    return list(found)


def page() -> str:
    """The page in Markdown."""
    ops, sizes = order(), lines_of_port()
    rows = [
        (str(step), f"[`{op}`](#{step}-{op})", contracts.contract(OPS[op].function).headline, str(sizes.get(op, "–")))
        for step, op in enumerate(ops, start=1)
    ]
    return markdown.blocks(
        *_introduction(),
        "## The order",
        "Each op comes after those it is made of. The last column counts the lines of its method in "
        f"`{PORT.relative_to(ROOT)}`, a whole port in {sum(sizes.values())} lines, helpers that ops share among them.",
        markdown.table(("step", "op", "what it does", "lines"), rows),
        "If your code has no function for an op, leave it out: it is then NOT PROVIDED, which is no failure, and the "
        "whole that contains it is judged all the same. So what is only a step on the way to another op may be absent.",
        *(_step(step, op) for step, op in enumerate(ops, start=1)),
        *_end(),
    )


def lines_of_port() -> Dict[str, int]:
    """How many lines each method of the built-in port takes, docstrings aside; helpers count under their own names."""
    tree = ast.parse(PORT.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return {node.name: node.end_lineno - node.body[bool(ast.get_docstring(node))].lineno + 2 for node in functions}


def method(op: str) -> str:
    """What the adapter calls an op, with type, shape and unit of all that goes in and comes out."""
    said, names = contracts.contract(OPS[op].function), OPS[op]
    comments = [f"{name}: {meaning}" for name, meaning in said.parameters.items() if name != "dialect"]
    single = f"{names.returns[0]}: " if len(names.returns) == 1 else ""
    comments.append(f"returns {single}{returned(op, said).rstrip('.')}")
    lines = [f"def {op}(self, {names.call[1:]}:", *(f"    # {comment}" for comment in comments)]
    return "\n".join(["```python", *lines, "```"])


def _step(step: int, op: str) -> str:
    """One op: its method, its command, and where others went wrong."""
    functions = [op, vjp(op)] if op in GRADIENTS else [op]
    wrong = evidence.seen(functions)[:SHOWN]
    clauses = ", ".join(link(clause.id, "spec/") for clause in CLAUSES.values() if op in clause.ops)
    return markdown.blocks(
        f"## {step}. `{op}`",
        f"{contracts.contract(OPS[op].function).headline} [Formula, decisions and a worked "
        f"example](spec/{page_of(op)}#{op}); clauses {clauses}.",
        method(op),
        f"```sh\n{JUDGE} --only {op}\n```",
        "Where others went wrong:" if wrong else "",
        "\n".join(f"- {mutant.sentence} ({mutant.seen})" for mutant in wrong),
    ).rstrip()


def _introduction() -> List[str]:
    adapter, loss = ((FOLDER / name).read_text(encoding="utf-8").rstrip() for name in ("adapter.py", "my_loss.py"))
    size = sum(bool(line) for line in adapter.splitlines())
    own = [op for op in OPS if op in lines_of_port()]
    return [
        "# Port your loss in an hour",
        "Written by `make spec` from the protocol, the clauses and the mutants; not by hand.",
        f"A YOLOv8 training head is {len(own)} ops, and {len(OPS) - len(own)} more lie around it: the images before, the "
        "boxes that stay after. Write them one after the other, and judge each before you "
        "write the next: then a fault is always in the lines just written. The judge needs Python; your code may "
        "import whatever it likes.",
        "## The adapter",
        f"The judge calls an adapter of {size} lines, which calls your code:",
        f"```python\n{adapter}\n```",
        markdown.folded("The code it adapts", f"```python\n{loss}\n```"),
        "Both files lie in `docs/port/`. Judge them as they are, then put your own in their place:",
        f"```sh\npip install .\ncd docs/port\n{JUDGE} --only {','.join(OFFERED)}\n```",
        "\n".join(_advice()),
    ]


def _advice() -> List[str]:
    return [
        "- A method has the name of an op, and its arguments in their order. It may rename, reorder, reshape and "
        "change the unit. If it computes more, you judge the adapter.",
        '- `framework` is `"numpy"`, `"torch"`, `"jax"` or absent, which means NumPy. Methods get arrays of it and return '
        "such. In PyTorch and JAX gradients come from the framework and are judged with no further line; in NumPy an op "
        f"may have a second method, such as `{vjp(OFFERED[-1])}`. What a method writes into its arguments is an ERROR.",
        "- `dialect` carries every number: classes, bins, strides, top-k, exponents, gains, epsilons "
        "([all of them](spec/README.md#dialect)). They vary from example to example, so read them from it. "
        'Where yours is built in, let `__init__` raise `NotImplementedError("reg_max must be 16")`; the judge then '
        'draws '
        "within that.",
        "- Examples come in float32 and in float64, and so do results; a cast to float32 on the way breaks the "
        "second. (The reference, whose words the comments below are, computes in float64 whatever it is given.)",
        "- Units differ: boxes are in cells in the decode and the box loss, in px in the assigner. The page of each "
        "op says which.",
    ]


def _end() -> List[str]:
    return [
        "## When an op breaks",
        "The report shows the clause with its formula, the smallest example found, the expected value with its bound, "
        "and often the name of the bug. Open the clause on its [page](spec/README.md), do its worked example by hand, "
        "and compare. While you write, `--profile quick` answers sooner, but is not sufficient:",
        f"```sh\n{JUDGE} --only {OFFERED[-1]} --profile quick\n```",
        f"If {markdown.joined([f'`{op}`' for op in OPS if whole(op)], 'or')} breaks, the report names the first stage on its way that "
        "diverges. If that is the whole itself, for all on its way conforms, then what lies between the ops is wrong: "
        "a unit, an order, a mask.",
        "## When all conform",
        "Judge the whole, once with the usual examples and once with fresh ones:",
        f"```sh\n{JUDGE}\n{JUDGE} --seed 7\n```",
        'If yours is meant to behave as another release does, say so: as `dialect = "ULTRALYTICS_8_4"` in the class, '
        "or by",
        f"```sh\n{JUDGE} --dialect ULTRALYTICS_8_4\n```",
        "Then keep it so. In CI the exit status is 0 if all conforms, 1 if a clause breaks, 2 if no verdict could be "
        "formed:",
        f"```sh\n{JUDGE} --report verdicts\npytest --pyargs conformance.clauses --candidate adapter.py:Adapter\n```",
        "Where Python cannot run, the [golden tensors](../golden/README.md) can be read.",
    ]
