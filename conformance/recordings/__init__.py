"""Recordings: steps of a training job, written by `conformance.recording`, judged and explained here."""
