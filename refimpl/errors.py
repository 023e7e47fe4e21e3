"""Errors: what a function of the reference answers to arguments that are not what it asks for, one class per cause."""

from __future__ import annotations


class ContractError(ValueError):
    """An argument is not what the function asks for."""


class ArgumentError(ContractError):
    """An argument is missing, unknown or given twice."""


class DialectError(ContractError):
    """The dialect is none, or does not serve the function."""


class ShapeError(ContractError):
    """An array has the wrong shape."""


class NumberTypeError(ContractError):
    """A value is of the wrong type: no number, or not a whole one."""


class RangeError(ContractError):
    """A number lies outside its legal range, or is not finite."""
