"""The suite at work: one examination per clause, op, float type and event, and what a run keeps."""
