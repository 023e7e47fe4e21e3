"""There is nothing to see that the numbers do not say."""

PICTURES = {"largest_box": ()}
