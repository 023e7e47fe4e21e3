"""Other types and layouts of what goes in and comes out, the same for every op."""

from __future__ import annotations

import numpy as np

from conformance.candidates.variants.variant import around


def each(change, values):
    """Apply a change to an array, or to every array of a tuple or list; anything else stays as it is."""
    if isinstance(values, (tuple, list)):
        return type(values)(each(change, value) for value in values)
    return change(values) if isinstance(values, (np.ndarray, np.generic)) else values


def retyped(kinds, dtype):
    """A change of the arrays of some kinds to another type."""
    return lambda array: array.astype(dtype) if array.dtype.kind in kinds else array


@around("masks are uint8")
def masks_as_uint8(op, *arguments):
    return each(retyped("b", np.uint8), op(*arguments))


@around("masks are int64")
def masks_as_int64(op, *arguments):
    return each(retyped("b", np.int64), op(*arguments))


@around("masks are 0.0 and 1.0")
def masks_as_floats(op, *arguments):
    return each(retyped("b", np.float32), op(*arguments))


@around("labels and indices are int32")
def labels_as_int32(op, *arguments):
    return each(retyped("i", np.int32), op(*arguments))


@around("labels and indices are float32")
def labels_as_floats(op, *arguments):
    return each(retyped("i", np.float32), op(*arguments))


@around("all is computed and answered in float64, whatever came")
def all_in_float64(op, *arguments):
    return op(*each(retyped("f", np.float64), arguments))


@around("all is computed in float64 and rounded once to what came")
def rounded_once(op, *arguments):
    tensors = [x for argument in arguments for x in (argument if isinstance(argument, list) else [argument])]
    dtype = next((x.dtype for x in tensors if isinstance(x, np.ndarray) and x.dtype.kind == "f"), np.dtype(float))
    return each(retyped("f", dtype), op(*each(retyped("f", np.float64), arguments)))


@around("arguments are taken in Fortran order, and answers come in it")
def fortran_ordered(op, *arguments):
    return each(in_columns, op(*each(in_columns, arguments)))


@around("arguments and answers are views with negative strides")
def backward_views(op, *arguments):
    return each(backwards, op(*each(backwards, arguments)))


@around("answers are every second element of a larger array")
def strided_views(op, *arguments):
    return each(lambda array: np.repeat(array, 2, axis=-1)[..., ::2] if array.ndim else array, op(*arguments))


@around("arguments are read-only, and so are answers")
def read_only(op, *arguments):
    return each(locked, op(*each(locked, arguments)))


@around("answers are lists")
def answers_as_lists(op, *arguments):
    answer = op(*arguments)
    return list(answer) if isinstance(answer, tuple) else answer


def in_columns(array):
    """The same values, the first axis the fastest in memory; a scalar stays one."""
    return np.array(array, order="F")


def backwards(array):
    """The same values in memory from the last to the first."""
    flipped = (slice(None, None, -1),) * array.ndim
    return np.ascontiguousarray(array[flipped])[flipped] if array.ndim else array


def locked(array):
    """A view that cannot be written."""
    view = np.asarray(array).view()
    view.flags.writeable = False
    return view
