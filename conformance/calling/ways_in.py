"""The words that name a candidate. Imports nothing, so that `--help` is there at once."""

WAYS_IN = "package.module:attr, path/to/file.py:attr, ultralytics-like:package, onnx:model.onnx or cmd:program"
"""The words for a candidate that is no installed name."""
