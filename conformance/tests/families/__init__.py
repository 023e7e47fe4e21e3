"""Families that live outside the house, as anybody's would: what they say is all that the suite knows of them."""
