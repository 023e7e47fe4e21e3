"""Tests of what adapters need."""
