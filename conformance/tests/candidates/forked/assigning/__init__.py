"""The assigner of the fork, in a package below the others."""
