"""How good the suite itself is, measured: bugs it kills, right ones it accuses, how tight it is, how fast, on which releases."""
