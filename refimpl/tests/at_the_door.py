"""What tests of the door share: a function behind it that gives back what it gets."""

import pytest

from refimpl import YOLOV8
from refimpl.door import guarded
from refimpl.signature import operands


def passed(signature, *values, dialect=YOLOV8):
    """What the door makes of values; of one value, that alone."""
    names = [o.name for o in operands(signature)]
    function = {1: lambda a, *, dialect: [a], 2: lambda a, b, *, dialect: [a, b], 3: lambda a, b, c, *, dialect: [a, b, c]}
    assert names == ["a", "b", "c"][: len(names)]
    result = guarded(function[len(names)], operands(signature))(*values, dialect=dialect)
    return result if len(result) > 1 else result[0]


def refused(kind, *call, **dialect):
    """The text of the error that a call ends in."""
    with pytest.raises(kind) as caught:
        passed(*call, **dialect)
    return str(caught.value)
