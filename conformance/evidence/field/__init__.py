"""The state of the field: released packages, the decisions they differ in, the clauses they break, and their bugs.

`python -m conformance.evidence.field NAME` shows one bug; `measure` asks the packages that are installed and notes what
they answer in `field.json`; without a word the page is written from it (`make field`).
"""
