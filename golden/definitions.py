"""All cases of the golden tensors before anything is computed: those of the families, then the seeds' own and recorded steps."""

from conformance.ops import family

DEFINITIONS = (*family.rows("golden cases"), *family.rows("golden cases of seeds"))

ERRATA = family.rows("errata of seeds")
"""Numbers that a seed printed and that are wrong."""
