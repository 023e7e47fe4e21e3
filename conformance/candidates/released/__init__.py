"""Released packages as candidates: one module each, imported only when it is asked for.

The package computes every value; its adapter lays out arguments and results. The attribute `dialect` of a factory names
the preset that the package implements.
"""
