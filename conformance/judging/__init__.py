"""Judging numbers: error-carrying numbers, the bounds of every operation, legal decisions, verdicts."""
