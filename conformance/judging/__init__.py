"""Judging numbers, whatever the clause: numbers that carry their error, bounds of operations, legal decisions, verdicts."""
