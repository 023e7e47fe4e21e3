"""The two matrices: every known bug is killed, and no correct variant is accused. `make matrices` measures both."""
