"""One example of a candidate: it is drawn, asked of it, judged by one clause, and remembered if it broke."""
