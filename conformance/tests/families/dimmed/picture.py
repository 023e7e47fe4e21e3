"""There is nothing to see that the numbers do not say."""

PICTURES = {"dimmed": ()}
