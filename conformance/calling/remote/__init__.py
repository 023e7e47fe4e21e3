"""Candidates outside this process: any program that speaks the protocol of README.md, in any language."""
