"""Probes: what is asked of any op, whatever it computes.

What a table of hard cases forgets always lies in the same classes: many rows, numbers far from where they are drawn,
memory laid out otherwise, what is masked away, and a call that is not the first.
"""
