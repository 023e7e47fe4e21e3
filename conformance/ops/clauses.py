"""The suite: one test per clause and op, run by the plugin for each float type and event."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any, List

from conformance.cases.protocol import PROTOCOL
from conformance.ops.spec import CLAUSES


def properties() -> List[Any]:
    """What each test of the suite judges, a `Property`, in the order of protocol and spec."""
    modules = [importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)]
    found = [test.conformance for module in modules for test in vars(module).values() if hasattr(test, "conformance")]
    place = {name: i for i, name in enumerate([*PROTOCOL, *CLAUSES])}
    return sorted(found, key=lambda judged: (place[judged.op], place[judged.clause]))
