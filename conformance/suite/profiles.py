"""Profiles: how many examples are drawn, and in which float types. Imports nothing, so that `--help` is there at once."""

from __future__ import annotations

PROFILES = {"quick": 3, "standard": 5, "soak": 500}
"""Examples drawn for each clause, op, float type and event."""

STANDARD = "standard"
"""The profile that is run where none is asked for."""

BRIEF = ("quick",)
"""Profiles that ask what follows from a signature in the last float type alone, whose bounds are the narrowest."""

DTYPES = {
    **{name: (name,) for name in ("float32", "float64", "float16", "bfloat16")},
    "both": ("float32", "float64"),
}
"""The float types that each choice runs."""
