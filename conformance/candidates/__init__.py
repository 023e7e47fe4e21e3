"""Correct implementations: worked examples of a port, adapters of real releases, and variants no judge may accuse."""
